"""A line across the charts at the step that is looked at."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QObject, QPointF, Signal

from pruneview.gui import units
from pruneview.gui.theme import Theme
from pruneview.gui.views.charts import ChartsPanel
from pruneview.runs import Moment


class ChartCursor(QObject):
    """Marks a step in all charts; it can be dragged, and set by a click.

    Signals
    -------
    step_wanted
        int.
    """

    step_wanted = Signal(int)

    def __init__(self, charts: ChartsPanel, theme: Theme) -> None:
        super().__init__()
        self._charts = charts
        self._theme = theme
        self._lines: list[pg.InfiniteLine] = []

    def show_moment(self, moment: Moment) -> None:
        """Stand at a moment, and write its figures above the charts."""
        self._make()
        for line in self._lines:
            line.blockSignals(True)
            line.setValue(moment.step)
            line.setVisible(True)
            line.blockSignals(False)
        charts = self._charts
        charts.sparsity_chart.set_heading(units.percent(moment.sparsity))
        measured = moment.evaluation
        if measured is not None:
            charts.accuracy_chart.set_heading(
                units.percent(measured.value)
                if measured.is_fraction
                else units.value(measured.value)
            )
        if moment.deflated_bytes is not None:
            charts.size_chart.set_heading(units.size(moment.deflated_bytes))

    def hide(self) -> None:
        """Mark nothing."""
        for line in self._lines:
            line.setVisible(False)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for line in self._lines:
            self._dress(line)

    def _dress(self, line: pg.InfiniteLine) -> None:
        line.setPen(pg.mkPen(self._theme.text, width=1.5))
        line.setHoverPen(pg.mkPen(self._theme.accent, width=3))

    def _make(self) -> None:
        """Make the lines once there are charts: plots are slow to make."""
        if self._lines:
            return
        for chart in self._charts.charts:
            line = pg.InfiniteLine(angle=90, movable=True)
            self._dress(line)
            chart.plot.addItem(line)
            line.sigDragged.connect(self._dragged)
            self._lines.append(line)

    def listen(self) -> None:
        """Take clicks into the charts."""
        for chart in self._charts.charts:
            chart.plot.scene().sigMouseClicked.connect(
                lambda event, plot=chart.plot: self._clicked(plot, event.scenePos())
            )

    def _dragged(self, line: Any) -> None:
        self.step_wanted.emit(max(0, round(line.value())))

    def _clicked(self, plot: pg.PlotWidget, where: QPointF) -> None:
        box = plot.getPlotItem().vb
        if box.sceneBoundingRect().contains(where):
            self.step_wanted.emit(max(0, round(box.mapSceneToView(where).x())))
