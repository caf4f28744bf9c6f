"""A rectangle of cells that a person marks on the heatmap."""

import math

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal

from pruneview.gui.theme import Theme
from pruneview.sparsity.pictures.picture import Region


class SelectingBox(pg.ViewBox):
    """Moves the view when dragged, and marks a rectangle when Shift is held.

    Signals
    -------
    dragged
        (start, end): QPointF in cells.
    """

    dragged = Signal(object, object)

    def mouseDragEvent(self, ev: object, axis: int | None = None) -> None:
        shift = Qt.KeyboardModifier.ShiftModifier
        if axis is None and ev.modifiers() & shift:  # type: ignore[attr-defined]
            ev.accept()  # type: ignore[attr-defined]
            start, end = ev.buttonDownPos(), ev.pos()  # type: ignore[attr-defined]
            self.dragged.emit(self.mapToView(start), self.mapToView(end))
        else:
            super().mouseDragEvent(ev, axis)


class Selection:
    """The mark itself: an outline in two colours, seen on any ground."""

    def __init__(self, box: pg.ViewBox) -> None:
        self.region: Region | None = None
        self._lines = [pg.QtWidgets.QGraphicsRectItem() for _ in range(2)]
        for height, line in enumerate(self._lines):
            line.setZValue(20 + height)
            line.hide()
            box.addItem(line, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        self._lines[0].setPen(pg.mkPen(theme.surface, width=4))
        self._lines[1].setPen(pg.mkPen(theme.text, width=2, style=Qt.PenStyle.DashLine))

    def show(self, region: Region | None) -> None:
        """Mark a region of cells, or nothing."""
        self.region = region
        for line in self._lines:
            line.setVisible(region is not None)
            if region is not None:
                line.setRect(
                    QRectF(region.left, region.top, region.width, region.height)
                )

    @staticmethod
    def cells_between(start: QPointF, end: QPointF, within: Region) -> Region | None:
        """Return the cells that a drag has touched; None where it touched none."""
        left, right = sorted((start.x(), end.x()))
        top, bottom = sorted((start.y(), end.y()))
        region = Region(
            max(within.top, math.floor(top)),
            min(within.bottom, math.ceil(bottom)),
            max(within.left, math.floor(left)),
            min(within.right, math.ceil(right)),
        )
        return region if region.height > 0 and region.width > 0 else None
