"""The layout of `.h5` models: weights listed by name, layer by layer.

Keras 1 to 3 write it: ``layer_names`` on the group that holds the layers, and
``weight_names`` on each layer's group. The weights of a nested model stand in one list,
those that are trained first.
"""

import re
from collections.abc import Iterator

from pruneview.formats.errors import DamagedError
from pruneview.formats.hdf5.tree import Dataset, Group
from pruneview.formats.layouts.entries import Entry, Found
from pruneview.formats.layouts.kinds import expected_names, guess_kind, infer_kind
from pruneview.formats.layouts.specs import LayerSpec

TOP_LEVEL = "top_level_model_weights"
Named = list[tuple[tuple[str, ...], Dataset]]


def read_named(group: Group, model: LayerSpec | None, notes: list[str]) -> list[Entry]:
    """Return the model's layers with their weights.

    Parameters
    ----------
    group
        The group that carries ``layer_names``.
    model
        The configuration's layers; without them the file's own order is used.
    notes
        Sentences about arrays that cannot be read are added here.
    """
    stored: dict[str, Named] = {}
    for layer_name in group.texts("layer_names") or []:
        stored[layer_name] = _weights_of(group, layer_name, notes)
    if TOP_LEVEL not in stored and TOP_LEVEL in group:
        stored[TOP_LEVEL] = _weights_of(group, TOP_LEVEL, notes)
    described = (model.layers or ()) if model else ()
    entries = [_entry(spec, stored.pop(spec.name, [])) for spec in described]
    for name, weights in stored.items():
        # What the configuration does not know and holds nothing is no layer of it.
        if weights or (model is None and name != TOP_LEVEL):
            entries.append(_unconfigured(name, weights))
    return entries


def _unconfigured(name: str, weights: Named) -> Entry:
    """Return a layer of which only the name and the weights are known."""
    entry = _entry(LayerSpec(name, "", {}), weights)
    variables = {item.names[-1]: item.dataset.shape for item in entry.weights}
    parts = {item.names[:-1] for item in entry.weights}
    kind = guess_kind(name) or (infer_kind(variables) if len(parts) == 1 else None)
    return Entry(LayerSpec(name, kind or "Layer", {}), entry.weights)


def _weights_of(group: Group, layer_name: str, notes: list[str]) -> Named:
    found: Named = []
    if layer_name not in group:
        return found
    layer = group.member(layer_name)
    if not isinstance(layer, Group):
        return found
    for weight_name in layer.texts("weight_names") or []:
        try:
            dataset = layer.find(weight_name)
        except DamagedError:
            notes.append(
                f"The weight {weight_name!r} of the layer {layer_name!r} is damaged, so"
                " it is not shown."
            )
            continue
        if isinstance(dataset, Dataset):
            found.append((_parts(weight_name), dataset))
        else:
            notes.append(
                f"The file lists the weight {weight_name!r} of the layer"
                f" {layer_name!r} but does not hold it."
            )
    return found


def _parts(weight_name: str) -> tuple[str, ...]:
    bare = re.sub(r":\d+$", "", weight_name)
    return tuple(part for part in bare.split("/") if part) or (weight_name,)


def _entry(spec: LayerSpec, weights: Named) -> Entry:
    if spec.layers is not None:
        return _share_out(spec, weights)
    return Entry(spec, [_found(spec, parts, dataset) for parts, dataset in weights])


def _found(spec: LayerSpec, parts: tuple[str, ...], dataset: Dataset) -> Found:
    names = parts
    while len(names) > 1 and names[0] != spec.name and spec.name in names[:-1]:
        names = names[1:]
    if len(names) > 1 and names[0] == spec.name:
        names = names[1:]
    # Keras 1 writes "dense_1_W" where later ones write "dense_1/kernel".
    last = names[-1].removeprefix(f"{spec.name}_") or names[-1]
    return Found((*names[:-1], last), dataset, spec.kind)


def _share_out(model: LayerSpec, weights: Named) -> Entry:
    """Give each weight of a nested model to the layer that it belongs to."""
    root = Entry(model, layers=[])
    leaves = list(_leaf_entries(root, ()))
    by_name: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
    for path, entry in leaves:
        by_name.setdefault(entry.spec.name, []).append((path, entry))
    for parts, dataset in weights:
        target = _owner(parts, by_name) or _expecting(parts[-1], leaves) or root
        target.weights.append(_found(target.spec, parts, dataset))
    return root


def _leaf_entries(
    root: Entry, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Entry]]:
    for spec in root.spec.layers or ():
        entry = Entry(spec, layers=None if spec.layers is None else [])
        assert root.layers is not None
        root.layers.append(entry)
        here = (*path, spec.name)
        if spec.layers is None:
            yield here, entry
        else:
            yield from _leaf_entries(entry, here)


def _owner(
    parts: tuple[str, ...], by_name: dict[str, list[tuple[tuple[str, ...], Entry]]]
) -> Entry | None:
    """Return the layer whose path agrees best with a weight's name."""
    for part in reversed(parts[:-1]):
        candidates = by_name.get(part)
        if candidates:
            shared = [len(set(path) & set(parts)) for path, _ in candidates]
            return candidates[shared.index(max(shared))][1]
    return None


def _expecting(name: str, leaves: list[tuple[tuple[str, ...], Entry]]) -> Entry | None:
    """Return the first layer whose class has a variable of that name, not yet found."""
    for _, entry in leaves:
        expected = expected_names(entry.spec.kind, entry.spec.config)
        if name in expected and all(name != w.names[-1] for w in entry.weights):
            return entry
    return None
