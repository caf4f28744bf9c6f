"""A picture of codes in a plot, coloured by a table and ready to be copied."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter


class CodesItem(pg.GraphicsObject):
    """Draws codes in the colours of a table.

    Pixels are kept in the format of the screen, which Qt copies several times as fast
    as it looks up colours, and they are made when the table or the codes change, not
    whenever something moves.
    """

    def __init__(self) -> None:
        super().__init__()
        self._codes: NDArray[np.uint8] | None = None
        self._rect = QRectF()
        self._image = QImage()

    @property
    def codes(self) -> NDArray[np.uint8] | None:
        """What is shown, shape (rows, columns)."""
        return self._codes

    @property
    def image(self) -> QImage:
        """A copy of the picture in its colours."""
        return self._image.copy()

    def clear(self) -> None:
        """Show nothing."""
        self._codes = None
        self._image = QImage()
        self.update()

    def show_codes(
        self, codes: NDArray[np.uint8], rect: QRectF, table: NDArray[np.uint8]
    ) -> None:
        """Show codes in a rectangle of the plot; `table` is that of `set_table`."""
        self._codes = codes
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = QRectF(rect)
        self.set_table(table)

    def set_table(self, table: NDArray[np.uint8]) -> None:
        """Colour all codes anew.

        Parameters
        ----------
        table
            RGBA of each code, opaque, shape (256, 4).
        """
        codes = self._codes
        if codes is None:
            return
        wide = table.astype(np.uint32)
        opaque = np.uint32(0xFF000000)
        colours = opaque | wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]
        pixels = np.take(colours, codes)
        height, width = codes.shape
        form = QImage.Format.Format_RGB32
        # A copy: Qt would not keep the pixels of numpy alive.
        self._image = QImage(pixels.data, width, height, 4 * width, form).copy()
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._rect)

    def paint(self, painter: QPainter, *_: Any) -> None:
        if self._codes is not None:
            painter.drawImage(self._rect, self._image)
