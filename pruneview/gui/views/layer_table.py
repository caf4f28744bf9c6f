"""The table of layers: what there is, how sparse it is, how large."""

from collections.abc import Mapping

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from pruneview.formats import Layer, Weight
from pruneview.gui import units
from pruneview.gui.theme import Theme
from pruneview.gui.views.layer_model import (
    SPARSITY_ROLE,
    WEIGHT_ROLE,
    WOULD_BE_ROLE,
    LayerModel,
)
from pruneview.gui.views.layer_rows import Column
from pruneview.sparsity.counting.statistics import WeightStatistics
from pruneview.sparsity.sizing.sizes import QUICK_LABEL

#: More layers are listed closed: opening each takes the view seconds.
_EXPANDED_UP_TO = 1000
_ROWS_AT_LEAST = 5
_SHORTEST_BAR = 10  # pixels
_LETTERS_OF_NAME = 12


class SparsityBar(QStyledItemDelegate):
    """A bar as long as the share of zeros, with the number on it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        self.initStyleOption(option, index)
        text, option.text = option.text, ""
        style = option.widget.style()
        style.drawControl(
            QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget
        )
        share = index.data(SPARSITY_ROLE)
        if share is None and not text:
            return
        painter.save()
        words = option.fontMetrics.horizontalAdvance(">99.9 % ")
        cell = option.rect.adjusted(4, 3, -4, -3)
        bar = QRect(
            cell.left(), cell.top(), max(_SHORTEST_BAR, cell.width() - words), 0
        )
        bar.setHeight(cell.height())
        painter.fillRect(bar, QColor(self.theme.raised))
        would_be = index.data(WOULD_BE_ROLE)
        for part, colour in (
            (would_be, self.theme.fresh),
            (share, self.theme.accent),
        ):
            if part:
                full = QRect(bar)
                full.setWidth(max(1, round(bar.width() * part)))
                painter.fillRect(full, QColor(colour))
        painter.setPen(QColor(self.theme.border))
        painter.drawRect(bar)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(QColor(self.theme.on_accent if selected else self.theme.text))
        painter.drawText(
            cell, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text
        )
        painter.restore()


class _View(QTreeView):
    """A row that is chosen and in view stays so when the view is made smaller."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        before = QRect(QPoint(0, 0), event.oldSize())
        followed = before.intersects(self.visualRect(self.currentIndex()))
        super().resizeEvent(event)
        if followed:
            # The columns and the scroll bars follow from the size.
            QTimer.singleShot(0, self, lambda: self.scrollTo(self.currentIndex()))


