"""The distribution of a weight's magnitudes, with the pruning threshold on it."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from pruneview.gui import units
from pruneview.gui.theme import Theme
from pruneview.gui.views.axes import LogCountAxis
from pruneview.gui.views.plots import DASHES, dress_axes, make_plot, pen
from pruneview.gui.views.swatch import Swatch
from pruneview.sparsity.histogram import MagnitudeHistogram


class HistogramPanel(QWidget):
    """Counts of nonzero magnitudes; exact zeros stand beside it as a number.

    Signals
    -------
    log_counts_chosen
        bool.
    """

    log_counts_chosen = Signal(bool)

    def __init__(self, theme: Theme, *, log_counts: bool) -> None:
        super().__init__()
        self._axis = LogCountAxis("left")
        self._plot = make_plot({"left": self._axis})
        self._plot.setAccessibleName("Histogram of magnitudes")
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
        self._zero = Swatch("", elastic=True)
        self._threshold = QLabel()
        self._threshold.setWordWrap(True)
        self._threshold.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._histogram: MagnitudeHistogram | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        self._plot.setMinimumHeight(90)
        column.addWidget(self._plot, 1)
        column.addWidget(self._threshold)
        column.addWidget(self._zero)
        column.addWidget(self._log)
        self._log.toggled.connect(self._choose_log)
        self._axis.logarithmic = log_counts
        self.set_theme(theme)
        self.clear()

    def set_theme(self, theme: Theme) -> None:
        self._plot.setBackground(theme.surface)
        dress_axes(self._plot.getPlotItem(), theme)
        self._curve.setPen(pg.mkPen(theme.accent, width=max(1, theme.curve_pixels - 1)))
        fill = pg.mkColor(theme.accent)
        fill.setAlpha(110)
        self._curve.setBrush(fill)
        self._line.setPen(pen(theme.error, theme, DASHES))
        self._zero.set_colour(theme.zero, theme.border)

    def clear(self) -> None:
        self._histogram = None
        self._curve.setData([0.0, 1.0], [0.0])
        self._line.setVisible(False)
        self._plot.setYRange(0, 1, padding=0)
        self._zero.set_text("")
        self._zero.setVisible(False)
        self._threshold.setText("")

    def show_histogram(self, histogram: MagnitudeHistogram) -> None:
        self._histogram = histogram
        self._zero.setVisible(True)
        share = histogram.zeros / histogram.size if histogram.size else 0.0
        self._zero.set_text(
            f"exact zeros: {units.count(histogram.zeros)} ({units.percent(share)})"
        )
        self._draw()

    def show_threshold(self, threshold: float | None, words: str) -> None:
        """Draw the threshold (None: there is none) and say beside it what it does."""
        self._line.setVisible(threshold is not None)
        if threshold is not None:
            self._line.setValue(threshold)
        self._threshold.setText(words)

    @property
    def threshold_text(self) -> str:
        return self._threshold.text()

    @property
    def zero_text(self) -> str:
        return self._zero.text

    def _choose_log(self, on: bool) -> None:
        self._axis.logarithmic = on
        self._draw()
        self.log_counts_chosen.emit(on)

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
        self._curve.setFillLevel(floor)
        self._curve.setData(edges, heights)
        span = max(top - floor, 0.1)
        self._plot.setXRange(0, edges[-1], padding=0.02)
        self._plot.setYRange(floor, floor + span * 1.05, padding=0)
        self._axis.picture = None
        self._axis.update()
