"""Sparsity, accuracy and compressed size over the steps of a run."""

from functools import cached_property

import pyqtgraph as pg
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from pruneview.gui import units
from pruneview.gui.theme import Theme
from pruneview.gui.views.axes import StepAxis, ValueAxis
from pruneview.gui.views.plots import DASHES, dress_axes, make_plot, pen
from pruneview.gui.views.seldom import Seldom
from pruneview.gui.views.steady_label import SteadyLabel
from pruneview.gui.views.turning_row import TurningRow

_DRAWN_EVERY_MS = 400
#: Height of a chart, in lines of text, below which it says in its tool tip only what
#: the curves are.
_LINES_FOR_LEGEND = 9
_LINES_FOR_CURVES = 5


class Chart(QWidget):
    """A heading with the latest number, and curves over the step axis."""

    def __init__(self, title: str, curves: dict[str, str]) -> None:
        super().__init__()
        self._title = title
        self._names = curves
        self._labels: dict[str, str] = {}
        self._theme: Theme | None = None
        self._heading = SteadyLabel(title)
        self._heading.setProperty("rank", "title")
        self._legend = QLabel()
        self._legend.setWordWrap(True)  # compressors have long names
        for label in (self._heading, self._legend):
            # Words that change must not push the charts about.
            policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            policy.setHeightForWidth(label.wordWrap())
            label.setSizePolicy(policy)
        self.axis = ValueAxis()
        self.plot = make_plot({"bottom": StepAxis(), "left": self.axis})
        self.plot.setAccessibleName(title)
        self.plot.setLabel("bottom", "step")
        self._points: dict[str, tuple[list[float], list[float]]] = {}
        self._curves: dict[str, pg.PlotDataItem] = {}
        for name in curves:
            self._points[name] = ([], [])
            self._curves[name] = self.plot.plot([], [])
        self._line = pg.InfiniteLine(angle=0, movable=False)
        self._line.setVisible(False)
        self.plot.addItem(self._line)
        self._steps = 1
        self._words = title
        self._drawing = Seldom(self, self._draw, _DRAWN_EVERY_MS)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(1)
        column.addWidget(self._heading)
        column.addWidget(self._legend)
        column.addWidget(self.plot, 1)
        self.plot.setMinimumHeight(56)

    def fit_legend(self, width: int, height: int) -> None:
        """Show what the curves are where that size has room for them as well.

        The tool tip says it anyway.
        """
        line = self._legend.fontMetrics().lineSpacing()
        # Words that are long for a narrow chart take several lines.
        words = self._legend.heightForWidth(max(1, width - 12))
        curves = height - self._heading.sizeHint().height() - words
        self._legend.setVisible(
            height >= _LINES_FOR_LEGEND * line and curves >= _LINES_FOR_CURVES * line
        )

    def set_theme(self, theme: Theme) -> None:
        self.plot.setBackground(theme.surface)
        dress_axes(self.plot.getPlotItem(), theme)
        self._theme = theme
        self._write_legend()
        for name, role in self._names.items():
            colour, dashed = getattr(theme, role), role == "target"
            style = DASHES if dashed else pg.QtCore.Qt.PenStyle.SolidLine
            self._curves[name].setPen(pen(colour, theme, style))
        self._line.setPen(pen(theme.baseline, theme, DASHES))

    def show_steps(self, *, on: bool) -> None:
        """Write the steps below; not where a chart below has them."""
        axis = self.plot.getPlotItem().getAxis("bottom")
        axis.setStyle(showValues=on)
        axis.showLabel(on)

    def set_label(self, name: str, label: str) -> None:
        """Say in the legend what a curve is of."""
        self._labels[name] = label
        self._write_legend()

    def _write_legend(self) -> None:
        theme = self._theme
        if theme is None:
            return
        parts = []
        for name, role in self._names.items():
            mark = "┄" if role == "target" else "━"
            words = f"{mark}&nbsp;{self._labels.get(name, name)}"
            colour = getattr(theme, role)
            parts.append(f'<span style="color:{colour}">{words}</span>')
        if len(self._names) == 1:
            parts.append(f'<span style="color:{theme.baseline}">┄&nbsp;baseline</span>')
        self._legend.setText("&nbsp;&nbsp;".join(parts))
        self.setToolTip(self._legend.text())

    def begin(
        self, steps: int, baseline: float | None = None, title: str | None = None
    ) -> None:
        """Start over for a run of so many steps."""
        self._title = title or self._title
        self._steps = max(1, steps)
        for name in self._points:
            self._points[name] = ([], [])
        self.plot.setXRange(0, self._steps, padding=0.02)
        self._line.setVisible(baseline is not None)
        if baseline is not None:
            self._line.setValue(baseline)
        self._words = self._title
        self._drawing.now()

    def add(self, name: str, step: int, value: float) -> None:
        """Append a point to a curve."""
        xs, ys = self._points[name]
        xs.append(step)
        ys.append(value)
        self._drawing.ask()

    def _draw(self) -> None:
        for name, (xs, ys) in self._points.items():
            self._curves[name].setData(xs, ys)
        self._heading.setText(self._words)

    def points(self, name: str) -> tuple[list[float], list[float]]:
        """Return the steps and values of a curve."""
        return self._points[name]

    def set_heading(self, words: str) -> None:
        self._words = f"{self._title}: {words}"
        self._drawing.ask()

    @property
    def heading(self) -> str:
        return self._words


