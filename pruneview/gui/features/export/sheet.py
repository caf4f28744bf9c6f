"""The heatmap as it is exported: a panel that nobody sees, of a size of its own."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage

from pruneview.formats import Weight
from pruneview.gui.colours import table_of
from pruneview.gui.features.export.choice import Choice
from pruneview.gui.features.export.drawing import Drawn
from pruneview.gui.features.export.views import Paper, image_of, settle, wear
from pruneview.gui.features.what_if.overlay import Overlay
from pruneview.gui.theme import THEMES
from pruneview.gui.views.heatmap_panel import HeatmapPanel
from pruneview.sparsity.pictures.blocks import Block
from pruneview.sparsity.pictures.canvas import Arrangement
from pruneview.sparsity.pictures.picture import Region, block_for, whole

#: Of the cells in a drawing, on each side.
_MOST_PIXELS = 4096


class HeatmapSheet(HeatmapPanel):
    """Says what another panel says, of the same view, without what is to be pressed.

    Its picture is to be drawn anew, for the pixels that are there, see `wanted`.

    Parameters
    ----------
    source
        A panel with a picture.
    weight
        What it shows.
    choice
        Size and theme.
    note
        What else stands in the heading.

    Attributes
    ----------
    paper
        What it is rendered on.
    arrangement
        How kernels are laid out.
    """

    def __init__(
        self, source: HeatmapPanel, weight: Weight, choice: Choice, note: str = ""
    ) -> None:
        self._theme = THEMES[choice.theme]
        super().__init__(self._theme)
        self.paper = Paper(choice.width, choice.height)
        # Shown, so that all is laid out as on a screen, but on none.
        self.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        wear(self, self._theme)
        self.resize(self.paper.points)
        self._view = source.plot.visible_region()
        self.arrangement = Arrangement(source._arrangement.currentData())
        self._take_after(source, weight, note)
        self.show()
        picture = source.plot.picture
        assert picture is not None
        # For its axes, whose numbers take room.
        self.plot.show_picture(picture)
        self._lay_out_axes()

    def _take_after(self, source: HeatmapPanel, weight: Weight, note: str) -> None:
        assert source._canvas is not None
        self.set_weight(weight, source._canvas)
        self._title.setText("   ".join(filter(None, (self._title.text(), note))))
        self.plot.select(source.plot.selected)
        for line in self.plot._selection._lines:  # in pixels, however small they are
            pen = line.pen()
            pen.setWidthF(pen.widthF() * self.paper.scale)
            line.setPen(pen)
        self._bar.set_note(source._bar.note)
        self.set_caption(source.caption)
        self.show_marked(source._marked.text())
        for mine, its in (
            (self._zero, source._zero),
            (self._not_finite, source._not_finite),
        ):
            mine.set_text(its.text)
            mine.setVisible(not its.isHidden())
        for part in (self._arrangement, self.display, self._fit, self._fresh):
            part.hide()

    def _lay_out_axes(self) -> None:
        """Give axes the room that their numbers take, which painting finds out."""
        for _ in range(2):
            settle(self)
            if self._canvas is None or self._view == whole(self._canvas):
                self.plot.fit()
            elif self._view is not None:
                view = self._view
                self.plot.getPlotItem().vb.setRange(
                    QRectF(view.left, view.top, view.width, view.height),
                    padding=0,
                    disableAutoRange=True,
                )
            image_of(self, Paper(*self.paper.points.toTuple()), self._theme)
        settle(self)

    @property
    def wanted(self) -> tuple[Region, Block]:
        """The cells to draw, and how many of them a pixel of the file stands for.

        All that is in view, and a pixel more on each side.
        """
        view = self.plot.visible_region()
        assert view is not None
        down, across = block_for(view, *self.plot.pixels_of(view, self.paper.scale))
        around = Region(
            view.top - down, view.bottom + down, view.left - across, view.right + across
        )
        return around, (down, across)

    def show_drawn(self, drawn: Drawn) -> None:
        """Put the picture in its place, and over it what a threshold would take."""
        picture = drawn.picture
        self.show_picture(picture, lambda _index: 0.0, drawn.histogram)
        self._fresh.hide()
        settle(self)
        self._meet_pixels(picture.region)
        if drawn.threshold is not None:
            overlay = Overlay(self.plot, self._theme)
            overlay.show_threshold(drawn.threshold)
            if drawn.shares is not None:
                overlay.show_shares(picture, drawn.shares)

    def pixel_at(self, column: float, row: float) -> tuple[float, float]:
        """Return where a corner of a cell is in the file, in pixels."""
        inside = self.plot.getPlotItem().vb.mapViewToScene(QPointF(column, row))
        viewport = self.plot.viewport().mapTo(self, QPoint(0, 0))
        place = self.plot.viewportTransform().map(inside) + viewport
        return place.x() * self.paper.scale, place.y() * self.paper.scale

    def _meet_pixels(self, region: Region) -> None:
        """Let a region begin where a pixel does: else cells are shown half a pixel off.

        Moves the view by at most half a pixel.
        """
        left, top = self.pixel_at(region.left, region.top)
        right, bottom = self.pixel_at(region.right, region.bottom)
        self.plot.getPlotItem().vb.translateBy(
            x=(left - round(left)) * region.width / (right - left),
            y=(top - round(top)) * region.height / (bottom - top),
        )

    def fill_pixels(self) -> None:
        """Give every pixel of the file the cell, or the block, that its middle is in.

        Painters of pictures that do not have a pixel's size drift by a part of one.
        """
        picture = self.plot.picture
        assert picture is not None
        codes, region, (high, wide) = picture.codes, picture.region, picture.block
        left, top = self.pixel_at(region.left, region.top)
        right, bottom = self.pixel_at(region.right, region.bottom)
        tall, broad = (bottom - top) / region.height, (right - left) / region.width
        rows = _middles(round(top), bottom, self.paper.height, tall * high)
        columns = _middles(round(left), right, self.paper.width, broad * wide)
        place = QRectF(region.left, region.top, len(columns) / broad, len(rows) / tall)
        pixels = codes[np.minimum(rows, len(codes) - 1)]
        pixels = pixels[:, np.minimum(columns, codes.shape[1] - 1)]
        item = self.plot._image
        table = table_of(self._theme, picture)
        item.show_codes(pixels, place, table)

    def part_with_cells(self) -> QImage:
        """Return the cells in their colours, and leave one pixel in their place.

        They are large enough that a program which smooths pictures, as those for
        slides do, leaves each as it is but for its very edge.
        """
        item, picture = self.plot._image, self.plot.picture
        assert picture is not None
        cells = item.image
        down, across = self.plot.pixels_of(picture.region, self.paper.scale)
        high, wide = cells.height(), cells.width()
        down, across = _times(down, high), _times(across, wide)
        white = np.full((256, 4), 255, np.uint8)
        item.show_codes(np.zeros((1, 1), np.uint8), item.boundingRect(), white)
        return cells.scaled(wide * across, high * down)


def _middles(start: int, end: float, paper: int, size: float) -> NDArray[np.intp]:
    """Return in which code each pixel's middle is, of `size` pixels a code."""
    count = max(1, round(min(end, paper)) - start)
    return np.floor((np.arange(count) + 0.5) / size).astype(np.intp)


def _times(pixels: int, cells: int) -> int:
    """Return how many pixels of a file a cell has, for two on the paper."""
    return max(1, min(2 * -(-pixels // cells), _MOST_PIXELS // cells))
