"""Why a pruned model is, or is not, smaller and faster: one measured table."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui import units
from pruneview.gui.views.worded_table import WordedTable
from pruneview.pruning.report.rows import CostReport, Figure, Row

_REMARK = 4  # column
_LEAST_REMARK = 50  # letters
_WORDS_AT_MOST = 0.45  # of the height
_ASK = (
    "After a run, Ctrl+Shift+R (Run, Why is it not smaller or faster?) measures "
    "sizes and times of the dense and the pruned model here."
)


def _written(figure: Figure | None, unit: str) -> str:
    if figure is None:
        return "–"
    if unit == "bytes":
        return units.size(round(figure.value))
    text = units.duration(figure.value)
    if figure.low is None or figure.high is None:
        return text
    # In a line of their own: three wide columns leave no room for words.
    return f"{text}\n{units.duration(figure.low)} to {units.duration(figure.high)}"


def report_row(row: Row) -> tuple[str, str, str, str, str]:
    """Return what a line of the table says: title, dense, pruned, ratio, remark."""
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    if row.within_spread:
        ratio = "same"
    remark = " ".join((*row.missing, row.improve))
    return (
        row.title,
        _written(row.dense, row.unit),
        _written(row.pruned, row.unit),
        ratio,
        remark,
    )


class ReportPanel(QWidget):
    """The table; below it a remark on the chosen row, and how it was measured."""

    def __init__(self) -> None:
        super().__init__()
        self._table = WordedTable(
            ("", "Dense", "Pruned", "Ratio", "What would improve it"),
            least_remark=_LEAST_REMARK,
            hides_remarks=True,
        )
        self._table.setAccessibleName("Sizes and times")
        self._table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self._table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self._table.currentCellChanged.connect(lambda *_cells: self._show_remark())
        self._table.fitted.connect(self._show_remark)
        self._remark = QLabel()
        self._remark.setWordWrap(True)
        self._remark.hide()
        self._conditions = QLabel(_ASK)
        self._conditions.setWordWrap(True)
        self._conditions.setProperty("rank", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        words = QWidget()
        lines = self._lines = QVBoxLayout(words)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self._remark)
        lines.addWidget(self._conditions)
        lines.addStretch(1)
        # Scrolled where they would leave no room for the table.
        self._below = QScrollArea()
        self._below.setWidgetResizable(True)
        self._below.setFrameShape(QScrollArea.Shape.NoFrame)
        self._below.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._below.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._below.setWidget(words)
        column.addWidget(self._table, 1)
        column.addWidget(self._below)
        self._fit_words()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        needed = self._lines.heightForWidth(self._below.viewport().width())
        self._below.setFixedHeight(min(needed, round(self.height() * _WORDS_AT_MOST)))

    def show_report(self, report: CostReport) -> None:
        self._table.setRowCount(len(report.rows))
        for line, row in enumerate(report.rows):
            for column, text in enumerate(report_row(row)):
                item = QTableWidgetItem(text)
                if column in {1, 2, 3}:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                item.setToolTip(f"{row.how}\n{row.improve}" if column else row.how)
                self._table.setItem(line, column, item)
        remarks = [row for row, line in enumerate(report.rows) if line.improve]
        self._table.setCurrentCell(next(iter(remarks), 0), 0)
        self._table.fit()
        self._conditions.setText(" ".join((*report.conditions, *report.notes)))
        self._fit_words()

    def _show_remark(self) -> None:
        """Say below what the column that is hidden says of the chosen row."""
        row = self._table.currentRow()
        cells = [self._table.item(row, column) for column in (0, _REMARK)]
        what, remark = (cell.text() if cell is not None else "" for cell in cells)
        self._remark.setText(f"{what}: {remark}")
        self._remark.setVisible(bool(remark) and self._table.remarks_hidden)
        self._fit_words()

    def clear_report(self) -> None:
        self._table.setRowCount(0)
        self._remark.hide()
        self._conditions.setText(_ASK)
        self._fit_words()

    @property
    def table(self) -> QTableWidget:
        return self._table
