"""The animation on the heatmap: what would go fades, then the matrix closes up."""

import time
from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from pruneview.gui import colours
from pruneview.gui.features.structured.timeline import Timeline
from pruneview.gui.theme import Theme
from pruneview.gui.views.heatmap import HeatmapPlot
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.closing_up import ClosingFrame, Leaving, closing_frame
from pruneview.sparsity.pictures.picture import Picture

#: A frame later than this is an interruption: the course does not jump ahead.
_LONGEST_FRAME = 0.1


class Player:
    """Draws the course of a `Timeline` over the picture on show.

    The picture itself stays where it is, below a ground of the plot's own colour:
    what moves is drawn from its codes.

    Parameters
    ----------
    leaving
        From the progress of each unit to that of each index along the axes.
    """

    def __init__(self, plot: HeatmapPlot, theme: Theme) -> None:
        self._plot = plot
        self._theme = theme
        self._ground = pg.QtWidgets.QGraphicsRectItem()
        self._image = pg.ImageItem(autoDownsample=False)
        self._outline = pg.QtWidgets.QGraphicsRectItem()
        self._parts = (self._ground, self._outline, self._image)
        for height, part in enumerate(self._parts, start=30):
            part.setZValue(height)
            plot.getPlotItem().addItem(part, ignoreBounds=True)
            part.setVisible(False)
        self.timeline: Timeline | None = None
        self.frame: ClosingFrame | None = None
        self._canvas: Canvas | None = None
        self._leaving: Callable[[NDArray[np.float64]], list[Leaving]] = lambda _p: []
        self._drawn: tuple[float, Picture | None] = (-1.0, None)
        self._last = 0.0
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._ground.setBrush(pg.mkBrush(theme.surface))
        self._ground.setPen(pg.mkPen(None))
        self._outline.setPen(pg.mkPen(theme.muted, width=0))
        self._drawn = (-1.0, None)

    def begin(
        self,
        timeline: Timeline,
        canvas: Canvas,
        leaving: Callable[[NDArray[np.float64]], list[Leaving]],
    ) -> None:
        """Take up another course; nothing moves until it plays."""
        self.timeline, self._canvas, self._leaving = timeline, canvas, leaving
        self._drawn = (-1.0, None)
        self._outline.setRect(QRectF(0, 0, canvas.width, canvas.height))
        self._last = time.monotonic()

    def end(self) -> None:
        """Show the picture itself again."""
        self.timeline = self.frame = None
        for part in self._parts:
            part.setVisible(False)

    def tick(self) -> bool:
        """Draw the moment that it is; whether anything new was drawn."""
        now = time.monotonic()
        passed, self._last = min(now - self._last, _LONGEST_FRAME), now
        picture = self._plot.picture
        if self.timeline is None or self._canvas is None or picture is None:
            return False
        self.timeline.advance(passed)
        moment = (self.timeline.now, picture)
        if moment[0] == self._drawn[0] and picture is self._drawn[1]:
            return False
        self._drawn = moment
        leaving = self._leaving(self.timeline.progress())
        self.frame = closing_frame(picture, self._canvas, leaving)
        self._show(self.frame, picture)
        return True

    def _show(self, frame: ClosingFrame, picture: Picture) -> None:
        table = colours.table_of(self._theme, picture)
        # Four bytes at a time: eight times as fast as rows of a table.
        whole = table.view(np.uint32).reshape(-1)
        pixels = whole[frame.codes].view(np.uint8).reshape(*frame.codes.shape, 4)
        pixels[..., 3] = frame.opacity
        self._image.setImage(pixels, autoLevels=False, levels=(0, 255))
        self._image.setRect(QRectF(frame.left, frame.top, frame.width, frame.height))
        self._image.setVisible(frame.width > 0 and frame.height > 0)
        # The last pixels of a picture may stand for fewer cells, and reach over.
        ground = self._outline.rect().adjusted(0, 0, picture.block[1], picture.block[0])
        self._ground.setRect(ground)
        self._ground.setVisible(True)
        self._outline.setVisible(True)