class LayerTable(QWidget):
    """The layers, sortable, with totals below.

    Signals
    -------
    weight_chosen
        A `Weight`: the row's own, or the first prunable one of a layer.
    """

    weight_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._model = LayerModel()
        self._view = _View()
        self._view.setModel(self._model)
        self._view.setAccessibleName("Layers")
        self._view.setUniformRowHeights(True)
        self._view.setIndentation(14)
        self._view.setSortingEnabled(True)
        self._view.setAlternatingRowColors(True)
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        header = self._view.header()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        # A narrow table shows what it is about.
        header.moveSection(Column.SPARSITY, 1)
        header.moveSection(header.visualIndex(Column.SHAPE), 2)
        self._bar = SparsityBar(theme)
        self._view.setItemDelegateForColumn(Column.SPARSITY, self._bar)
        self._totals = QLabel()
        self._totals.setWordWrap(True)
        self._file = QLabel()
        self._file.setWordWrap(True)
        self._file.setProperty("rank", "muted")
        self._layers = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addWidget(self._view, 1)
        column.addWidget(self._totals)
        column.addWidget(self._file)
        self._view.selectionModel().currentChanged.connect(self._choose)
        self.clear()

    @property
    def view(self) -> QTreeView:
        return self._view

    def set_theme(self, theme: Theme) -> None:
        self._bar.theme = theme
        line = self._view.fontMetrics().lineSpacing()
        self._view.setMinimumHeight((_ROWS_AT_LEAST + 2) * line)
        self._view.viewport().update()
        self._fit_columns()

    def clear(self) -> None:
        self._model.set_layers(())
        self._layers = 0
        self._totals.setText("No model is open.")
        self._file.setText("")

    def show_file(self, words: str, reason: str) -> None:
        """Say what can be done with the file and what else it holds, and why."""
        self._file.setText(words)
        self._file.setToolTip(reason)

    @property
    def file_text(self) -> str:
        return self._file.text()

    def set_layers(self, layers: tuple[Layer, ...]) -> None:
        """Show the layers of a model, in its order."""
        self._view.header().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._model.set_layers(layers)
        self._layers = len(layers)
        if len(layers) <= _EXPANDED_UP_TO:
            self._view.expandAll()
        self._fit_columns()
        self._write_totals()

    def set_numbers(
        self, path: str, *, zeros: int | None = None, deflated: int | None = None
    ) -> None:
        """Fill in what was counted for one weight."""
        self._model.set_numbers(path, zeros=zeros, deflated=deflated)

    def set_statistics(
        self, path: str, statistics: WeightStatistics, *, count: bool = True
    ) -> None:
        """Fill in what was measured in the file; `count`: its zeros are to be shown."""
        self._model.set_statistics(path, statistics, count=count)

    def set_would_be(self, zeros: Mapping[str, int] | None) -> None:
        """Show the zeros that weights would have; None: those they have."""
        self._model.set_would_be(zeros)
        self._view.viewport().update()

    def show_totals(self, compressor: str, measured: int | None = None) -> None:
        """Write the totals anew, naming what made the deflated sizes.

        `measured` is how many weights it was where a run measures only those that it
        prunes; the others' sizes are those of opening the file.
        """
        if measured is not None and measured < self._model.weight_count:
            compressor = f"{compressor}, what is not pruned by {QUICK_LABEL}"
        self._write_totals(compressor)

    def select(self, path: str) -> None:
        """Make a weight the current row."""
        index = self._model.index_of(path)
        if index.isValid() and index != self._view.currentIndex():
            self._view.setCurrentIndex(index)
            # Once more when the labels below have taken their room.
            QTimer.singleShot(0, lambda: self._view.scrollTo(self._view.currentIndex()))

    @property
    def totals_text(self) -> str:
        return self._totals.text()

    def _choose(self, current: QModelIndex, _previous: QModelIndex) -> None:
        node = self._model.node(current)
        if node is None:
            return
        weight = current.siblingAtColumn(0).data(WEIGHT_ROLE)
        if weight is None:
            weights: list[Weight] = [n.weight for n in node.weights() if n.weight]
            prunable = [w for w in weights if w.prunable]
            weight = next(iter(prunable or weights), None)
        if weight is not None:
            self.weight_chosen.emit(weight)

    def _fit_columns(self) -> None:
        if not self._layers:
            return
        # Asking the view for the width of each cell takes ten times as long.
        metrics = self._view.fontMetrics()
        letter = metrics.horizontalAdvance("0")
        for column, text in enumerate(self._model.longest_texts()):
            width = metrics.horizontalAdvance(text) + 2 * letter
            self._view.setColumnWidth(column, min(width, 40 * letter))
        nesting = 1 + self._model.depth
        self._view.setColumnWidth(
            Column.NAME,
            self._view.columnWidth(Column.NAME) + nesting * self._view.indentation(),
        )
        sizes = metrics.horizontalAdvance("000.0 kB") + 2 * letter
        counts = metrics.horizontalAdvance("00,000") + 2 * letter
        for column, least in (
            (Column.SPARSITY, 2 * metrics.horizontalAdvance(">99.9 % ")),
            (Column.ZEROS, counts),
            (Column.RAW, sizes),
            (Column.DEFLATED, sizes),
        ):
            width = max(self._view.columnWidth(column), least)
            self._view.setColumnWidth(column, width)
        self._keep_sparsity_in_view()

    def _keep_sparsity_in_view(self) -> None:
        """Shorten the bars, then the names, where both have no room."""
        view, letters = self._view, self._view.fontMetrics()
        # With a scroll bar, which may come only when the rows are laid out.
        bar = view.verticalScrollBar().sizeHint().width()
        room = view.width() - 2 * view.frameWidth() - bar
        name = view.columnWidth(Column.NAME)
        if name + view.columnWidth(Column.SPARSITY) <= room:
            return
        number = letters.horizontalAdvance(">99.9 % ") + _SHORTEST_BAR + 8
        least = letters.horizontalAdvance("0") * _LETTERS_OF_NAME
        view.setColumnWidth(Column.SPARSITY, max(number, room - name))
        view.setColumnWidth(Column.NAME, max(least, min(name, room - number)))

    def _write_totals(self, compressor: str = "") -> None:
        root = self._model.root
        parameters, zeros, raw = root.parameters, root.known_zeros, root.raw
        deflated = root.known_deflated
        parts = [
            f"{units.count(self._layers)} layers",
            f"{units.count(parameters)} parameters",
        ]
        if zeros is not None and parameters:
            share = units.percent(zeros / parameters)
            parts.append(f"{units.count(zeros)} zeros ({share})")
        parts.append(f"{units.size(raw)} raw")
        if deflated is not None and compressor:
            parts.append(f"{units.size(deflated)} by {compressor}")
        self._totals.setText(" · ".join(parts))
