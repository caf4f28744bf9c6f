"""A patch of colour with words beside it: colour never stands alone."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from pruneview.gui.views.steady_label import SteadyLabel

_LEAST_WIDTH = 60  # pixels


class Swatch(QWidget):
    """A labelled patch of one colour."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._patch = QFrame()
        self._patch.setFixedSize(14, 14)
        self._label = SteadyLabel(text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self._patch)
        layout.addWidget(self._label)

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters: numbers that grow push no panel about."""
        return QSize(_LEAST_WIDTH, super().minimumSizeHint().height())

    def set_colour(self, colour: str, border: str) -> None:
        self._patch.setStyleSheet(f"background: {colour}; border: 1px solid {border};")

    def set_text(self, text: str) -> None:
        if text != self._label.text():
            self._label.setText(text)
            self.setToolTip(text)

    @property
    def text(self) -> str:
        return self._label.text()
