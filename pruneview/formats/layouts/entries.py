"""What the layouts find, on its way to becoming layers and weights."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pruneview.formats.hdf5.tree import Dataset
from pruneview.formats.layouts.specs import LayerSpec
from pruneview.formats.model import Layer, Weight
from pruneview.formats.roles import decide_role


@dataclass
class Found:
    """An array of a layer: its name within the layer, and what part owns it.

    ``kind`` is the class of the layer, or of the part of it, that owns the array;
    ``copies`` are further places where the file stores the same variable.
    """

    names: tuple[str, ...]
    dataset: Dataset
    kind: str
    copies: tuple[Dataset, ...] = ()


@dataclass
class Entry:
    """A layer with what was found for it; ``layers`` holds those of a model."""

    spec: LayerSpec
    weights: list[Found] = field(default_factory=list)
    layers: "list[Entry] | None" = None


def without_weights(spec: LayerSpec) -> Entry:
    """Return the entry of a layer for which the file holds nothing."""
    if spec.layers is None:
        return Entry(spec)
    return Entry(spec, layers=[without_weights(layer) for layer in spec.layers])


def to_layers(entries: list[Entry]) -> tuple[Layer, ...]:
    """Flatten entries to layers of all depths, a model before its layers."""
    return tuple(_flatten(entries, None, 0))


def _flatten(entries: list[Entry], parent: str | None, depth: int) -> Iterator[Layer]:
    taken: set[str] = set()
    for entry in entries:
        name = _unique(entry.spec.name, taken)
        path = name if parent is None else f"{parent}/{name}"
        yield Layer(
            name=entry.spec.name,
            kind=entry.spec.kind,
            path=path,
            weights=tuple(_weights(path, entry.weights)),
            parent=parent,
            depth=depth,
            is_model=entry.layers is not None,
            config=entry.spec.config,
        )
        if entry.layers:
            yield from _flatten(entry.layers, path, depth + 1)


def _weights(path: str, found: list[Found]) -> Iterator[Weight]:
    taken: set[str] = set()
    for item, short in zip(found, _short_names(found), strict=True):
        name = _unique(short, taken)
        dataset = item.dataset
        yield Weight(
            name=name,
            path=f"{path}/{name}",
            role=decide_role(item.names[-1], item.kind, dataset.shape, dataset.dtype),
            dataset=dataset,
            copies=item.copies,
        )


def _short_names(found: list[Found]) -> list[str]:
    """Return the shortest names that tell a layer's weights apart."""
    last = [item.names[-1] for item in found]
    parts = {item.names[:-1] for item in found if len(item.names) > 1}
    if len(set(last)) == len(last) and len(parts) < 2:
        return last
    without_cells = ["/".join(_without_cells(item.names)) for item in found]
    if len(set(without_cells)) == len(without_cells):
        return without_cells
    return ["/".join(item.names) for item in found]


def _without_cells(names: tuple[str, ...]) -> tuple[str, ...]:
    parts = [n for n in names[:-1] if not re.fullmatch(r"(\w+_)?cell(_\d+)?", n)]
    return (*parts, names[-1])


def _unique(name: str, taken: set[str]) -> str:
    candidate = name
    index = 2
    while candidate in taken:
        candidate = f"{name} ({index})"
        index += 1
    taken.add(candidate)
    return candidate
