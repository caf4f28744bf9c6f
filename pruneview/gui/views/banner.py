"""A strip at the top of the window for what went wrong and what to do next."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QToolButton,
)


class Banner(QFrame):
    """A sentence that stays until it is dismissed; nothing waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self._button = QPushButton()
        self._button.clicked.connect(self._carry_out)
        self._offered: Callable[[], None] = lambda: None
        close = QToolButton()
        close.setIcon(
            self.style().standardIcon(QStyle.StandardPixmap.SP_TitleBarCloseButton)
        )
        close.setToolTip("Dismiss (Esc)")
        close.setAccessibleName("Dismiss the message")
        close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.addWidget(self._words, 1)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_message(self, sentence: str, *, error: bool = True) -> None:
        self._words.setText(sentence)
        self._button.hide()
        self.setProperty("rank", "error" if error else "info")
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()

    def offer(self, sentence: str, label: str, carry_out: Callable[[], None]) -> None:
        """Say something with a button for what can be done about it."""
        self.show_message(sentence, error=False)
        self._offered = carry_out
        self._button.setText(label)
        self._button.show()

    @property
    def offered(self) -> str:
        """What the button says; "" where there is none."""
        return "" if self._button.isHidden() else self._button.text()

    @property
    def has_error(self) -> bool:
        """Whether it says what went wrong: nothing less may take its place."""
        return not self.isHidden() and self.property("rank") == "error"

    def _carry_out(self) -> None:
        self.hide()
        self._offered()

    @property
    def text(self) -> str:
        return self._words.text()
