"""Marks on the heatmap: an outlined unit, and hatched over what would go."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QTransform

from pruneview.gui.theme import Theme
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.lines import runs
from pruneview.sparsity.pictures.picture import Region

#: More marks in view than this are joined pixel by pixel.
_ONE_BY_ONE = 300
_VEIL = 150


class Marks(pg.GraphicsObject):
    """Rectangles of cells, drawn with lines of the same width at any zoom.

    Parameters
    ----------
    outlined
        Whether they are outlined, two-tone so as to be seen on any colour; else they
        are veiled and hatched.
    """

    def __init__(self, theme: Theme, *, outlined: bool) -> None:
        super().__init__()
        self._outlined = outlined
        self._theme = theme
        self._bounds = QRectF()
        self._regions: NDArray[np.float64] = np.zeros((0, 4))
        self.setZValue(6 if outlined else 5)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def set_regions(self, canvas: Canvas | None, regions: Sequence[Region]) -> None:
        """Mark these cells, and no others."""
        self.prepareGeometryChange()
        self._bounds = QRectF(0, 0, canvas.width, canvas.height) if canvas else QRectF()
        rows = [(r.left, r.top, r.right, r.bottom) for r in regions]
        self._regions = np.array(rows, float).reshape(-1, 4)
        self.update()

    @property
    def number(self) -> int:
        """How many rectangles are marked."""
        return len(self._regions)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        if not len(self._regions):
            return
        transform = painter.transform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        box = self.getViewBox()
        shown = transform.mapRect(self.mapRectFromScene(box.sceneBoundingRect()))
        rectangles = _on_device(self._regions, transform, shown)
        if self._outlined:
            self._outline(painter, rectangles)
        else:
            if len(rectangles) > _ONE_BY_ONE:
                rectangles = _joined(rectangles)
            self._hatch(painter, rectangles)
        painter.restore()

    def _outline(self, painter: QPainter, rectangles: NDArray[np.float64]) -> None:
        wide = 1.5 if self._theme.font_points < 16 else 2.5
        for grown, width, colour in (
            (wide, 2 * wide, self._theme.surface),
            (wide, wide, self._theme.text),
        ):
            pen = QPen(QColor(colour), width)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            for left, top, right, bottom in rectangles:
                shape = QRectF(left, top, right - left, bottom - top)
                painter.drawRect(shape.adjusted(-grown, -grown, grown, grown))

    def _hatch(self, painter: QPainter, rectangles: NDArray[np.float64]) -> None:
        veil = QColor(self._theme.surface)
        veil.setAlpha(_VEIL)
        hatch = QBrush(QColor(self._theme.text), Qt.BrushStyle.BDiagPattern)
        painter.setPen(Qt.PenStyle.NoPen)
        for left, top, right, bottom in rectangles:
            shape = QRectF(left, top, max(1.0, right - left), max(1.0, bottom - top))
            painter.fillRect(shape, veil)
            if shape.width() >= 3 and shape.height() >= 3:
                painter.fillRect(shape, hatch)


def _on_device(
    regions: NDArray[np.float64], transform: QTransform, shown: QRectF
) -> NDArray[np.float64]:
    """Return (left, top, right, bottom) in pixels, of what is in view."""
    across = np.sort(regions[:, (0, 2)] * transform.m11() + transform.dx(), axis=1)
    down = np.sort(regions[:, (1, 3)] * transform.m22() + transform.dy(), axis=1)
    # Far outside, Qt's own arithmetic runs over.
    margin = 50.0
    across = np.clip(across, shown.left() - margin, shown.right() + margin)
    down = np.clip(down, shown.top() - margin, shown.bottom() + margin)
    seen = (across[:, 1] > across[:, 0]) & (down[:, 1] > down[:, 0])
    joined = np.stack([across[:, 0], down[:, 0], across[:, 1], down[:, 1]], axis=1)
    return joined[seen]


def _joined(rectangles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Join bars of equal extent to those pixels that are mostly covered."""
    for along in (0, 1):
        other = rectangles[:, (1 - along, 3 - along)]
        if (other == other[0]).all():
            ends = rectangles[:, (along, along + 2)]
            first, last = np.floor(ends.min()), np.ceil(ends.max())
            edges = np.arange(first, last + 1)
            points = np.sort(ends.ravel())
            covered = np.concatenate(([0.0], np.cumsum(np.diff(ends, axis=1).ravel())))
            lengths = np.repeat(covered, 2)[1:-1]
            share = np.diff(np.interp(edges, points, lengths))
            found = [(first + a, first + b) for a, b in runs(share >= 0.5)]
            made = np.empty((len(found), 4))
            made[:, (along, along + 2)] = np.array(found, float).reshape(-1, 2)
            made[:, (1 - along, 3 - along)] = other[0]
            return made
    return rectangles
