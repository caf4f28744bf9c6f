"""The curve that a plan describes: sparsity over the steps of the run."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QVBoxLayout, QWidget

from pruneview.gui.theme import Theme
from pruneview.gui.views.axes import StepAxis
from pruneview.gui.views.plots import DASHES, dress_axes, make_plot, pen
from pruneview.pruning.planning.plan import Preflight, PruningPlan, sparsity_curve

_HEIGHT = 170


class ScheduleCurve(QWidget):
    """Draws the schedule, a dot for each mask update, and where the run ends.

    The plot is made by `build`: plots are slow to make, and the first heatmap must
    not wait for this one.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[PruningPlan | None, Preflight | None] = (None, None)
        self._plot: _CurvePlot | None = None
        self.setFixedHeight(_HEIGHT)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)

    def build(self) -> None:
        """Make the plot, once."""
        if self._plot is None:
            self._plot = _CurvePlot(self._theme)
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self._plot.widget)
            self._plot.show_plan(*self._shown)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self._plot is not None:
            self._plot.set_theme(theme)

    def show_plan(self, plan: PruningPlan | None, preflight: Preflight | None) -> None:
        """Draw a valid plan; None: nothing. Without a preflight no steps are known."""
        self._shown = (plan, preflight)
        if self._plot is not None:
            self._plot.show_plan(plan, preflight)


class _CurvePlot:
    """The plot of `ScheduleCurve`."""

    def __init__(self, theme: Theme) -> None:
        self.widget = make_plot({"bottom": StepAxis()})
        self.widget.setAccessibleName("Sparsity schedule")
        self.widget.setLabel("bottom", "step")
        self.widget.setLabel("left", "sparsity, %")
        self.widget.setYRange(0, 100, padding=0.04)
        self._curve = self.widget.plot([], [])
        self._updates = pg.ScatterPlotItem(size=6, pxMode=True)
        self._end = pg.InfiniteLine(angle=90, movable=False)
        self.widget.addItem(self._updates)
        self.widget.addItem(self._end)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self.widget.setBackground(theme.surface)
        dress_axes(self.widget.getPlotItem(), theme)
        self._curve.setPen(pen(theme.target, theme))
        self._updates.setPen(pg.mkPen(None))
        self._updates.setBrush(pg.mkBrush(theme.target))
        self._updates.setSize(4 + 2 * theme.curve_pixels)
        self._end.setPen(pen(theme.baseline, theme, DASHES))

    def show_plan(self, plan: PruningPlan | None, preflight: Preflight | None) -> None:
        self._end.setVisible(preflight is not None)
        if plan is None:
            self._curve.setData([], [])
            self._updates.setData([], [])
            return
        end = plan.end_step if plan.end_step > 0 else plan.begin_step + plan.frequency
        last = max(end, preflight.steps if preflight else 0)
        steps = np.linspace(0, last, min(last + 1, 400)).astype(int)
        self._curve.setData(steps, sparsity_curve(plan, steps) * 100)
        self.widget.setXRange(0, last, padding=0.03)
        if preflight is None:
            self._updates.setData([], [])
            return
        self._end.setValue(preflight.steps)
        updates = np.array(preflight.update_steps, dtype=int)
        shown = updates[:: max(1, len(updates) // 200)]
        self._updates.setData(shown, sparsity_curve(plan, shown) * 100)
