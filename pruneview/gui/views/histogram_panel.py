"""The distribution of a weight's magnitudes, with the pruning threshold on it."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui import units
from pruneview.gui.theme import Theme
from pruneview.gui.views.axes import LogCountAxis
from pruneview.gui.views.flow import FlowLayout
from pruneview.gui.views.plots import DASHES, dress_axes, make_plot, pen
from pruneview.gui.views.seldom import Seldom
from pruneview.gui.views.swatch import Swatch
from pruneview.gui.views.threshold_choices import ThresholdChoices
from pruneview.sparsity.counting.histogram import MagnitudeHistogram

#: What keys move the threshold by, as shares of the axis.
_STEPS = {
    Qt.Key.Key_Left: -0.01,
    Qt.Key.Key_Right: 0.01,
    Qt.Key.Key_Down: -0.01,
    Qt.Key.Key_Up: 0.01,
    Qt.Key.Key_PageDown: -0.1,
    Qt.Key.Key_PageUp: 0.1,
}
_FINE = 0.1
#: During a run the bars follow this often, and the words.
_DRAWN_EVERY_MS, _SAID_EVERY_MS = 250, 500
#: An axis stays while this much of it is in use, and where it must grow it grows by
#: more than is needed: new numbers along it cost more than all the rest.
_LEAST_IN_USE, _ROOM_TO_GROW = 0.7, 1.15
#: Of the window's, while a threshold is tried.
_HEIGHT_AT_MOST = 0.6
_DRAG = (
    "Drag the threshold to see what would become zero at another one. With the focus "
    "here: arrows, with Shift finer, Page Up and Page Down; Esc leaves."
)
_FIXED = "The threshold of a run, or of its result; it cannot be dragged."


class HistogramPanel(QWidget):
    """Counts of nonzero magnitudes; exact zeros stand beside it as a number.

    Signals
    -------
    log_counts_chosen
        bool.
    approached
        The mouse or the focus has come to a threshold that can be moved.
    threshold_moved
        float: the person moves the threshold there.
    threshold_released
        The person has let go of it.
    apply_wanted, copy_wanted, target_wanted, left
        What becomes of a moved threshold: zeros, a pruned copy, the plan's target,
        nothing.
    """

    log_counts_chosen = Signal(bool)
    approached = Signal()
    threshold_moved = Signal(float)
    threshold_released = Signal()
    apply_wanted = Signal()
    copy_wanted = Signal()
    target_wanted = Signal()
    left = Signal()

    def __init__(self, theme: Theme, *, log_counts: bool) -> None:
        super().__init__()
        self._axis = LogCountAxis("left")
        self._plot = make_plot({"left": self._axis})
        self._plot.setAccessibleName("Histogram of magnitudes, with the threshold")
        self._plot.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._plot.setLabel("bottom", "magnitude |w|")
        self._plot.setLabel("left", "weights")
        self._curve = pg.PlotCurveItem(
            [0.0, 1.0], [0.0], stepMode="center", fillLevel=0
        )
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._plot.addItem(self._curve)
        self._plot.addItem(self._line)
        self._log = QCheckBox("Log counts")
        self._log.setChecked(log_counts)
        self._zero = Swatch("")
        self._goes = Swatch("would become zero")
        self._threshold = QLabel()
        self._threshold.setWordWrap(True)
        self._threshold.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._histogram: MagnitudeHistogram | None = None
        self._drawing = Seldom(self, self._draw, _DRAWN_EVERY_MS)
        self._saying = Seldom(self, self._say, _SAID_EVERY_MS)
        self._ends = (0.0, 0.0, 0.0)
        self._words = ""
        self._theme = theme
        self._lay_out()
        self._connect()
        self._axis.logarithmic = log_counts
        self.set_theme(theme)
        self.clear()
        self.set_movable(on=False)

    def _lay_out(self) -> None:
        self._choices = ThresholdChoices()
        keys = QWidget()
        flow = FlowLayout(keys, spacing=12)
        for part in (self._goes, self._zero, self._log):
            flow.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        self._plot.setMinimumHeight(90)
        column.addWidget(self._plot, 1)
        column.addWidget(self._threshold)
        column.addWidget(self._choices)
        column.addWidget(keys)

    def _connect(self) -> None:
        self._log.toggled.connect(self._choose_log)
        self._line.sigDragged.connect(lambda line: self._move_to(line.value()))
        self._line.sigPositionChangeFinished.connect(
            lambda _line: self.threshold_released.emit()
        )
        self._plot.installEventFilter(self)
        for name in ("apply_wanted", "copy_wanted", "target_wanted", "left"):
            getattr(self._choices, name).connect(getattr(self, name))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._plot.setBackground(theme.surface)
        dress_axes(self._plot.getPlotItem(), theme)
        self._curve.setPen(pg.mkPen(theme.accent, width=max(1, theme.curve_pixels - 1)))
        fill = pg.mkColor(theme.accent)
        fill.setAlpha(110)
        self._curve.setBrush(fill)
        self._line.setHoverPen(pg.mkPen(theme.error, width=2 * theme.curve_pixels))
        self._show_focus()
        self._zero.set_colour(theme.zero, theme.border)
        self._goes.set_colour(theme.fresh, theme.border)

    def clear(self) -> None:
        self._histogram = None
        self._drawing.drop()
        self._ends = (0.0, 0.0, 0.0)
        self._curve.setData([0.0, 1.0], [0.0])
        self._line.setVisible(False)
        self._plot.setYRange(0, 1, padding=0)
        self._zero.set_text("")
        self._zero.setVisible(False)
        self._words = ""
        self._threshold.setText("")
        self.show_choices(on=False)

    def show_histogram(self, histogram: MagnitudeHistogram) -> None:
        self._histogram = histogram
        self._zero.setVisible(True)
        share = histogram.zeros / histogram.size if histogram.size else 0.0
        self._zero.set_text(
            f"zeros: {units.count(histogram.zeros)} ({units.percent(share)})"
        )
        self._drawing.ask()

    def show_threshold(self, threshold: float | None, words: str) -> None:
        """Draw the threshold (None: there is none) and say beside it what it does."""
        self._line.setVisible(threshold is not None)
        if threshold is not None:
            self._line.setValue(threshold)
        self._words = words
        if self._line.movable:
            self._saying.now()  # they follow the hand that moves it
        else:
            self._saying.ask()

    def set_movable(self, *, on: bool) -> None:
        """Let the person move the threshold, or not."""
        self._line.setMovable(on)
        self._line.setCursor(
            Qt.CursorShape.SizeHorCursor if on else Qt.CursorShape.ArrowCursor
        )
        self._plot.setToolTip(_DRAG if on else _FIXED)

    def show_choices(self, *, on: bool) -> None:
        """Offer what can be done with a threshold that was moved."""
        self._choices.setVisible(on)
        self._goes.setVisible(on)
        self.setMinimumHeight(0)
        self._keep_room()

    def _keep_room(self) -> None:
        """Have the panel made higher rather than words lie over the plot."""
        layout = self.layout()
        if layout is not None and self._choices.isVisibleTo(self):
            needed = layout.minimumHeightForWidth(self.width())
            at_most = round(self.window().height() * _HEIGHT_AT_MOST)
            self.setMinimumHeight(max(self.minimumHeight(), min(needed, at_most)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_room()

    @property
    def threshold_text(self) -> str:
        return self._words

    @property
    def zero_text(self) -> str:
        return self._zero.text

    @property
    def plot(self) -> pg.PlotWidget:
        """Where the keys work."""
        return self._plot

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.Enter, QEvent.Type.FocusIn) and self._line.movable:
            self.approached.emit()
        if kind in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._show_focus()
        if isinstance(event, QKeyEvent) and self._choices.isVisible():
            escape = event.key() == Qt.Key.Key_Escape
            if escape and kind == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if escape and kind == QEvent.Type.KeyPress:
                self.left.emit()
                return True
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key_moves(event)
        return super().eventFilter(watched, event)

    def _key_moves(self, event: QKeyEvent) -> bool:
        step = _STEPS.get(Qt.Key(event.key()))
        ready = self._line.movable and self._line.isVisible()
        if step is None or not ready or self._histogram is None:
            return False
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step *= _FINE
        self._move_to(self._line.value() + step * self._histogram.maximum)
        self.threshold_released.emit()
        return True

    def _move_to(self, threshold: float) -> None:
        if self._histogram is not None:
            threshold = min(max(threshold, 0.0), self._histogram.maximum)
        self._line.setValue(threshold)
        self.threshold_moved.emit(threshold)

    def _show_focus(self) -> None:
        """A line that keys move is drawn through, any other in dashes."""
        style = Qt.PenStyle.SolidLine if self._plot.hasFocus() else DASHES
        self._line.setPen(pen(self._theme.error, self._theme, style))

    def _choose_log(self, on: bool) -> None:
        self._axis.logarithmic = on
        self._ends = (0.0, 0.0, 0.0)
        self._axis.picture = None
        self._axis.update()
        self._drawing.now()
        self.log_counts_chosen.emit(on)

    def _say(self) -> None:
        self._threshold.setText(self._words)
        self._keep_room()

    def _draw(self) -> None:
        histogram = self._histogram
        if histogram is None:
            return
        heights = histogram.counts.astype(float)
        top = max(1.0, float(heights.max()))
        if self._axis.logarithmic:
            # An empty bin has no logarithm; it lies on the floor, at half a weight.
            heights = np.log10(np.maximum(heights, 0.5))
            floor, top = np.log10(0.5), np.log10(top)
        else:
            floor = 0.0
        edges = histogram.edges if histogram.maximum > 0 else np.linspace(0, 1, 129)
        if self._curve.opts["fillLevel"] != floor:
            self._curve.setFillLevel(floor)
        self._curve.setData(edges, heights)
        self._fit(edges[-1], floor, max(top - floor, 0.1))

    def _fit(self, across: float, floor: float, span: float) -> None:
        """Let the axes reach as far as the bars, unless they nearly do so already."""
        at, wide, high = self._ends
        if at != floor:
            wide = high = 0.0
        if not _LEAST_IN_USE * wide <= across <= wide:
            wide = across * _ROOM_TO_GROW if 0 < wide < across else across
            self._plot.setXRange(0, wide, padding=0.02)
        if not _LEAST_IN_USE * high <= span <= high:
            high = span * _ROOM_TO_GROW if 0 < high < span else span
            self._plot.setYRange(floor, floor + high * 1.05, padding=0)
        self._ends = floor, wide, high
