"""A list of runs, and the curves of those that are chosen on the same axes."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui import units
from pruneview.gui.features.runs.curves import RunCurves
from pruneview.gui.theme import Theme
from pruneview.gui.views.plots import dress_axes, make_plot

_NONE_YET = "Every run of this model is listed here, its curve beside those of others."
_HEADINGS = ("Run", "Zeros", "Metric", "Compressed")
#: Curves differ in their dashes too, so that colour never stands alone.
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)


class RunsPanel(QWidget):
    """Runs on the left, their metric over the steps on the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._runs: list[RunCurves] = []
        self._hidden: set[str] = set()
        self._plot: pg.PlotWidget | None = None
        self.table = QTableWidget(0, len(_HEADINGS))
        self.table.setAccessibleName("Runs of this model")
        self.table.setHorizontalHeaderLabels(list(_HEADINGS))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(
            self.table.fontMetrics().height() + 8
        )
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.itemChanged.connect(self._chosen)
        self.words = QLabel(_NONE_YET)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._row = QHBoxLayout()
        self._row.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(self._row, 1)
        column.addWidget(self.words)

    @property
    def plot(self) -> pg.PlotWidget:
        """The curves; made when they are first needed, as plots are slow to make."""
        if self._plot is None:
            self._plot = make_plot()
            self._plot.setAccessibleName("Metric of the chosen runs over their steps")
            self._plot.setLabel("bottom", "step")
            self._plot.setMinimumWidth(220)
            self._row.addWidget(self._plot, 1)
            self._dress()
        return self._plot

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        if self._plot is not None:
            self._dress()
            self._draw()

    def _dress(self) -> None:
        self.plot.setBackground(self._theme.surface)
        dress_axes(self.plot.getPlotItem(), self._theme)

    def clear(self) -> None:
        """Forget all runs."""
        self._hidden.clear()
        self.show_runs([])
        self.words.setText(_NONE_YET)

    def show_runs(self, runs: list[RunCurves]) -> None:
        """Show runs, the latest last; drawn when they can be seen."""
        self._runs = runs
        if self.isVisible():
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def _show(self) -> None:
        runs = self._runs
        self.table.blockSignals(True)
        self.table.setRowCount(len(runs))
        for row, run in enumerate(runs):
            for column, text in enumerate(_row_of(run)):
                item = QTableWidgetItem(text)
                if column == 0:
                    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                    shown = run.title not in self._hidden
                    state = Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
                    item.setCheckState(state)
                else:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(row, column, item)
        self.table.blockSignals(False)
        self.table.horizontalHeader().setSectionResizeMode(
            QHeaderView.ResizeMode.ResizeToContents
        )
        if runs or self._plot is not None:
            self._draw()

    def _chosen(self, item: QTableWidgetItem) -> None:
        if item.column() != 0:
            return
        shown = item.checkState() is Qt.CheckState.Checked
        (self._hidden.discard if shown else self._hidden.add)(item.text())
        self._draw()

    def _draw(self) -> None:
        plot, theme = self.plot, self._theme
        plot.clear()
        legend = plot.getPlotItem().legend or plot.addLegend(offset=(-8, -8))
        legend.clear()
        legend.setLabelTextColor(theme.text)
        colours = (theme.actual, theme.target, theme.good, theme.warning)
        for number, run in enumerate(self._runs):
            if run.title in self._hidden:
                continue
            scale = 100 if run.baseline.is_fraction else 1
            pen = pg.mkPen(
                colours[number % len(colours)],
                width=theme.curve_pixels,
                style=_DASHES[number // len(colours) % len(_DASHES)],
            )
            values = [value * scale for value in run.values]
            # Only the points were measured; the lines between them lead the eye.
            plot.plot(
                run.steps,
                values,
                pen=pen,
                name=run.title,
                symbol="o",
                symbolSize=5,
                symbolPen=None,
                symbolBrush=colours[number % len(colours)],
            )
        if self._runs:
            baseline = self._runs[-1].baseline
            unit = " (%)" if baseline.is_fraction else ""
            plot.setLabel("left", f"{baseline.metric}{unit}", color=theme.text)


def _row_of(run: RunCurves) -> tuple[str, str, str, str]:
    ended = run.ended
    if ended is None:
        return run.title, units.percent(run.sparsities[-1]), "running", ""
    final = ended.final
    value = units.percent(final.value) if final.is_fraction else f"{final.value:.4g}"
    stopped = " (stopped)" if ended.stopped else ""
    return (
        run.title + stopped,
        units.percent(ended.sparsity),
        f"{value} on {units.count(final.samples)}",
        units.size(ended.deflated_bytes),
    )
