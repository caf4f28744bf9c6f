"""A strip at the top of the window for what went wrong and what to do next."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStyle, QToolButton


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
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def show_message(self, sentence: str, *, error: bool = True) -> None:
        self._words.setText(sentence)
        self.setProperty("rank", "error" if error else "info")
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()

    @property
    def text(self) -> str:
        return self._words.text()
