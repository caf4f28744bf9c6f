"""The layers and weights of a model as a Qt tree, nested models as branches."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt

from pruneview.formats import Layer
from pruneview.gui.views.layer_rows import (
    HEADINGS,
    NUMERIC,
    Column,
    Node,
    sort_key,
    text_of,
    tip_of,
)
from pruneview.sparsity.counting.statistics import WeightStatistics

AnyIndex = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

#: Roles beside Qt's: the share of zeros, the weight itself, the share there would be.
SPARSITY_ROLE = Qt.ItemDataRole.UserRole + 1
WEIGHT_ROLE = Qt.ItemDataRole.UserRole + 2
WOULD_BE_ROLE = Qt.ItemDataRole.UserRole + 3


#: Rows whose texts decide how wide the columns are at first.
_LOOKED_AT = 300
_COLUMNS = tuple(Column)
# Qt asks for a dozen roles a cell: most are answered before anything is looked up.
_ANSWERED = frozenset(
    int(role)
    for role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.TextAlignmentRole,
        Qt.ItemDataRole.ToolTipRole,
        SPARSITY_ROLE,
        WEIGHT_ROLE,
        WOULD_BE_ROLE,
    )
)


class LayerModel(QAbstractItemModel):
    """Layers, with zeros and sizes filled in as they become known."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node()
        self._weights: dict[str, Node] = {}

    def set_layers(self, layers: tuple[Layer, ...]) -> None:
        """Show other layers; nothing is known of their values yet."""
        self.beginResetModel()
        self.root, self._weights = Node(), {}
        by_path: dict[str, Node] = {}
        for layer in layers:
            node = by_path[layer.path] = Node(layer)
            above = by_path.get(layer.parent) if layer.parent else None
            (above or self.root).add(node)
            for weight in layer.weights:
                child = self._weights[weight.path] = Node(layer, weight)
                node.add(child)
                size, raw = weight.size, weight.nbytes
                for each in child.lineage():
                    each.parameters += size
                    each.raw += raw
                    each.uncounted += 1
                    each.unmeasured += 1
        self.endResetModel()

    @property
    def weight_count(self) -> int:
        return len(self._weights)

    def set_numbers(
        self, path: str, *, zeros: int | None = None, deflated: int | None = None
    ) -> None:
        """Fill in what was counted for one weight; None: stays as it is."""
        leaf = self._weights.get(path)
        if leaf is None:
            return
        more_zeros = 0 if zeros is None else zeros - leaf.zeros
        more_bytes = 0 if deflated is None else deflated - leaf.deflated
        counted = leaf.uncounted if zeros is not None else 0
        measured = leaf.unmeasured if deflated is not None else 0
        for node in leaf.lineage():
            node.zeros += more_zeros
            node.deflated += more_bytes
            node.uncounted -= counted
            node.unmeasured -= measured
            if node.parent is not None:
                first = self.createIndex(node.row, Column.SPARSITY, node)
                last = self.createIndex(node.row, Column.DEFLATED, node)
                self.dataChanged.emit(first, last)

    def set_statistics(
        self, path: str, statistics: WeightStatistics, *, count: bool = True
    ) -> None:
        """Fill in what a weight's row tells, and its zeros if they `count`."""
        node = self._weights.get(path)
        if node is not None:
            node.statistics = statistics
            if count:
                self.set_numbers(path, zeros=statistics.zeros)

    def set_would_be(self, zeros: Mapping[str, int] | None) -> None:
        """Fill in the zeros that some weights would have; None: no such question.

        The view is not told: whoever calls has it painted, once for all rows.
        """
        for leaf in self._weights.values():
            for node in leaf.lineage():
                node.would_be = None
        for path, leaf in self._weights.items() if zeros is not None else ():
            count = (zeros or {}).get(path, leaf.zeros)
            for node in leaf.lineage():
                node.would_be = (node.would_be or 0) + count

    def sort(
        self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder
    ) -> None:
        """Sort the rows of each level by a column; -1: the model's own order."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        nodes = [self.node(index) for index in before]
        self._sort_below(self.root, column, order is Qt.SortOrder.DescendingOrder)
        after = [
            self.createIndex(node.row, index.column(), node) if node else index
            for node, index in zip(nodes, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _sort_below(self, node: Node, column: int, descending: bool) -> None:
        children = node.children
        children.sort(key=lambda child: child.place)
        if column >= 0:
            where = Column(column)
            children.sort(key=lambda c: sort_key(c, where), reverse=descending)
        for row, child in enumerate(children):
            child.row = row
            if child.children:
                self._sort_below(child, column, descending)

    def index_of(self, path: str) -> QModelIndex:
        """Return the index of a weight; an invalid one where there is none."""
        node = self._weights.get(path)
        return self.createIndex(node.row, 0, node) if node else QModelIndex()

    def longest_texts(self) -> list[str]:
        """Return about the longest text of each column, its heading among them."""
        longest = [HEADINGS[column][0] for column in Column]
        nodes = list(islice(self._some_nodes(), 3 * _LOOKED_AT))
        for node in nodes:
            for column in Column:
                text = text_of(node, column)
                if len(text) > len(longest[column]):
                    longest[column] = text
        return longest

    def _some_nodes(self) -> Iterator[Node]:
        """Yield nodes from all over the model."""
        layers = self.root.children
        yield from layers[:: max(1, 2 * len(layers) // _LOOKED_AT)]
        weights = list(self._weights.values())
        for leaf in weights[:: max(1, len(weights) // _LOOKED_AT)]:
            for node in leaf.lineage():
                if node.parent is not None:
                    yield node

    @property
    def depth(self) -> int:
        """How deep rows are nested, at the first weight of the deepest layer."""
        return max((len(list(n.lineage())) for n in self._some_nodes()), default=2) - 2

    def node(self, index: AnyIndex) -> Node | None:
        pointer = index.internalPointer() if index.isValid() else None
        return pointer if isinstance(pointer, Node) else None

    # What Qt asks

    def index(self, row: int, column: int, parent: AnyIndex = _ROOT) -> QModelIndex:
        siblings = (self.node(parent) or self.root).children
        if 0 <= row < len(siblings):
            return self.createIndex(row, column, siblings[row])
        return QModelIndex()

    def parent(self, index: AnyIndex = _ROOT) -> QModelIndex:  # type: ignore[override]
        node = self.node(index)
        above = node.parent if node else None
        if above is None or above is self.root:
            return QModelIndex()
        return self.createIndex(above.row, 0, above)

    def rowCount(self, parent: AnyIndex = _ROOT) -> int:
        if parent.column() > 0:
            return 0
        return len((self.node(parent) or self.root).children)

    def columnCount(self, parent: AnyIndex = _ROOT) -> int:
        return len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = 0
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[Column(section)][0]
        if role == Qt.ItemDataRole.ToolTipRole:
            return HEADINGS[Column(section)][1]
        if role == Qt.ItemDataRole.TextAlignmentRole and section in NUMERIC:
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
            return node.sparsity
        if role == WOULD_BE_ROLE:
            return node.would_be_sparsity
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(node, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in NUMERIC:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip_of(node)
        return None
