"""The line above the heatmap: which weight it is."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent

from pruneview.gui.views.elided_label import ElidedLabel, draw_elided

_GAP = "   "


class WeightHeading(ElidedLabel):
    """Name, shape and type of a weight; for want of room the shape stays longest."""

    def __init__(self) -> None:
        super().__init__()
        self._name = self._shape = ""

    def show_weight(self, name: str, shape: str, dtype: str) -> None:
        """Show another weight."""
        self._name, self._shape = name, shape
        self.setText(_GAP.join((name, shape, dtype)))
        self.setToolTip(self.text())

    @property
    def fitted(self) -> str:
        """As much as there is room for."""
        room = self.contentsRect().width()
        metrics = self.fontMetrics()
        name, shape = self._name, _GAP + self._shape
        for words in (self.text(), name + shape):
            if metrics.horizontalAdvance(words) <= room:
                return words
        left = room - metrics.horizontalAdvance(shape)
        return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, left) + shape

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.sizeHint().width() <= self.width():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        draw_elided(self, self.fitted, painter)
        painter.end()
