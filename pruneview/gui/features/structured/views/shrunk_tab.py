"""Before and after: whole models, their layers, and both on the same axis."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui.features.structured.figures import (
    LAYER_HEADS,
    difference_words,
    layer_lines,
    models_of,
    total_lines,
)
from pruneview.gui.features.structured.views.scrolling import scrolling
from pruneview.gui.features.structured.views.share_bars import ShareBars
from pruneview.gui.theme import Theme
from pruneview.pruning.structured.shrinking.events import ShrinkEnded

_EMPTY = (
    "Ctrl+U opens the panel Units; its page Shrink makes the model smaller. What it "
    "was before and what it is after are compared here."
)


class ShrunkTab(QWidget):
    """What making a model smaller has come to.

    Signals
    -------
    save_wanted
        The small model is to be saved.
    """

    save_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.totals = _table("Before and after, in total")
        self.layers = _table("Before and after, layer by layer")
        self.bars: ShareBars | None = None
        self.words, self.conditions = _words(_EMPTY), _words("")
        self.conditions.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.save = QPushButton("Save as…")
        self.save.setToolTip("Save the small model: an ordinary Keras model")
        self.save.setEnabled(False)
        self.save.clicked.connect(self.save_wanted)
        self._pages = QTabWidget()
        self._pages.setTabPosition(QTabWidget.TabPosition.South)
        self._pages.addTab(self.totals, "In total")
        self._pages.addTab(self.layers, "Layers")
        self._pages.addTab(scrolling(self.conditions), "How it was measured")
        foot = QHBoxLayout()
        foot.addWidget(self.words, 1)
        foot.addWidget(self.save, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(4)
        column.addWidget(self._pages, 1)
        column.addLayout(foot)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.bars is not None:
            self.bars.set_theme(theme)

    def show_result(self, ended: ShrinkEnded) -> None:
        """Fill both tables and the bars."""
        names = tuple(name for name, _ in models_of(ended))
        lines = total_lines(ended)
        _fill(
            self.totals,
            ("", *names, "Ratio", ""),
            [(line.title, *line.cells, line.ratio, line.remark) for line in lines],
        )
        _fill(self.layers, LAYER_HEADS, layer_lines(ended))
        if self.bars is None:
            self.bars = ShareBars(self._theme)
            self._pages.insertTab(2, scrolling(self.bars.plot), "On one axis")
        self.bars.show(lines, ("Before", "Structured", *names[2:]))
        stopped = ("The fine-tuning was stopped early.",) if ended.stopped else ()
        sentences = (*stopped, difference_words(ended.difference), *ended.notes)
        self.words.setText(" ".join(sentences))
        self.words.setToolTip("\n".join(sentences))
        self.conditions.setText("\n\n".join(ended.conditions))
        self.save.setEnabled(True)

    def clear(self) -> None:
        """Show nothing: another model is open, or a run is about to begin."""
        for table in (self.totals, self.layers):
            table.setRowCount(0)
        if self.bars is not None:
            self.bars.show([], ())
        self.words.setText(_EMPTY)
        self.conditions.setText("")
        self.save.setEnabled(False)


def _words(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setProperty("rank", "muted")
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _table(name: str) -> QTableWidget:
    table = QTableWidget(0, 0)
    table.setAccessibleName(name)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 6)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setStretchLastSection(True)
    return table


def _fill(
    table: QTableWidget, heads: Sequence[str], lines: Sequence[Sequence[str]]
) -> None:
    table.setColumnCount(len(heads))
    table.setHorizontalHeaderLabels(list(heads))
    table.setRowCount(len(lines))
    last = len(heads) - 1
    for row, cells in enumerate(lines):
        for column, text in enumerate(cells):
            item = QTableWidgetItem(text)
            item.setToolTip(text)
            if 0 < column < last:
                item.setTextAlignment(
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                )
            table.setItem(row, column, item)
