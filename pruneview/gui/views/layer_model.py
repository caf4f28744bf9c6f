"""The layers and weights of a model as a Qt tree, nested models as branches."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt

from pruneview.formats import Layer, Weight
from pruneview.gui import units
from pruneview.sparsity.statistics import WeightStatistics

AnyIndex = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

#: Roles beside Qt's: what to sort by, the share of zeros, the weight itself.
SORT_ROLE = Qt.ItemDataRole.UserRole
SPARSITY_ROLE = Qt.ItemDataRole.UserRole + 1
WEIGHT_ROLE = Qt.ItemDataRole.UserRole + 2


class Column(IntEnum):
    NAME = 0
    KIND = 1
    SHAPE = 2
    SPARSITY = 3
    ZEROS = 4
    PARAMETERS = 5
    RAW = 6
    DEFLATED = 7


_HEADINGS = {
    Column.NAME: ("Layer", "Layers in the model's order, their weights below them"),
    Column.KIND: ("Kind", "Class of the layer, role of the weight"),
    Column.SHAPE: ("Shape", "Axes as the file has them"),
    Column.PARAMETERS: ("Params", "Parameters: number of values"),
    Column.ZEROS: ("Zeros", "Values that are exactly zero, counted"),
    Column.SPARSITY: ("Sparsity", "Share of exact zeros"),
    Column.RAW: ("Raw", "Bytes of the values as they are"),
    Column.DEFLATED: ("Deflated", "Bytes after deflate, one stream a weight"),
}
_NUMERIC = {Column.PARAMETERS, Column.ZEROS, Column.RAW, Column.DEFLATED}
_COLUMNS = tuple(Column)
# Qt asks for a dozen roles a cell: most are answered before anything is looked up.
_ANSWERED = frozenset(
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ToolTipRole,
        SORT_ROLE,
        SPARSITY_ROLE,
        WEIGHT_ROLE,
    )
)


@dataclass
class Node:
    """A row: a layer with what is below it, or a weight."""

    layer: Layer
    weight: Weight | None = None
    parent: "Node | None" = None
    row: int = 0
    children: list["Node"] = field(default_factory=list)
    zeros: int | None = None
    deflated: int | None = None
    statistics: WeightStatistics | None = None

    def add(self, child: "Node") -> None:
        child.parent, child.row = self, len(self.children)
        self.children.append(child)

    def weights(self) -> list["Node"]:
        """Return the nodes of all weights below, this one included."""
        if self.weight is not None:
            return [self]
        return [node for child in self.children for node in child.weights()]

    @property
    def parameters(self) -> int:
        if self.weight is not None:
            return self.weight.size
        return sum(child.parameters for child in self.children)

    @property
    def raw(self) -> int:
        if self.weight is not None:
            return self.weight.nbytes
        return sum(child.raw for child in self.children)

    def total(self, name: str) -> int | None:
        """Sum ``zeros`` or ``deflated`` below; None until all are known."""
        if self.weight is not None:
            value: int | None = getattr(self, name)
            return value
        parts = [child.total(name) for child in self.children]
        return None if None in parts else sum(p for p in parts if p is not None)


class LayerModel(QAbstractItemModel):
    """Layers, with zeros and sizes filled in as they become known."""

    def __init__(self) -> None:
        super().__init__()
        self._roots: list[Node] = []
        self._weights: dict[str, Node] = {}

    def set_layers(self, layers: tuple[Layer, ...]) -> None:
        """Show other layers; nothing is known of their values yet."""
        self.beginResetModel()
        self._roots, self._weights = [], {}
        by_path: dict[str, Node] = {}
        for layer in layers:
            node = Node(layer)
            by_path[layer.path] = node
            parent = by_path.get(layer.parent) if layer.parent else None
            if parent is not None:
                parent.add(node)
            else:
                node.row = len(self._roots)
                self._roots.append(node)
            for weight in layer.weights:
                child = Node(layer, weight)
                node.add(child)
                self._weights[weight.path] = child
        self.endResetModel()

    def set_numbers(
        self, path: str, *, zeros: int | None = None, deflated: int | None = None
    ) -> None:
        """Fill in what was counted for one weight; None: stays as it is."""
        node = self._weights.get(path)
        if node is None:
            return
        node.zeros = node.zeros if zeros is None else zeros
        node.deflated = node.deflated if deflated is None else deflated
        while node is not None:
            first = self.createIndex(node.row, Column.SPARSITY, node)
            last = self.createIndex(node.row, Column.DEFLATED, node)
            self.dataChanged.emit(first, last)
            node = node.parent

    def set_statistics(self, path: str, statistics: WeightStatistics) -> None:
        """Fill in the zeros of a weight, and the rest as what its row tells."""
        node = self._weights.get(path)
        if node is not None:
            node.statistics = statistics
            self.set_numbers(path, zeros=statistics.zeros)

    def totals(self) -> tuple[int, int | None, int, int | None]:
        """Return parameters, zeros, raw bytes, deflated bytes of all weights."""
        every = Node(self._roots[0].layer) if self._roots else None
        if every is None:
            return 0, 0, 0, 0
        every.children = self._roots
        return (
            every.parameters,
            every.total("zeros"),
            every.raw,
            every.total("deflated"),
        )

    def index_of(self, path: str) -> QModelIndex:
        """Return the index of a weight; an invalid one where there is none."""
        node = self._weights.get(path)
        return self.createIndex(node.row, 0, node) if node else QModelIndex()

    @property
    def depth(self) -> int:
        """How deep rows are nested below the first level."""
        layers = (node.layer.depth for node in self._weights.values())
        return 1 + max(layers, default=0)

    def longest_texts(self) -> list[str]:
        """Return the longest text of each column, its heading among them."""
        nodes = list(self._roots)
        longest = [_HEADINGS[column][0] for column in Column]
        while nodes:
            node = nodes.pop()
            nodes += node.children
            for column in Column:
                text = self._text(node, column)
                if len(text) > len(longest[column]):
                    longest[column] = text
        return longest

    def node(self, index: AnyIndex) -> Node | None:
        pointer = index.internalPointer() if index.isValid() else None
        return pointer if isinstance(pointer, Node) else None

    # What Qt asks

    def index(self, row: int, column: int, parent: AnyIndex = _ROOT) -> QModelIndex:
        above = self.node(parent)
        siblings = above.children if above else self._roots
        if 0 <= row < len(siblings):
            return self.createIndex(row, column, siblings[row])
        return QModelIndex()

    def parent(self, index: AnyIndex = _ROOT) -> QModelIndex:  # type: ignore[override]
        node = self.node(index)
        if node is None or node.parent is None:
            return QModelIndex()
        return self.createIndex(node.parent.row, 0, node.parent)

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        if parent.column() > 0:
            return 0
        node = self.node(parent)
        return len(node.children) if node else len(self._roots)

    def columnCount(self, parent: AnyIndex = _ROOT) -> int:
        return len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[Column(section)][0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _HEADINGS[Column(section)][1]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in _NUMERIC:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED:
            return None
        node = self.node(index)
        if node is None:
            return None
        column = _COLUMNS[index.column()]
        if role == WEIGHT_ROLE:
            return node.weight
        if role == SPARSITY_ROLE:
            return self._sparsity(node)
        if role == SORT_ROLE:
            return self._value(node, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(node, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMERIC:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(node)
        return None

    def _tip(self, node: Node) -> str:
        path = node.weight.path if node.weight else node.layer.path
        found = node.statistics
        if found is None:
            return path
        return (
            f"{path}\nin the file: {units.value(found.minimum)} to "
            f"{units.value(found.maximum)}, mean {units.value(found.mean)}, "
            f"standard deviation {units.value(found.standard_deviation)}"
        )

    def _sparsity(self, node: Node) -> float | None:
        zeros, size = node.total("zeros"), node.parameters
        return zeros / size if zeros is not None and size else None

    def _value(self, node: Node, column: Column) -> Any:
        weight = node.weight
        match column:
            case Column.NAME:
                return weight.name if weight else node.layer.name
            case Column.KIND:
                return str(weight.role) if weight else node.layer.kind
            case Column.SHAPE:
                return units.shape(weight.shape) if weight else ""
            case Column.PARAMETERS:
                return node.parameters
            case Column.ZEROS:
                return node.total("zeros")
            case Column.SPARSITY:
                return self._sparsity(node)
            case Column.RAW:
                return node.raw
            case Column.DEFLATED:
                return node.total("deflated")

    def _text(self, node: Node, column: Column) -> str:
        value = self._value(node, column)
        if column not in _NUMERIC and column is not Column.SPARSITY:
            return str(value)
        if node.weight is None and not node.parameters:
            return ""
        if value is None:
            return "…"
        if column is Column.SPARSITY:
            return units.percent(value)
        if column in {Column.RAW, Column.DEFLATED}:
            return units.size(value)
        return units.count(value)
