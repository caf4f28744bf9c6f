"""A table of what differs between two files."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.formats import Weight
from pruneview.gui import units
from pruneview.pruning.two_models import Matching, WeightDifference

_ASK = (
    "File, Compare with another file shows here what differs between the open model "
    "and a second one, for example a baseline and its pruned copy."
)
_HEADINGS = (
    "Weight",
    "Zeros here",
    "Zeros there",
    "Became zero",
    "Left zero",
    "Differ",
    "Largest difference",
)


class ComparisonPanel(QWidget):
    """The table; a row that is chosen is shown in the heatmap.

    Signals
    -------
    weight_chosen
        Path of a weight that both files have.
    file_wanted
        Another file is to be chosen.
    """

    weight_chosen = Signal(str)
    file_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.table = QTableWidget(0, len(_HEADINGS))
        self.table.setAccessibleName("What differs between two files")
        self.table.setHorizontalHeaderLabels(list(_HEADINGS))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(
            self.table.fontMetrics().height() + 8
        )
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.itemSelectionChanged.connect(self._choose)
        self.choose = QPushButton("&Compare with…")
        self.words = QLabel(_ASK)
        self.words.setWordWrap(True)
        self.words.setProperty("rank", "muted")
        self.choose.clicked.connect(lambda _checked: self.file_wanted.emit())
        row = QHBoxLayout()
        row.addWidget(self.choose)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(row)
        column.addWidget(self.words)
        column.addWidget(self.table, 1)

    def clear(self, words: str = _ASK) -> None:
        """Show that nothing is compared."""
        self.table.setRowCount(0)
        self.words.setText(words)

    def show_matching(self, matching: Matching, second: str) -> None:
        """List the weights of both files; what has no partner comes last."""
        self.table.setRowCount(0)
        for first, _ in matching.pairs:
            self._add_row(first.path, ["…"] * (len(_HEADINGS) - 1))
        for weight in matching.only_first:
            self._add_lone(weight, "only here")
        for weight in matching.only_second:
            self._add_lone(weight, f"only in {second}")
        alone = len(matching.only_first) + len(matching.only_second)
        rest = f"; {alone} have no partner of that name and shape" if alone else ""
        self.words.setText(
            f"Here: the open file. There: {second}. "
            f"{len(matching.pairs)} weights are in both{rest}."
        )
        self._fit()

    def show_difference(self, row: int, found: WeightDifference) -> None:
        """Fill in a row."""
        size = max(found.size, 1)
        texts = (
            units.percent(found.zeros_first / size),
            units.percent(found.zeros_second / size),
            units.count(found.became_zero),
            units.count(found.left_zero),
            units.percent(found.changed / size),
            units.value(found.largest),
        )
        for column, text in enumerate(texts, start=1):
            item = self.table.item(row, column)
            if item is not None:
                item.setText(text)

    def show_done(self) -> None:
        """All rows are filled in."""
        self._fit()

    def _fit(self) -> None:
        self.table.horizontalHeader().setSectionResizeMode(
            QHeaderView.ResizeMode.ResizeToContents
        )

    def _add_lone(self, weight: Weight, where: str) -> None:
        shape = units.shape(weight.shape)
        self._add_row(weight.path, [where, shape, "", "", "", ""])

    def _add_row(self, path: str, texts: list[str]) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        self.table.setItem(row, 0, QTableWidgetItem(path))
        for column, text in enumerate(texts, start=1):
            item = QTableWidgetItem(text)
            item.setTextAlignment(
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            )
            self.table.setItem(row, column, item)

    def _choose(self) -> None:
        item = self.table.item(self.table.currentRow(), 0)
        if item is not None:
            self.weight_chosen.emit(item.text())
