"""The heatmap of the other file's weight, or of the difference, beside the first."""

from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from pruneview.formats import Weight
from pruneview.gui.controllers.selected import SelectedWeight, WholeWeight, get
from pruneview.gui.theme import Theme
from pruneview.gui.views.heatmap import HeatmapPlot
from pruneview.pruning.pieces import is_large
from pruneview.sparsity.counting.histogram import magnitude_histogram
from pruneview.sparsity.pictures.canvas import Arrangement, Canvas
from pruneview.sparsity.pictures.display import PLAIN
from pruneview.sparsity.pictures.live import ViewRequest
from pruneview.sparsity.pictures.picture import Picture, Region, align, block_for, whole
from pruneview.workers.reader_pool import Answer, ReaderPool, Request

if TYPE_CHECKING:
    from pruneview.gui.views.heatmap_panel import HeatmapPanel

_CONTENTS, _PICTURE = "second weight", "second picture"
_THERE, _DIFFERENCE = "values", "difference"
_WHOLE_PIXELS = 4_000_000


class SecondView(QWidget):
    """A heatmap that pans and zooms with the first one.

    Signals
    -------
    choice_made
        The other file's values are wanted, or the difference.
    """

    choice_made = Signal()

    def __init__(self, first: "HeatmapPanel", pool: ReaderPool, theme: Theme) -> None:
        super().__init__()
        self.setMinimumWidth(200)
        self._first, self._pool, self._theme = first.plot, pool, theme
        self._canvas: Canvas | None = None
        self._contents: SelectedWeight | None = None
        self._asked: tuple[Region, tuple[int, int]] | None = None
        self._view: tuple[Region, int, int] | None = None
        self.plot: HeatmapPlot | None = None
        self.choice = QComboBox()
        self.choice.setAccessibleName("What is shown of the other file")
        self.choice.addItem("The other file's values", _THERE)
        self.choice.addItem("Other file minus this one", _DIFFERENCE)
        self.choice.currentIndexChanged.connect(lambda _index: self.choice_made.emit())
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("rank", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.choice)
        column.addWidget(self.words)
        self._linking = False

    def clear(self, words: str) -> None:
        """Show no weight, and why."""
        self.words.setText(words)
        self._canvas = self._contents = self._asked = None
        for channel in (_CONTENTS, _PICTURE):
            self._pool.cancel(channel)
        if self.plot is not None:
            self.plot.set_canvas(None)

    def show_pair(self, first: Weight, second: Weight, canvas: Canvas) -> None:
        """Show a weight of the other file; it has the shape of the first."""
        differing = self.choice.currentData() == _DIFFERENCE
        if differing and (is_large(first) or is_large(second)):
            self.clear("This weight is too large for a difference to be shown.")
            return
        self.words.setText(
            f"{second.path}: unchanged weights look like zeros here."
            if differing
            else second.path
        )
        plot = self._heatmap()
        self._pool.cancel(_PICTURE)  # it would be of the weight before
        self._canvas, self._contents, self._asked = canvas, None, None
        plot.set_canvas(canvas)
        self._follow()

        def read(job: Request) -> SelectedWeight:
            if not differing:
                return get(second, canvas, job)
            values = np.subtract(second.read(), first.read(), dtype=np.float32)
            return WholeWeight(values, canvas, magnitude_histogram(values))

        self._pool.submit(_CONTENTS, read)

    def answer(self, answer: Answer) -> bool:
        """Take what was read or drawn."""
        if answer.channel not in {_CONTENTS, _PICTURE}:
            return False
        if answer.error is not None:
            self.clear(f"Not shown: {answer.error}")
        elif answer.channel == _CONTENTS:
            self._contents, self._asked = answer.value, None
            self._draw()
        elif isinstance(answer.value, Picture) and self.plot is not None:
            self.plot.show_picture(answer.value)
        return True

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        if self.plot is not None:
            self.plot.set_theme(theme)

    def _heatmap(self) -> HeatmapPlot:
        """Return the heatmap; made when it is first needed."""
        if self.plot is None:
            self.plot = HeatmapPlot(self._theme)
            self.plot.setAccessibleName("Heatmap of the other file's weight")
            layout = self.layout()
            assert layout is not None
            layout.addWidget(self.plot)
            self.plot.view_changed.connect(self._view_changed)
            boxes = self._first.getPlotItem().vb, self.plot.getPlotItem().vb
            for here, there in (boxes, boxes[::-1]):
                here.sigRangeChanged.connect(
                    lambda *_, here=here, there=there: self._link(here, there)
                )
        return self.plot

    def _link(self, here: pg.ViewBox, there: pg.ViewBox) -> None:
        if self._linking or self._canvas is None:
            return
        self._linking = True  # each would answer the other's answer
        there.setRange(QRectF(here.viewRect()), padding=0, disableAutoRange=True)
        self._linking = False

    def _follow(self) -> None:
        assert self.plot is not None
        self._link(self._first.getPlotItem().vb, self.plot.getPlotItem().vb)

    def _view_changed(self, region: Region, down: int, across: int) -> None:
        self._view = (region, down, across)
        self._draw()

    def _draw(self) -> None:
        contents, canvas = self._contents, self._canvas
        if contents is None or canvas is None or self._view is None:
            return
        region, down, across = self._view
        block = block_for(region, down, across)
        everything = whole(canvas)
        pixels = _WHOLE_PIXELS * block[0] * block[1]
        if everything.height * everything.width <= pixels:
            region = everything
        region = align(region, block, canvas)
        if (region, block) == self._asked:
            return
        self._asked = (region, block)
        limit = contents.limit_of(PLAIN)
        wanted = ViewRequest("", Arrangement.SLICES, region, block, limit)
        self._pool.submit(
            _PICTURE,
            lambda job: contents.draw(wanted, job.report, lambda: job.cancelled),
        )
