"""The layout of `.keras` and `.weights.h5`: a group a layer, its variables numbered.

A group is named after the class and a counter (``layers/dense_1/vars/0``), not after
the layer. Keras 3 adds the layer's name as the attribute ``name`` of ``vars``; before,
only the order of the configuration tells which is which.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pruneview.formats.errors import DamagedError, FormatError
from pruneview.formats.hdf5.tree import Dataset, Group
from pruneview.formats.layouts.entries import Entry, Found, without_weights
from pruneview.formats.layouts.kinds import (
    guess_kind,
    natural_key,
    part,
    part_order,
    snake_case,
    variable_names,
)
from pruneview.formats.layouts.specs import LayerSpec
from pruneview.formats.layouts.wrappers import fold_wrapper
from pruneview.formats.limits import MAX_DEPTH, MAX_OBJECTS

# Where a model's layers are: today, in 2.13 and 2.12, and in 2.11.
_CONTAINERS = ("layers", "_layer_checkpoint_dependencies", "_self_tracked_trackables")
_TRAINING = frozenset({"optimizer", "metrics", "compile_metrics", "compiled_metrics"})


@dataclass
class Node:
    """A group of the file: the variables in its ``vars``, and the groups below it.

    Attributes
    ----------
    name, label
        The group's name, and that of the layer where the file gives it.
    is_object
        It has a ``vars``: a layer or another object, not a list of them.
    variables
        By their numbers, in order.
    backslashes
        Names of groups below are joined by backslashes.
    position
        Of the file and in the file; it grows in the order of writing.
    """

    name: str
    label: str | None = None
    is_object: bool = False
    variables: list[tuple[str, Dataset]] = field(default_factory=list)
    children: "dict[str, Node]" = field(default_factory=dict)
    backslashes: bool = False
    position: tuple[int, int] = (0, 0)

    def holds_layers(self) -> bool:
        """Whether any group here or below has a ``vars``."""
        return self.is_object or any(c.holds_layers() for c in self.children.values())

    def all_variables(self) -> list[Dataset]:
        """Return the variables here and below."""
        found = [dataset for _, dataset in self.variables]
        for child in self.children.values():
            found += child.all_variables()
        return found


def scan(groups: Iterable[Group], notes: list[str]) -> Node:
    """Read the tree of groups, joined where the weights come in several files.

    Each group is read once, however often it is linked.
    """
    root = Node("")
    for number, group in enumerate(groups):
        _scan_into(root, group, notes, {group.identity}, (number, 0))
    return root


def _scan_into(
    node: Node,
    group: Group,
    notes: list[str],
    seen: set[int],
    level: tuple[int, int],
) -> None:
    file, depth = level
    if depth > MAX_DEPTH or len(seen) > MAX_OBJECTS:
        raise FormatError(
            "The file's groups are nested too deeply, or are too many, for a real"
            " model, so it was not opened."
        )
    for name in group.names():
        try:
            member = group.member(name)
        except DamagedError as error:
            notes.append(str(error))
            continue
        if isinstance(member, Dataset):
            if node.name == "vars":
                node.variables.append((name, member))
            continue
        if member.identity in seen:
            continue
        seen.add(member.identity)
        target = node
        # Files written on Windows join the names by backslashes.
        *above, own = [piece for piece in name.split("\\") if piece] or [name]
        node.backslashes |= bool(above)
        below = (file, depth + len(above) + 1)
        for piece in above:
            target = target.children.setdefault(piece, Node(piece))
        if own == "vars":
            holder = Node("vars")
            _scan_into(holder, member, notes, seen, below)
            target.is_object = True
            # A header may lie in space freed earlier; hardly both of the two do.
            target.position = max(target.position, (file, member.identity))
            target.label = member.text("name") or target.label
            target.variables += sorted(
                holder.variables, key=lambda v: natural_key(v[0])
            )
        else:
            child = target.children.setdefault(own, Node(own))
            child.position = max(child.position, (file, member.identity))
            _scan_into(child, member, notes, seen, below)


def split_off_training(root: Node) -> list[Dataset]:
    """Take optimizer and metric variables out of the tree and return them.

    A nested model that was compiled on its own has an optimizer too.
    """
    taken: list[Dataset] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node is root or any(c in node.children for c in _CONTAINERS):
            for name in [n for n, c in node.children.items() if _is_training(n, c)]:
                taken += node.children.pop(name).all_variables()
        waiting += node.children.values()
    return taken


def _is_training(name: str, node: Node) -> bool:
    bare = name.lstrip("_")
    if bare in _TRAINING:
        return True
    # A person's own layer may be called so, but holds more than sums and counts.
    tracks = bare == "loss" or bare.endswith("_tracker")
    return tracks and not any(dataset.shape for dataset in node.all_variables())


def read_numbered(root: Node, model: LayerSpec | None) -> list[Entry]:
    """Return the model's layers with their weights."""
    return _model_layers(root, model)


def _model_layers(node: Node, model: LayerSpec | None) -> list[Entry]:
    entries: list[Entry] = []
    container = next(
        (node.children[c] for c in _CONTAINERS if c in node.children), None
    )
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
    labelled: dict[str, Node | None] = {}
    for child in container.children.values():
        if child.label is not None:
            labelled[child.label] = None if child.label in labelled else child
    counters: dict[str, int] = {}
    pairs: list[tuple[LayerSpec, Node | None]] = []
    for spec in specs:
        group = snake_case(spec.kind)
        count = counters.get(group, 0)
        counters[group] = count + 1
        found = labelled.get(spec.name)
        if found is None:
            found = container.children.get(f"{group}_{count}" if count else group)
            if found is not None and found.label not in {None, spec.name}:
                found = None
        pairs.append((spec, found))
    return pairs


def _entry(spec: LayerSpec | None, node: Node | None) -> Entry:
    if spec is None:
        assert node is not None
        name = node.label or node.name
        is_model = any(c in node.children for c in _CONTAINERS)
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
