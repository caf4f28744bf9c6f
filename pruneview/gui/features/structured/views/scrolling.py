"""Panels that may be smaller than they would like to be."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFrame, QScrollArea, QWidget


def scrolling(panel: QWidget) -> QScrollArea:
    """Let a panel be scrolled where it is too high; it is as wide as there is room."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    for box in panel.findChildren(QComboBox):
        if box.minimumWidth() > 0:  # it may be narrow already
            continue
        narrow = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        box.setSizeAdjustPolicy(narrow)
        box.setMinimumContentsLength(3)
    area.setWidget(panel)
    return area
