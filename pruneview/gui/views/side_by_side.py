"""Two heatmaps: beside each other, or one above the other where that is too narrow."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

#: Letters of room, below which one stands above the other.
_LETTERS_FOR_TWO = 80


class SideBySide(QSplitter):
    """Shares its room out evenly whenever a part of it comes into view."""

    def __init__(self, first: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setChildrenCollapsible(False)
        self.addWidget(first)

    def add(self, panel: QWidget) -> None:
        """Add something that shows and hides; hidden at first."""
        panel.hide()
        self.addWidget(panel)
        panel.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show:
            # The splitter itself hears of it later.
            QTimer.singleShot(0, self, self._share)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        letters = self.width() / self.fontMetrics().averageCharWidth()
        narrow = letters < _LETTERS_FOR_TWO
        turned = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if turned != self.orientation():
            self.setOrientation(turned)
            self._share()

    def _share(self) -> None:
        self.setSizes([self.width()] * self.count())
