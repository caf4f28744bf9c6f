"""Colours what would become zero over the heatmap, by a table over its codes."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from pruneview.gui.theme import Theme
from pruneview.gui.views.heatmap import HeatmapPlot
from pruneview.sparsity.pictures import picture as codes_of
from pruneview.sparsity.pictures.picture import EXACT, Picture
from pruneview.sparsity.pictures.tone import Quantity, Scale

_ABOVE_PICTURE = 5


def cut_codes(picture: Picture, threshold: float) -> NDArray[np.bool_]:
    """Return for each of the 256 codes whether its largest weight would go.

    Codes stand for levels of a colour scale: the answer is right to within half a
    level. None goes where colours do not tell magnitudes.
    """
    cut = np.zeros(256, np.bool_)
    tone = picture.tone
    other = {Quantity.DIFFERENCE, Quantity.GRADIENT}
    if tone.quantity in other or tone.scale is Scale.SHARE:
        return cut
    fine = picture.block == EXACT
    levels = codes_of.VALUE_LEVELS if fine else codes_of.COARSE_LEVELS
    start = -1.0 if tone.scale is Scale.SIGNED else 0.0
    parts = np.linspace(start, 1.0, levels)
    goes = [abs(tone.value_at(p, picture.limit)) < threshold for p in parts]
    repeats = 1 if fine else codes_of.SHARE_LEVELS
    first = codes_of.FIRST_VALUE
    cut[first : first + levels * repeats] = np.tile(goes, repeats)
    return cut


def shares_that_go(
    cells: NDArray[np.generic], block: tuple[int, int], threshold: float
) -> NDArray[np.uint8]:
    """Return for each pixel the share of its weights that would go, 0 to 255.

    Exact zeros do not count: they are gone. Never 0 where any weight would go.

    Parameters
    ----------
    cells
        Values of a region of the canvas, shape (rows, columns).
    block
        Rows and columns of cells that one pixel stands for.
    """
    values = cells.astype(np.float32) if cells.dtype.itemsize < 4 else cells
    goes = (np.abs(values) < threshold) & (values != 0)
    counts = goes.astype(np.int32)
    sizes = []
    for axis, step in enumerate(block):
        starts = np.arange(0, cells.shape[axis], step)
        counts = np.add.reduceat(counts, starts, axis=axis)
        sizes.append(np.minimum(step, cells.shape[axis] - starts))
    shares = counts / (sizes[0][:, None] * sizes[1][None, :])
    return np.ceil(shares * 255).astype(np.uint8)


class Overlay:
    """An image over the heatmap's own."""

    def __init__(self, plot: HeatmapPlot, theme: Theme) -> None:
        self._plot = plot
        self._image = pg.ImageItem(autoDownsample=False)
        self._image.setZValue(_ABOVE_PICTURE)
        self._image.setVisible(False)
        plot.getPlotItem().addItem(self._image)
        self._drawn: Picture | None = None
        self._cut: NDArray[np.bool_] | None = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        colour = QColor(theme.fresh)
        self._colour = np.array([colour.red(), colour.green(), colour.blue()])

    @property
    def cut(self) -> NDArray[np.bool_] | None:
        """The codes that are covered; None where shares are shown, or nothing."""
        return self._cut

    def show_threshold(self, threshold: float) -> None:
        """Cover what would go, at once, from the codes that are on the screen."""
        picture = self._plot.picture
        if picture is None:
            self.hide()
            return
        self._cut = cut_codes(picture, threshold)
        table = self._table(np.where(self._cut, 255, 0))
        if picture is self._drawn:
            self._image.setLookupTable(table)
        else:
            self._put(picture, picture.codes, table)
            self._drawn = picture
        self._image.setVisible(True)

    def show_shares(self, picture: Picture, shares: NDArray[np.uint8]) -> None:
        """Cover each pixel as much as of its weights would go."""
        if picture is self._plot.picture:
            self._cut = self._drawn = None
            self._put(picture, shares, self._table(np.arange(256)))
            self._image.setVisible(True)

    def hide(self) -> None:
        """Cover nothing."""
        self._cut = self._drawn = None
        self._image.setVisible(False)

    def _table(self, alphas: NDArray[np.int64]) -> NDArray[np.uint8]:
        table = np.empty((256, 4), np.uint8)
        table[:, :3] = self._colour
        table[:, 3] = alphas
        return table

    def _put(
        self, picture: Picture, codes: NDArray[np.uint8], table: NDArray[np.uint8]
    ) -> None:
        self._image.setImage(codes, autoLevels=False, levels=(0, 255), lut=table)
        region, (high, wide) = picture.region, picture.block
        rows, columns = codes.shape
        self._image.setRect(
            QRectF(region.left, region.top, columns * wide, rows * high)
        )
