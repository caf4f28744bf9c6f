"""A line of text that says so where it is cut."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy


class ElidedLabel(QLabel):
    """A plain line that never asks for room, and ends in an ellipsis for want of it.

    A shape or a number that ended anywhere would look like another one. Whoever sets
    the text gives the whole of it as tooltip.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.sizeHint().width() <= self.width():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        draw_elided(self, self.text(), painter)
        painter.end()


def draw_elided(label: QLabel, words: str, painter: QPainter) -> None:
    """Draw words in the place of a label, with an ellipsis where they do not fit."""
    place = label.contentsRect()
    right = Qt.TextElideMode.ElideRight
    label.style().drawItemText(
        painter,
        place,
        label.alignment(),
        label.palette(),
        label.isEnabled(),
        label.fontMetrics().elidedText(words, right, place.width()),
        label.foregroundRole(),
    )