class ChartsPanel(QWidget):
    """Three charts on one step axis.

    They are made by `build`, or when they are first needed: plots are slow to make,
    and the first heatmap must not wait for charts that are still empty.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fraction = True
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._row = TurningRow()
        column.addWidget(self._row, 1)

    def add_below(self, widget: QWidget) -> None:
        """Put something that belongs to the step axis under the charts."""
        layout = self.layout()
        assert layout is not None
        layout.addWidget(widget)

    @cached_property
    def charts(self) -> tuple[Chart, Chart, Chart]:
        """The charts of sparsity, accuracy and compressed size."""
        made = (
            Chart("Sparsity", {"target": "target", "counted": "actual"}),
            Chart("Accuracy", {"held-out data": "actual"}),
            Chart("Size", {"deflated": "actual"}),
        )
        first = made[0].plot.getPlotItem()
        for chart in made:
            self._row.add(chart)
            chart.set_theme(self._theme)
            if chart is not made[0]:
                chart.plot.getPlotItem().setXLink(first)
        return made

    @property
    def sparsity_chart(self) -> Chart:
        return self.charts[0]

    @property
    def accuracy_chart(self) -> Chart:
        return self.charts[1]

    @property
    def size_chart(self) -> Chart:
        return self.charts[2]

    def build(self) -> None:
        """Make the charts, empty, unless they are there already."""
        if "charts" not in vars(self):
            self.clear()

    def reset(self) -> None:
        """Empty the charts, if they are there."""
        if "charts" in vars(self):
            self.clear()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if "charts" in vars(self):
            for chart in self.charts:
                chart.set_theme(theme)

    def clear(self) -> None:
        """Show empty axes."""
        for chart in self.charts:
            chart.begin(1000)
        self.sparsity_chart.plot.setYRange(0, 100, padding=0.04)
        self.sparsity_chart.axis.set_unit("%")
        self.accuracy_chart.plot.setYRange(0, 100, padding=0.04)
        self.accuracy_chart.axis.set_unit("%")
        self.size_chart.plot.setYRange(0, 1, padding=0.04)
        self.size_chart.axis.set_unit("MB")

    def begin(
        self,
        *,
        steps: int,
        metric: str,
        fraction: bool,
        baseline: float,
        size: int,
        compressor: str,
    ) -> None:
        """Start over: `baseline` is the metric's value, `size` bytes compressed.

        `fraction` says that the metric is a share between 0 and 1.
        """
        self.sparsity_chart.begin(steps)
        shown = baseline * 100 if fraction else baseline
        self.accuracy_chart.begin(steps, shown, metric.capitalize())
        self.accuracy_chart.axis.set_unit("%" if fraction else "")
        self.accuracy_chart.set_heading(
            f"baseline {units.percent(baseline) if fraction else units.value(baseline)}"
        )
        self.size_chart.begin(steps, size / 1e6)
        self.size_chart.plot.setYRange(0, max(size * 1.08 / 1e6, 1e-6), padding=0)
        self.size_chart.set_heading(f"baseline {units.size(size)}")
        self.size_chart.set_label("deflated", compressor)
        self._fraction = fraction
        self._least = self._most = shown
        self._fit_accuracy()

    def add_sparsity(self, step: int, target: float, actual: float) -> None:
        self.sparsity_chart.add("target", step, target * 100)
        self.sparsity_chart.add("counted", step, actual * 100)
        self.sparsity_chart.set_heading(units.percent(actual))

    def add_update(self, step: int, value: float, held_out: str, size: int) -> None:
        """Add what was measured after a mask update; `held_out` says on what."""
        shown = value * 100 if self._fraction else value
        words = units.percent(value) if self._fraction else units.value(value)
        self.accuracy_chart.add("held-out data", step, shown)
        self.accuracy_chart.set_heading(words)
        self.accuracy_chart.set_label("held-out data", held_out)
        self._least, self._most = min(self._least, shown), max(self._most, shown)
        self._fit_accuracy()
        self.size_chart.add("deflated", step, size / 1e6)
        self.size_chart.set_heading(units.size(size))

    def _fit_accuracy(self) -> None:
        """Show whole tens of per cent, so that noise does not look like a fall."""
        if not self._fraction:
            span = max(self._most - self._least, abs(self._most) * 0.2, 1e-9)
            self.accuracy_chart.plot.setYRange(
                self._least - span * 0.2, self._most + span * 0.2, padding=0
            )
            return
        low = min(90.0, self._least // 10 * 10)
        self.accuracy_chart.plot.setYRange(low, 100, padding=0.04)
