"""The screen that the audience sees."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QCloseEvent, QColor, QFont, QKeyEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from pruneview.gui.features.presentation.curve import LargeCurve
from pruneview.gui.features.presentation.number import LargeNumber
from pruneview.gui.features.presentation.numbers import Numbers
from pruneview.gui.theme import Theme
from pruneview.gui.views.heatmap import HeatmapPlot

_NEXT = (Qt.Key.Key_PageDown, Qt.Key.Key_Right, Qt.Key.Key_Down)
_BEFORE = (Qt.Key.Key_PageUp, Qt.Key.Key_Left, Qt.Key.Key_Up)
_BLACK = (Qt.Key.Key_B, Qt.Key.Key_Period)


class Stage(QWidget):
    """Heatmap at the left, numbers and curve at the right; every place is fixed.

    Signals
    -------
    walked
        int: 1 to the next mask update, -1 to the one before.
    ran
        Run, pause or continue.
    went
        int: -1 to the beginning, 1 to what is now.
    left
        Back to the window.
    """

    walked = Signal(int)
    ran = Signal()
    went = Signal(int)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setWindowTitle("pruneview")
        self.setAccessibleName("Presentation")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heatmap = HeatmapPlot(theme)
        self.sparsity = LargeNumber("zeros", theme, "actual")
        self.accuracy = LargeNumber("accuracy", theme, "target")
        self.weight = LargeNumber("compressed size", theme, "text")
        self.curve = LargeCurve(theme)
        self._name = QLabel()
        self._step = QLabel()
        self._step.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._black = QWidget()
        self._black.setAutoFillBackground(True)
        black = QPalette()
        black.setColor(QPalette.ColorRole.Window, QColor("#000000"))
        self._black.setPalette(black)
        for part in (
            self.heatmap,
            self.sparsity,
            self.accuracy,
            self.weight,
            self.curve.plot,
            self._name,
            self._step,
            self._black,
        ):
            part.setParent(self)
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            # What is under the pointer is no business of the audience.
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._black.hide()
        self.setAutoFillBackground(True)
        self.setCursor(Qt.CursorShape.BlankCursor)
        self._theme = theme
        self.set_theme(theme)

    @property
    def is_black(self) -> bool:
        return self._black.isVisible()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Window, QColor(theme.surface))
        palette.setColor(QPalette.ColorRole.WindowText, QColor(theme.text))
        self.setPalette(palette)
        self.heatmap.set_theme(theme)
        for number in (self.sparsity, self.accuracy, self.weight):
            number.set_theme(theme)
        self._dress()

    def show_name(self, name: str) -> None:
        """Say which weight is on show."""
        self._name.setText(name)

    def clear(self) -> None:
        """Forget what was shown, for the next time."""
        self.black_out(on=False)
        self.heatmap.set_canvas(None)
        self.curve.forget()
        self.show_name("")

    def show_numbers(self, numbers: Numbers) -> None:
        """Show figures; nothing else moves."""
        before = f"of {numbers.baseline_words} before"
        self.sparsity.show_number(numbers.sparsity_words, "of the pruned weights")
        self.accuracy.show_number(
            numbers.accuracy_words, before if numbers.baseline else "", numbers.metric
        )
        size = f"of {numbers.baseline_size_words} before, deflated"
        self.weight.show_number(
            numbers.size_words, size if numbers.baseline_size else ""
        )
        if self._step.text() != numbers.step_words:
            self._step.setText(numbers.step_words)
        self.curve.show_step(numbers.step)

    def black_out(self, *, on: bool) -> None:
        """Show nothing, or all again."""
        self._black.setVisible(on)
        self._black.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width, height = self.width(), self.height()
        edge = height // 40
        line = height // 18
        half = width * 56 // 100
        self._name.setGeometry(edge, edge, half - 2 * edge, line)
        self._step.setGeometry(half, edge, width - half - edge, line)
        top = edge + line
        self.heatmap.setGeometry(edge, top, half - 2 * edge, height - top - edge)
        right, room = half + edge // 2, width - half - edge
        tall = (height - top) * 58 // 100 // 3
        for place, number in enumerate((self.sparsity, self.accuracy, self.weight)):
            number.setGeometry(right, top + place * tall, room, tall - edge // 2)
        below = top + 3 * tall
        self.curve.plot.setGeometry(right, below, room, height - below - edge // 2)
        self._black.setGeometry(QRect(0, 0, width, height))
        self._dress()

    def _dress(self) -> None:
        height = max(1, self.height())
        self.curve.dress(self._theme, height)
        font = QFont()
        font.setPixelSize(max(10, height // 30))
        for label in (self._name, self._step):
            label.setFont(font)
        small = QFont()
        small.setPointSizeF(max(8.0, height / 54))
        for side in ("left", "top"):
            axis = self.heatmap.getPlotItem().getAxis(side)
            axis.setTickFont(small)
            axis.label.setFont(small)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _BLACK:
            self.black_out(on=not self.is_black)
        elif self.is_black and key != Qt.Key.Key_Escape:
            self.black_out(on=False)
        elif key in _NEXT:
            self.walked.emit(1)
        elif key in _BEFORE:
            self.walked.emit(-1)
        elif key == Qt.Key.Key_Home:
            self.went.emit(-1)
        elif key == Qt.Key.Key_End:
            self.went.emit(1)
        elif key == Qt.Key.Key_Space:
            self.ran.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.left.emit()
