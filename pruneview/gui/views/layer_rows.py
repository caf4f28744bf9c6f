"""The rows of the layer table: what they sum up, and how they are written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from pruneview.formats import Layer, Weight
from pruneview.gui import units
from pruneview.sparsity.counting.statistics import WeightStatistics


class Column(IntEnum):
    NAME = 0
    KIND = 1
    SHAPE = 2
    SPARSITY = 3
    ZEROS = 4
    PARAMETERS = 5
    RAW = 6
    DEFLATED = 7


HEADINGS = {
    Column.NAME: ("Layer", "Layers in the model's order, their weights below them"),
    Column.KIND: ("Kind", "Class of the layer, role of the weight"),
    Column.SHAPE: ("Shape", "Axes as the file has them"),
    Column.PARAMETERS: ("Params", "Parameters: number of values"),
    Column.ZEROS: ("Zeros", "Values that are exactly zero, counted"),
    Column.SPARSITY: ("Sparsity", "Share of exact zeros"),
    Column.RAW: ("Raw", "Bytes of the values as they are"),
    Column.DEFLATED: ("Deflated", "Bytes after deflate, one stream a weight"),
}
_NAMES = {Column.NAME, Column.KIND, Column.SHAPE}
NUMERIC = {Column.PARAMETERS, Column.ZEROS, Column.RAW, Column.DEFLATED}


@dataclass(eq=False)
class Node:
    """A row: a layer with what is below it, a weight, or the root above them all.

    `parameters`, `raw`, `zeros` and `deflated` are sums over the weights below, so far
    as they are known; `uncounted` and `unmeasured` are the weights that lack them.
    `would_be` are the zeros there would be at another threshold, while one is tried.
    """

    layer: Layer | None = None
    weight: Weight | None = None
    parent: "Node | None" = None
    row: int = 0
    place: int = 0
    children: list["Node"] = field(default_factory=list)
    parameters: int = 0
    raw: int = 0
    zeros: int = 0
    deflated: int = 0
    uncounted: int = 0
    unmeasured: int = 0
    statistics: WeightStatistics | None = None
    would_be: int | None = None

    def add(self, child: "Node") -> None:
        """Put a node below this one, after the others."""
        child.parent = self
        child.row = child.place = len(self.children)
        self.children.append(child)

    def lineage(self) -> Iterator["Node"]:
        """Yield this node and those above it, the root last."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def weights(self) -> list["Node"]:
        """Return the nodes of all weights below, this one included."""
        if self.weight is not None:
            return [self]
        return [node for child in self.children for node in child.weights()]

    @property
    def known_zeros(self) -> int | None:
        """Zeros below; None until all are counted."""
        return None if self.uncounted else self.zeros

    @property
    def known_deflated(self) -> int | None:
        """Deflated bytes below; None until all are measured."""
        return None if self.unmeasured else self.deflated

    @property
    def sparsity(self) -> float | None:
        """Share of zeros below; None until all are counted, or without weights."""
        if self.uncounted or not self.parameters:
            return None
        return self.zeros / self.parameters

    @property
    def would_be_sparsity(self) -> float | None:
        """Share of zeros at the threshold that is tried; None where none is."""
        if self.would_be is None or not self.parameters:
            return None
        return self.would_be / self.parameters


def _name(node: Node, column: Column) -> str:
    weight, layer = node.weight, node.layer
    if layer is None:
        return ""
    match column:
        case Column.NAME:
            return weight.name if weight else layer.name
        case Column.KIND:
            return str(weight.role) if weight else layer.kind
        case _:
            return units.shape(weight.shape) if weight else ""


def _number(node: Node, column: Column) -> float | None:
    match column:
        case Column.PARAMETERS:
            return node.parameters
        case Column.ZEROS:
            return node.known_zeros
        case Column.SPARSITY:
            return node.sparsity
        case Column.RAW:
            return node.raw
        case _:
            return node.known_deflated


def text_of(node: Node, column: Column) -> str:
    """Return what a cell says; an ellipsis for what is not known yet."""
    if column in _NAMES:
        return _name(node, column)
    if node.weight is None and not node.parameters:
        return ""
    if column is Column.SPARSITY and node.would_be_sparsity is not None:
        return f"→ {units.percent(node.would_be_sparsity)}"
    value = _number(node, column)
    if value is None:
        return "…"
    if column is Column.SPARSITY:
        return units.percent(value)
    if column in {Column.RAW, Column.DEFLATED}:
        return units.size(int(value))
    return units.count(int(value))


def sort_key(node: Node, column: Column) -> Any:
    """Return what a column is sorted by: letters for words, values for numbers."""
    if column in _NAMES:
        return _name(node, column).casefold()
    value = _number(node, column)
    return -1 if value is None else value


def tip_of(node: Node) -> str:
    """Return a row's path, and the range and moments of a weight."""
    found = node.statistics
    path = node.weight.path if node.weight else node.layer.path if node.layer else ""
    if found is None:
        return path
    return (
        f"{path}\nin the file: {units.value(found.minimum)} to "
        f"{units.value(found.maximum)}, mean {units.value(found.mean)}, "
        f"standard deviation {units.value(found.standard_deviation)}"
    )
