"""The layout of weights that Keras 0.3 wrote: layers and parameters by number alone."""

import re

from pruneview.formats.errors import DamagedError
from pruneview.formats.hdf5.tree import Dataset, Group
from pruneview.formats.layouts.entries import Entry, Found
from pruneview.formats.layouts.kinds import infer_kind, natural_key, variable_names
from pruneview.formats.layouts.specs import LayerSpec

# A Sequential wrote "layer_0" and so on, a Graph one group for all.
_LAYER = re.compile(r"layer_\d+|graph")
_PARAMETER = re.compile(r"param_\d+")


def is_unnamed(root: Group) -> bool:
    """Whether a file's groups are numbered layers."""
    names = root.names()
    return bool(names) and all(_LAYER.fullmatch(name) for name in names)


def read_unnamed(root: Group, notes: list[str]) -> list[Entry]:
    """Return the layers in the order of their numbers; see `named.read_named`."""
    entries = []
    for name in sorted(root.names(), key=natural_key):
        layer = root.member(name)
        if isinstance(layer, Group):
            entries.append(_entry(name, _parameters(layer, notes)))
    return entries


def _parameters(layer: Group, notes: list[str]) -> list[tuple[str, Dataset]]:
    found = []
    for name in sorted(filter(_PARAMETER.fullmatch, layer.names()), key=natural_key):
        try:
            member = layer.member(name)
        except DamagedError as error:
            notes.append(str(error))
            continue
        if isinstance(member, Dataset):
            found.append((name, member))
    return found


def _entry(name: str, parameters: list[tuple[str, Dataset]]) -> Entry:
    shapes = [dataset.shape for _, dataset in parameters]
    names = variable_names("", {}, shapes) or [number for number, _ in parameters]
    kind = infer_kind(dict(zip(names, shapes, strict=True))) or "Layer"
    found = [
        Found((own,), dataset, kind)
        for own, (_, dataset) in zip(names, parameters, strict=True)
    ]
    return Entry(LayerSpec(name, kind, {}), found)
