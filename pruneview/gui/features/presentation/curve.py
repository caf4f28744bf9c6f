"""Sparsity and accuracy over the steps, drawn for the last row."""

import pyqtgraph as pg
from PySide6.QtGui import QFont

from pruneview.gui.theme import Theme
from pruneview.gui.views.axes import StepAxis, ValueAxis
from pruneview.gui.views.charts import ChartsPanel
from pruneview.gui.views.plots import DASHES, dress_axes, make_plot


class LargeCurve:
    """One plot; accuracy is on it only where it is a share.

    Attributes
    ----------
    plot
        The widget.
    """

    def __init__(self, theme: Theme) -> None:
        values = ValueAxis()
        values.set_unit("%")
        self.plot = make_plot({"bottom": StepAxis(), "left": values})
        self.plot.setAccessibleName("Sparsity and accuracy over the steps")
        self.plot.setYRange(0, 100, padding=0.03)
        self._sparsity = self.plot.plot([], [])
        self._accuracy = self.plot.plot([], [])
        self._baseline = pg.InfiniteLine(angle=0, movable=False)
        self._here = pg.InfiniteLine(angle=90, movable=False)
        self.plot.addItem(self._baseline)
        self.plot.addItem(self._here)
        self._baseline.setVisible(False)
        self._drawn: tuple[int, int] | None = None
        self._theme = theme
        self.dress(theme, 720)

    def dress(self, theme: Theme, height: int) -> None:
        """Take a theme's colours, and letters by the height of the screen."""
        self._theme = theme
        item = self.plot.getPlotItem()
        self.plot.setBackground(theme.surface)
        dress_axes(item, theme)
        font = QFont()
        # In points: by them the axes find room for their numbers.
        font.setPointSizeF(max(8.0, height / 46))
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setTickFont(font)
            axis.setTextPen(pg.mkPen(theme.text))
        item.getAxis("left").setWidth(height // 11)
        item.getAxis("bottom").setHeight(height // 18)
        wide = max(3.0, height / 180)
        for curve, colour in (
            (self._sparsity, theme.actual),
            (self._accuracy, theme.target),
        ):
            curve.setPen(pg.mkPen(colour, width=wide))
        self._baseline.setPen(pg.mkPen(theme.target, width=wide / 2, style=DASHES))
        self._here.setPen(pg.mkPen(theme.text, width=wide / 2))

    def show_run(
        self, charts: ChartsPanel, steps: int, baseline: float | None, *, share: bool
    ) -> None:
        """Draw the curves of the window's charts, where they have grown."""
        sparsity = charts.sparsity_chart.points("counted")
        accuracy = charts.accuracy_chart.points("held-out data")
        drawn = len(sparsity[0]), len(accuracy[0])
        if drawn == self._drawn:
            return
        self._drawn = drawn
        self.plot.setXRange(0, max(1, steps), padding=0.02)
        self._sparsity.setData(*sparsity)
        self._accuracy.setData(*(accuracy if share else ([], [])))
        self._baseline.setVisible(share and baseline is not None)
        if baseline is not None:
            self._baseline.setValue(baseline * 100)

    def show_step(self, step: int) -> None:
        """Mark where one is."""
        self._here.setValue(step)

    def forget(self) -> None:
        """Draw everything anew."""
        self._drawn = None
