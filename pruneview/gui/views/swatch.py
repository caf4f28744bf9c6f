"""A patch of colour with words beside it: colour never stands alone."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QWidget

from pruneview.gui.views.steady_label import SteadyLabel


class Swatch(QWidget):
    """A labelled patch of one colour.

    Parameters
    ----------
    elastic
        Whether the words may be cut off where there is no room.
    """

    def __init__(self, text: str, *, elastic: bool = False) -> None:
        super().__init__()
        self._patch = QFrame()
        self._patch.setFixedSize(14, 14)
        self._label = SteadyLabel(text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self._patch)
        layout.addWidget(self._label, 1 if elastic else 0)
        if elastic:
            # Words that change must not push panels about.
            policy = QSizePolicy.Policy
            self._label.setSizePolicy(policy.Ignored, policy.Preferred)

    def set_colour(self, colour: str, border: str) -> None:
        self._patch.setStyleSheet(f"background: {colour}; border: 1px solid {border};")

    def set_text(self, text: str) -> None:
        if text != self._label.text():
            self._label.setText(text)
            self.setToolTip(text)

    @property
    def text(self) -> str:
        return self._label.text()
