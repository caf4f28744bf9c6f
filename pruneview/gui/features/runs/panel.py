"""A list of runs, and the curves of those that are chosen on the same axes."""

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QComboBox,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui import units
from pruneview.gui.features.runs.curves import RunCurves
from pruneview.gui.theme import Theme
from pruneview.gui.views.axes import StepAxis, ValueAxis
from pruneview.gui.views.plots import dress_axes, make_plot

_NONE_YET = "Every run of this model is listed here, its curve beside those of others."
_HEADINGS = ("Run", "Branched from", "Zeros", "Metric", "Compressed")
_ORIGIN = 1  # a column that is there where any run is a branch
_LEGEND_COLUMNS = 3  # of numbers: the table beside it says the rest
_LETTERS_FOR_PLOT_BESIDE_TABLE = 60
#: Share of the height; what is longer can be scrolled.
_WORDS_AT_MOST = 0.3
#: Curves differ in their dashes too, so that colour never stands alone.
_DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)


class _Words(QScrollArea):
    """Words that can be scrolled, and that ask for room without insisting on it."""

    def __init__(self, words: QLabel) -> None:
        super().__init__()
        self._height = 0
        self.setWidget(words)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        policy = QSizePolicy.Policy
        self.setSizePolicy(policy.Expanding, policy.Maximum)

    def ask_for(self, height: int) -> None:
        """Be so high where there is room."""
        if height != self._height:
            self._height = height
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height)

    def minimumSizeHint(self) -> QSize:
        least = min(self._height, self.fontMetrics().lineSpacing())
        return QSize(super().minimumSizeHint().width(), least)


class RunsPanel(QWidget):
    """Runs on the left, their metric or sparsity over the steps on the right."""

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
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.addWidget(self.table, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addLayout(self._row, 1)
        self.shown = QComboBox()
        self.shown.addItems(["Metric", "Sparsity"])
        self.shown.setAccessibleName("What the curves of the runs show")
        self.shown.currentIndexChanged.connect(self._draw)
        self._read = _Words(self.words)
        self._below = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._below.addWidget(self._read, 1)
        self._below.addWidget(self.shown)
        column.addLayout(self._below)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        letters = self.width() / self.fontMetrics().averageCharWidth()
        ways = QBoxLayout.Direction
        narrow = letters < _LETTERS_FOR_PLOT_BESIDE_TABLE
        for line in (self._row, self._below):
            line.setDirection(ways.TopToBottom if narrow else ways.LeftToRight)
        self._share_height()

    def _share_height(self) -> None:
        """Give the words what they need, but most of the room to table and curves."""
        beside = self._below.direction() is QBoxLayout.Direction.LeftToRight
        width = self.width() - (self.shown.width() if beside else 0) - 20
        needed = self.words.heightForWidth(max(1, width))
        self._read.ask_for(
            min(needed, int(self.height() * _WORDS_AT_MOST)) if self.words.text() else 0
        )

    def say(self, words: str) -> None:
        """Say something about the runs."""
        self.words.setText(words)
        self._share_height()

    @property
    def plot(self) -> pg.PlotWidget:
        """The curves; made when they are first needed, as plots are slow to make."""
        if self._plot is None:
            self._values = ValueAxis()
            self._plot = make_plot({"bottom": StepAxis(), "left": self._values})
            self._plot.setAccessibleName("Metric of the chosen runs over their steps")
            self._plot.setLabel("bottom", "step")
            self._plot.setMinimumWidth(160)
            self._row.addWidget(self._plot, 2)
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
        self.say(_NONE_YET)

    def show_runs(self, runs: list[RunCurves]) -> None:
        """Show runs, the latest last; drawn when they can be seen."""
        self._runs = runs
        if runs and self.words.text() == _NONE_YET:
            self.say("")
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
                item.setToolTip(f"Run {run.name}")
                if column == 0:
                    item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                    shown = run.title not in self._hidden
                    state = Qt.CheckState.Checked if shown else Qt.CheckState.Unchecked
                    item.setCheckState(state)
                elif column != _ORIGIN:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                self.table.setItem(row, column, item)
        self.table.blockSignals(False)
        self.table.setColumnHidden(_ORIGIN, not any(run.origin for run in runs))
        self.table.horizontalHeader().setSectionResizeMode(
            QHeaderView.ResizeMode.ResizeToContents
        )
        self.table.scrollToBottom()
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
        legend = plot.getPlotItem().legend or plot.addLegend(
            offset=(-8, -8), colCount=_LEGEND_COLUMNS
        )
        legend.clear()
        legend.setLabelTextColor(theme.text)
        for place, run in enumerate(self._runs):
            if run.title not in self._hidden:
                self._draw_run(place, run)
        if self._runs:
            baseline = self._runs[-1].baseline
            percent = self._is_sparsity or baseline.is_fraction
            self._values.set_unit("%" if percent else "")
            label = "sparsity" if self._is_sparsity else baseline.metric
            plot.setLabel("left", label, color=theme.text)

    @property
    def _is_sparsity(self) -> bool:
        return self.shown.currentIndex() == 1

    def _draw_run(self, place: int, run: RunCurves) -> None:
        theme = self._theme
        colours = (theme.actual, theme.target, theme.good, theme.warning)
        colour = colours[place % len(colours)]
        style = _DASHES[place // len(colours) % len(_DASHES)]
        percent = self._is_sparsity or run.baseline.is_fraction
        points = run.sparsities if self._is_sparsity else run.values
        # Only the points were measured; the lines between them lead the eye.
        self.plot.plot(
            run.steps,
            [value * (100 if percent else 1) for value in points],
            pen=pg.mkPen(colour, width=theme.curve_pixels, style=style),
            name=f"run {run.number}",
            symbol="o",
            symbolSize=5,
            symbolPen=None,
            symbolBrush=colour,
        )
        if run.branched_at:
            pen = pg.mkPen(colour, style=Qt.PenStyle.DotLine)
            line = pg.InfiniteLine(run.branched_at, pen=pen)
            self.plot.addItem(line)


def _row_of(run: RunCurves) -> tuple[str, str, str, str, str]:
    ended = run.ended
    if ended is None:
        zeros = units.percent(run.sparsities[-1])
        return run.title, run.origin, zeros, run.outcome, ""
    final = ended.final
    value = units.percent(final.value) if final.is_fraction else f"{final.value:.4g}"
    stopped = " (stopped)" if ended.stopped else ""
    return (
        run.title,
        run.origin,
        units.percent(ended.sparsity),
        f"{value} on {units.count(final.samples)}{stopped}",
        units.size(ended.deflated_bytes),
    )
