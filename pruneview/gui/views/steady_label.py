"""A line of text that changes often and leaves everything around it alone."""

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from pruneview.gui.views.elided_label import draw_elided


class SteadyLabel(QLabel):
    """A plain line of text.

    Each new text of a `QLabel` has the whole window laid out anew, which takes longer
    than to draw a heatmap. This one asks for that only when it needs more room than
    it ever did.
    """

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._words = ""
        self._room = 0
        self.setText(text)

    def setText(self, text: str) -> None:
        if text == self._words:
            return
        self._words = text
        self.setAccessibleName(text)
        wide = self._width()
        if wide > self._room:
            self._room = wide
            self.updateGeometry()
        self.update()

    def text(self) -> str:
        return self._words

    def sizeHint(self) -> QSize:
        self._room = max(self._room, self._width())
        return QSize(self._room, self.fontMetrics().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._room = 0

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_elided(self, self._words, painter)
        painter.end()

    def _width(self) -> int:
        return self.fontMetrics().horizontalAdvance(self._words) + 1
