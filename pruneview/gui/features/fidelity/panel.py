"""What pruning at once does to a model's outputs: a table, and what it means."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui import units
from pruneview.pruning.fidelity.one_shot import OneShot

_NOT_ACCURACY = "It says how much the outputs have changed; it is not accuracy."
_PLAN = (
    "Of the plan its final sparsity, the layers that take part and the seed count; the "
    "file and the open model stay as they are."
)


def fidelity_rows(result: OneShot) -> list[tuple[str, str, str]]:
    """Return (what, before, after) for each line of the table."""
    raw = units.size(result.raw_bytes)
    rows = [
        ("Pruned weights", "", units.count(result.pruned)),
        ("Zeros in them", "", units.percent(result.sparsity)),
        ("Raw size", raw, raw),
        (
            f"Size by {result.compressor}",
            units.size(result.baseline_deflated_bytes),
            units.size(result.deflated_bytes),
        ),
    ]
    found = result.fidelity
    if found is not None:
        if found.agreement is not None:
            agreement = units.percent(found.agreement)
            rows.append(("Fidelity: same class as the baseline", "", agreement))
        error = found.relative_error
        words = "not finite" if error is None else units.value(error)
        rows.append(("Fidelity: relative error of the outputs", "", words))
    return rows


class FidelityPanel(QWidget):
    """The table, and below it what the figures mean."""

    def __init__(self) -> None:
        super().__init__()
        self.sentences: tuple[str, ...] = ()
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName("Fidelity to the baseline")
        self.table.setHorizontalHeaderLabels(["", "Before", "After"])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.table, 1)
        column.addWidget(self._words)

    def show_result(self, result: OneShot) -> None:
        rows = fidelity_rows(result)
        self.table.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(row, column, item)
        found = result.fidelity
        said = [result.why_not]
        if found is not None:
            said = [found.sentence(), _NOT_ACCURACY, found.warning or ""]
        self.sentences = tuple(filter(None, said))
        self._words.setText(" ".join((*self.sentences, _PLAN)))

    def clear(self) -> None:
        self.table.setRowCount(0)
        self._words.clear()
        self.sentences = ()
