"""A table of layers against sparsities, coloured by what is lost."""

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui import units
from pruneview.gui.theme import Theme
from pruneview.gui.views.flow import FlowLayout
from pruneview.pruning.sensitivity import LayerSensitivity, SensitivityEnded
from pruneview.pruning.sensitivity.suggest import drop

_ASK = (
    "Run, Sensitivity of each layer measures how far each layer alone can be pruned: "
    "nothing is trained, and the model stays as it is."
)
#: Lost accuracy, or relative growth of an error, at which a cell is fully coloured.
_FULL = 0.2


class SensitivityPanel(QWidget):
    """The table, and what may be lost.

    Signals
    -------
    suggestion_wanted
        Points (or percent) that each layer alone may lose.
    measuring_wanted
        The button that measures was pressed.
    """

    suggestion_wanted = Signal(float)
    measuring_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._found: SensitivityEnded | None = None
        self.table = QTableWidget(0, 0)
        self.table.setAccessibleName("Sensitivity of each layer")
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(
            self.table.fontMetrics().height() + 8
        )
        self.table.setShowGrid(False)
        self._words = QLabel(_ASK)
        self._words.setWordWrap(True)
        self._words.setProperty("rank", "muted")
        self.measure = QPushButton("&Measure")
        self.measure.setToolTip("Prune each layer alone and measure, without training")
        self.lost = QDoubleSpinBox()
        self.lost.setAccessibleName("What each layer alone may lose")
        self.lost.setRange(0.0, 50.0)
        self.lost.setSingleStep(0.5)
        self.lost.setDecimals(1)
        self.lost.setValue(1.0)
        self.fill = QPushButton("&Suggest targets")
        self.fill.setToolTip(
            "Give each layer the sparsity at which, pruned alone, it loses so much"
        )
        self._caption = QLabel("at most lost")
        self._caption.setBuddy(self.lost)
        buttons = QWidget()
        row = FlowLayout(buttons)
        for widget in (self.measure, self._caption, self.lost, self.fill):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(buttons)
        column.addWidget(self.table, 1)
        column.addWidget(self._words)
        self.measure.clicked.connect(lambda _checked: self.measuring_wanted.emit())
        self.fill.clicked.connect(
            lambda _checked: self.suggestion_wanted.emit(self.lost.value())
        )
        self.clear()

    def clear(self) -> None:
        """Show that nothing has been measured of this model."""
        self._found = None
        self.table.setRowCount(0)
        self.table.setColumnCount(0)
        self._words.setText(_ASK)
        self.fill.setEnabled(False)

    def set_measurable(self, *, on: bool) -> None:
        """Say whether measuring could begin now."""
        self.measure.setEnabled(on)

    def set_theme(self, theme: Theme) -> None:
        """Colour the cells anew."""
        self._theme = theme
        if self._found is not None:
            self.show_found(self._found)

    def show_found(self, found: SensitivityEnded) -> None:
        """Show what has been measured so far, or all of it."""
        self._found = found
        baseline = found.baseline
        headings = ["Layer", *(units.percent(level) for level in found.sparsities)]
        self.table.setColumnCount(len(headings))
        self.table.setHorizontalHeaderLabels(headings)
        self.table.setRowCount(len(found.measured))
        for row, layer in enumerate(found.measured):
            self.table.setItem(row, 0, QTableWidgetItem(layer.layer))
            for column, value in enumerate(layer.values, start=1):
                self.table.setItem(row, column, self._cell(found, layer, value))
        self.table.horizontalHeader().setSectionResizeMode(
            QHeaderView.ResizeMode.ResizeToContents
        )
        unit = "points" if baseline.is_fraction else "percent"
        self.lost.setSuffix(f" {unit}")
        part = "" if found.complete else " Not all layers are measured."
        self._words.setText(
            f"{baseline.metric.capitalize()} with one layer pruned by magnitude to the "
            "sparsity above and all others as in the file, on "
            f"{units.count(baseline.samples)} {baseline.data} samples; "
            f"{self._written(found, baseline.value)} unpruned. Nothing is trained; "
            f"layers pruned together lose more.{part}"
        )
        self.fill.setEnabled(bool(found.measured))

    def _cell(
        self, found: SensitivityEnded, layer: LayerSensitivity, value: float
    ) -> QTableWidgetItem:
        item = QTableWidgetItem(self._written(found, value))
        item.setTextAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        loses = drop(found, value)
        share = 1.0 if math.isnan(loses) else min(max(loses / _FULL, 0.0), 1.0)
        colour = QColor(self._theme.accent)
        colour.setAlphaF(0.75 * share)
        item.setBackground(colour)
        change = f"{loses * 100:+.1f}".replace("-", "−")
        unit = "points lost" if found.baseline.is_fraction else "percent more"
        item.setToolTip(f"{layer.layer}: {change} {unit}")
        return item

    @staticmethod
    def _written(found: SensitivityEnded, value: float) -> str:
        return units.percent(value) if found.baseline.is_fraction else f"{value:.4g}"
