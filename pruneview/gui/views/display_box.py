"""The button that opens the choices of what the heatmap shows, and these choices."""

from dataclasses import replace
from enum import StrEnum

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QToolButton,
    QWidget,
)

from pruneview.sparsity.pictures.display import AUTOMATIC_PERCENTILE, PLAIN, Display
from pruneview.sparsity.pictures.order import SortBy
from pruneview.sparsity.pictures.tone import Quantity, Scale

_QUANTITIES = {
    Quantity.SIGNED: "Signed value",
    Quantity.MAGNITUDE: "Magnitude",
    Quantity.MASK: "Mask: zero or kept",
    Quantity.DIFFERENCE: "Difference to the baseline",
    Quantity.GRADIENT: "Gradient of the loss",
}
_SORTS = {
    SortBy.NONE: "As in the file",
    SortBy.NORM: "By norm, largest first",
    SortBy.SPARSITY: "By sparsity, fewest zeros first",
}


class Range(StrEnum):
    """Where the ends of the colour scale come from."""

    AUTOMATIC = "Automatic"
    PERCENTILE = "Percentile"
    LOCKED = "Locked for all weights"
    MANUAL = "Manual"


_FIXED = {Range.LOCKED, Range.MANUAL}


class DisplayBox(QFrame):
    """A form that floats over the window until it is left.

    Signals
    -------
    chosen
        A `Display`.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.display = PLAIN
        self.range = Range.AUTOMATIC
        self._limit_shown = 1.0
        self._quantity, self._range = QComboBox(), QComboBox()
        self._rows, self._columns = QComboBox(), QComboBox()
        for kind, words in _QUANTITIES.items():
            self._quantity.addItem(words, kind)
        for source in Range:
            self._range.addItem(source.value, source)
        for box in (self._rows, self._columns):
            for by, words in _SORTS.items():
                box.addItem(words, by)
        self._log = QCheckBox("Logarithmic on both sides of zero")
        self._percentile = QDoubleSpinBox(
            minimum=50, maximum=100, decimals=1, singleStep=0.5, suffix=" %"
        )
        self._limit = QDoubleSpinBox(minimum=1e-6, maximum=1e6, decimals=6)
        self._limit.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self._lay_out()
        self._fill()
        for box in (self._quantity, self._range, self._rows, self._columns):
            box.activated.connect(lambda _row: self._choose())
        self._log.toggled.connect(lambda _on: self._choose())
        for field in (self._percentile, self._limit):
            field.setKeyboardTracking(False)
            field.valueChanged.connect(lambda _value: self._choose())

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        for label, field in (
            ("&Show", self._quantity),
            ("S&cale", self._log),
            ("&Range", self._range),
            ("&Percentile", self._percentile),
            ("&Limit", self._limit),
            ("Sort ro&ws", self._rows),
            ("Sort c&olumns", self._columns),
        ):
            form.addRow(label, field)
            field.setAccessibleName(label.replace("&", ""))
        self._rows.setToolTip("Inputs, or the input channels of a kernel")
        self._columns.setToolTip("Units, or the filters of a kernel")
        self._percentile.setToolTip(
            "This share of the nonzero magnitudes lies within the colour scale"
        )
        self._limit.setToolTip("The magnitude at the ends of the colour scale")

    def offer_gradient(self, why_not: str) -> None:
        """Let the gradient be chosen, or say why it cannot be."""
        choices = self._quantity.model()
        assert isinstance(choices, QStandardItemModel)
        item = choices.item(self._quantity.findData(Quantity.GRADIENT))
        item.setEnabled(not why_not)
        item.setToolTip(why_not)
        item.setAccessibleDescription(why_not)

    def set_limit_shown(self, limit: float) -> None:
        """Say where the scale ends now: what locking it holds fast."""
        self._limit_shown = limit
        if not self.isVisible():
            self._fill()

    def choose(self, display: Display, source: Range) -> None:
        """Make a choice, as if by hand."""
        before, gradient = self.display.quantity, Quantity.GRADIENT
        if (before is gradient) != (display.quantity is gradient) and source in _FIXED:
            # A limit of weights tells nothing of gradients.
            display, source = replace(display, limit=None), Range.AUTOMATIC
        if source in _FIXED and display.limit is None:
            display = replace(display, limit=self._limit_shown)
        self.range = source
        self.display = display
        self._fill()
        self.chosen.emit(display)

    def _fill(self) -> None:
        shown = self.display
        blockers = [
            QSignalBlocker(f) for f in (self._log, self._percentile, self._limit)
        ]
        self._quantity.setCurrentIndex(self._quantity.findData(shown.quantity))
        self._range.setCurrentIndex(self._range.findData(self.range))
        self._rows.setCurrentIndex(self._rows.findData(shown.rows))
        self._columns.setCurrentIndex(self._columns.findData(shown.columns))
        self._log.setChecked(shown.logarithmic)
        self._percentile.setValue(shown.percentile)
        self._limit.setValue(shown.limit or self._limit_shown)
        del blockers
        has_values = shown.tone.scale is not Scale.SHARE
        self._log.setEnabled(has_values)
        self._range.setEnabled(has_values)
        self._percentile.setEnabled(has_values and self.range is Range.PERCENTILE)
        self._limit.setEnabled(has_values and self.range is Range.MANUAL)

    def _choose(self) -> None:
        source = Range(self._range.currentData())  # Qt gives back a plain str
        limit = None
        if source in _FIXED:
            was_fixed = self.range in _FIXED
            limit = self._limit.value() if was_fixed else self._limit_shown
        percentile = self._percentile.value()
        if source is not Range.PERCENTILE:
            percentile = AUTOMATIC_PERCENTILE
        display = Display(
            quantity=Quantity(self._quantity.currentData()),
            logarithmic=self._log.isChecked(),
            percentile=percentile,
            limit=limit,
            rows=SortBy(self._rows.currentData()),
            columns=SortBy(self._columns.currentData()),
        )
        self.choose(display, source)


class DisplayButton(QToolButton):
    """Opens the choices below itself.

    Signals
    -------
    made
        The `DisplayBox`, when it is first needed: the first picture waits for nothing.
    """

    made = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setText("Display")
        self.setToolTip("What the colours show, on which scale and in which order")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box: DisplayBox | None = None
        self.clicked.connect(self.open)

    @property
    def box(self) -> DisplayBox:
        """The choices."""
        if self._box is None:
            self._box = DisplayBox(self)
            self.made.emit(self._box)
        return self._box

    def open(self) -> None:
        """Open the choices where they are whole on the screen."""
        self.box.adjustSize()
        corner = self.mapToGlobal(QPoint(self.width(), self.height()))
        left = max(
            self.screen().availableGeometry().left(), corner.x() - self.box.width()
        )
        self.box.move(left, corner.y())
        self.box.show()
        self.box.setFocus()
        self.box.focusNextChild()
