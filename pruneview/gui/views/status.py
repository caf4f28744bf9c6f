"""The line at the foot: what is being waited for, with a Cancel, and the engine."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from pruneview.gui.views.steady_label import SteadyLabel

_PROGRESS, _GAP, _EDGE = 180, 10, 8  # pixels


class StatusLine(QWidget):
    """Says what is going on; of the file and the engine only where there is room.

    A window cannot be narrower than its line at the foot.

    Signals
    -------
    cancelled
        The person presses Cancel.
    """

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words = SteadyLabel()
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._progress = QProgressBar()
        self._progress.setFixedWidth(_PROGRESS)
        self._progress.setTextVisible(False)
        self._cancel = QPushButton("Cancel")
        self._model = QLabel()
        self._engine = QLabel()
        self._engine.setProperty("rank", "muted")
        self._model.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(_EDGE, 2, _EDGE, 2)
        row.setSpacing(_GAP)
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
        self._words.setToolTip(words)
        waiting = bool(words)
        self._progress.setVisible(waiting)
        self._cancel.setVisible(waiting and cancellable)
        if fraction is None:
            self._progress.setRange(0, 0)
        else:
            self._progress.setRange(0, 1000)
            self._progress.setValue(round(fraction * 1000))
        self._make_room()

    def show_model(self, words: str) -> None:
        self._model.setText(words)
        self._make_room()

    def show_engine(self, words: str, details: str) -> None:
        self._engine.setText(words)
        self._engine.setToolTip(details)
        self._make_room()

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _PROGRESS, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Leave out what matters less than what is being waited for."""
        words = self._words
        waiting = not self._progress.isHidden()
        # Numbers that grow by a digit must not push anything in and out.
        widest = words.sizeHint().width()
        now = words.fontMetrics().horizontalAdvance(words.text())
        room = self.width() - 2 * _EDGE - (widest if waiting else now)
        room -= (_PROGRESS + _GAP) if waiting else 0
        if not self._cancel.isHidden():
            room -= self._cancel.sizeHint().width() + _GAP
        for part in (self._engine, self._model):
            room -= part.sizeHint().width() + _GAP
            if part.isHidden() != (room < 0):
                part.setVisible(room >= 0)

    @property
    def text(self) -> str:
        return self._words.text()
