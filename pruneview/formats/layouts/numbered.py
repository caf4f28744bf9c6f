"""The layout of `.keras` and `.weights.h5`: a group a layer, its variables numbered.

A group is named after the class and a counter (``layers/dense_1/vars/0``), not after
the layer. Keras 3 adds the layer's name as the attribute ``name`` of ``vars``; before,
only the order of the configuration tells which is which.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pruneview.formats.layouts.entries import Entry, Found, without_weights
from pruneview.formats.layouts.kinds import (
    guess_kind,
    natural_key,
    part,
    part_order,
    snake_case,
    variable_names,
)
from pruneview.formats.layouts.nodes import CONTAINERS, Node
from pruneview.formats.layouts.specs import LayerSpec
from pruneview.formats.layouts.wrappers import fold_wrapper

_COUNTER = re.compile(r"_\d+$")


def read_numbered(root: Node, model: LayerSpec | None) -> list[Entry]:
    """Return the model's layers with their weights."""
    return _model_layers(root, model)


def _model_layers(node: Node, model: LayerSpec | None) -> list[Entry]:
    entries: list[Entry] = []
    container = next((node.children[c] for c in CONTAINERS if c in node.children), None)
    used: set[int] = set()
    if model is not None and model.layers is not None:
        candidates = container or node
        for spec, match in _match(model.layers, candidates):
            if match is not None:
                used.add(id(match))
            entries.append(_entry(spec, match))
    entries += [
        _entry(None, child)
        for child in _objects(node)
        if id(child) not in used and child.all_variables()
    ]
    if node.variables:
        name = node.label or "model"
        own = LayerSpec(f"{name} variables", model.kind if model else "Model", {})
        entries.append(Entry(own, _own_variables(node, own.kind, {}, ())))
    return entries


def _objects(node: Node) -> list[Node]:
    """Return the layers below a model, looking into its lists and dictionaries."""
    found = []
    for child in node.children.values():
        found += [child] if child.is_object else _objects(child)
    # Keras writes the layers in the model's order, so that is how they lie in the file.
    return sorted(found, key=lambda child: child.position)


def _match(
    specs: tuple[LayerSpec, ...], container: Node
) -> list[tuple[LayerSpec, Node | None]]:
    """Find the group of each layer: by the layer's name, or else by class and order."""
    labelled: dict[str, Node | None] = {}
    for child in container.children.values():
        if child.label is not None:
            labelled[child.label] = None if child.label in labelled else child
    pairs: list[tuple[LayerSpec, Node | None]] = []
    for spec, name in zip(specs, _group_names(specs, container), strict=True):
        found = labelled.get(spec.name)
        if found is None:
            found = container.children.get(name)
            if found is not None and found.label not in {None, spec.name}:
                found = None
        pairs.append((spec, found))
    return pairs


def _group_names(specs: tuple[LayerSpec, ...], container: Node) -> list[str]:
    """Return the name of the group that each layer's class and place speak for."""
    kinds = [snake_case(spec.kind) for spec in specs]
    groups: dict[str, list[str]] = {}
    for name in sorted(container.children, key=natural_key):
        groups.setdefault(_COUNTER.sub("", name), []).append(name)
    alike, places = Counter(kinds), Counter[str]()
    names = []
    for kind in kinds:
        place = places[kind]
        places[kind] += 1
        found = groups.get(kind, [])
        if len(found) == alike[kind]:
            # Keras 2.12 counts some layers twice, which leaves gaps in the numbers.
            names.append(found[place])
        else:
            names.append(f"{kind}_{place}" if place else kind)
    return names


def _entry(spec: LayerSpec | None, node: Node | None) -> Entry:
    if spec is None:
        assert node is not None
        name = node.label or node.name
        is_model = any(c in node.children for c in CONTAINERS)
        guessed = guess_kind(name) or guess_kind(node.name)
        spec = LayerSpec(name, guessed or ("Model" if is_model else "Layer"), {})
        if is_model:
            return Entry(spec, layers=_model_layers(node, None))
    if node is None:
        return without_weights(spec)
    if spec.layers is not None:
        return Entry(spec, layers=_model_layers(node, spec))
    return Entry(spec, _gather(node, spec.kind, spec.config, ()))


def _gather(
    node: Node, kind: str, config: Mapping[str, Any], path: tuple[str, ...]
) -> list[Found]:
    own = _own_variables(node, kind, config, path)
    found: list[Found] = []
    for child in _parts(node):
        if _is_random_state(child):
            continue
        if child.is_object:
            inner = part(kind, config, child.name, child.label)
            found += _gather(child, inner.kind, inner.config, (*path, inner.name))
        else:
            found += _gather(child, kind, config, path)
    return fold_wrapper(kind, own, found)


def _parts(node: Node) -> list[Node]:
    """Return a layer's parts in the layer's order; a list's, in the list's order."""
    if node.is_object:
        return sorted(node.children.values(), key=lambda c: part_order(c.name))
    return sorted(node.children.values(), key=lambda c: c.position)


def _is_random_state(node: Node) -> bool:
    return "seed_generator" in (node.label or node.name) and not node.children


def _own_variables(
    node: Node, kind: str, config: Mapping[str, Any], path: tuple[str, ...]
) -> list[Found]:
    shapes = [dataset.shape for _, dataset in node.variables]
    names = variable_names(kind, config, shapes)
    if not names:
        names = [_numbered_name(number) for number, _ in node.variables]
    return [
        Found((*path, name), dataset, kind)
        for name, (_, dataset) in zip(names, node.variables, strict=True)
    ]


def _numbered_name(number: str) -> str:
    return f"variable_{number}" if number.isdigit() else number
