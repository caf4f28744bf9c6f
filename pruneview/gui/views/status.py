"""The line at the foot: what is being waited for, with a Cancel, and the engine."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from pruneview.gui.views.steady_label import SteadyLabel


class StatusLine(QWidget):
    """Says what is going on.

    Signals
    -------
    cancelled
        The person presses Cancel.
    """

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = SteadyLabel()
        self._progress = QProgressBar()
        self._progress.setFixedWidth(180)
        self._progress.setTextVisible(False)
        self._cancel = QPushButton("Cancel")
        self._model = QLabel()
        self._engine = QLabel()
        self._engine.setProperty("rank", "muted")
        self._model.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 2, 8, 2)
        row.setSpacing(10)
        row.addWidget(self._progress)
        row.addWidget(self._cancel)
        row.addWidget(self._words, 1)
        row.addWidget(self._model)
        row.addWidget(self._engine)
        self.setFixedHeight(self._cancel.sizeHint().height() + 6)
        self._cancel.clicked.connect(self.cancelled)
        self.show_stage("", None)

    def show_stage(
        self, words: str, fraction: float | None, *, cancellable: bool = True
    ) -> None:
        """Show what is being waited for; "" for nothing, None for no known end."""
        self._words.setText(words or "Ready")
        waiting = bool(words)
        self._progress.setVisible(waiting)
        self._cancel.setVisible(waiting and cancellable)
        if fraction is None:
            self._progress.setRange(0, 0)
        else:
            self._progress.setRange(0, 1000)
            self._progress.setValue(round(fraction * 1000))

    def show_model(self, words: str) -> None:
        self._model.setText(words)

    def show_engine(self, words: str, details: str) -> None:
        self._engine.setText(words)
        self._engine.setToolTip(details)

    @property
    def text(self) -> str:
        return self._words.text()
