"""The tour's panel: words, a question, and the way on."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui.features.tour.glossary import explanation
from pruneview.gui.features.tour.stations import Station
from pruneview.gui.views.flow import FlowLayout

_ANSWERS_AT_MOST = 3
_LINES = 6
#: Below this width the buttons have a line of their own.
_LETTERS_FOR_ONE_HEAD = 75
_KEYS = "← and → go back and on, 1 to 3 answer, Esc leaves."


class TourPanel(QWidget):
    """Shows one station.

    Signals
    -------
    turned
        int: -1 back, 1 on.
    left
        The tour is over.
    offered
        The station's button was pressed.
    """

    turned = Signal(int)
    left = Signal()
    offered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Guided tour")
        self._station: Station | None = None
        self._title = QLabel()
        self._title.setProperty("rank", "title")
        self._words, self._question = QLabel(), QLabel()
        self._area = QScrollArea()
        for label in (self._words, self._question):
            label.setWordWrap(True)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._verdict = ""
        self.answers = [QPushButton() for _ in range(_ANSWERS_AT_MOST)]
        self.offer, self.back = QPushButton(), QPushButton("Back")
        self.on, self.leave = QPushButton("Next"), QPushButton("Leave")
        ways = (self.back, self.on, self.leave)
        for button in ways:
            button.setToolTip(_KEYS)
        for button in (*ways, self.offer, *self.answers):
            button.installEventFilter(self)
        self._lay_out()
        for number, button in enumerate(self.answers):
            button.clicked.connect(
                lambda _checked=False, number=number: self.choose(number)
            )
        self.back.clicked.connect(lambda: self.turned.emit(-1))
        self.on.clicked.connect(lambda: self.turned.emit(1))
        self.leave.clicked.connect(self.left)
        self.offer.clicked.connect(self.offered)

    def _lay_out(self) -> None:
        head = self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.addWidget(self._title, 1)
        head.addWidget(_in_lines(self.offer, self.back, self.on, self.leave))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 10, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._scrolled(), 1)
        column.addWidget(_in_lines(*self.answers))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        letters = self.width() / self.fontMetrics().averageCharWidth()
        ways = QBoxLayout.Direction
        self._head.setDirection(
            ways.LeftToRight if letters >= _LETTERS_FOR_ONE_HEAD else ways.TopToBottom
        )

    def _scrolled(self) -> QScrollArea:
        """Put what is read where it can be moved up and down in a low panel."""
        read = QWidget()
        column = QVBoxLayout(read)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._words)
        column.addWidget(self._question)
        column.addStretch(1)
        self._area.setWidget(read)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setMinimumHeight(_LINES * self.fontMetrics().lineSpacing())
        return self._area

    def show_station(self, station: Station, place: int, places: int) -> None:
        """Show a station; its words come with `show_words`."""
        self._station = station
        self._title.setText(f"{place + 1} of {places}: {station.title}")
        self._title.setToolTip(explanation(station.title))
        self._words.setText("Counting the weights of this model…")
        self._question.setText(station.question)
        self._verdict = ""
        for number, button in enumerate(self.answers):
            there = number < len(station.answers)
            button.setVisible(there)
            if there:
                button.setText(f"{number + 1}  {station.answers[number]}")
        self.back.setEnabled(place > 0)
        self.on.setText("Finish" if place == places - 1 else "Next")
        self.offer.setVisible(station.offer is not None)
        if station.offer is not None:
            self.offer.setText(station.offer[0])
        self.on.setFocus()

    def show_words(self, words: str) -> None:
        """Show what is said at the station."""
        self._words.setText(words)

    @property
    def words(self) -> str:
        """What is said at the station."""
        return self._words.text()

    @property
    def verdict(self) -> str:
        """What was said of the last answer."""
        return self._verdict

    def choose(self, number: int) -> None:
        """Answer the question."""
        station = self._station
        if station is None or number >= len(station.answers):
            return
        right = number == station.right
        lead = "Yes. " if right else "Not that one: "
        because = station.because
        self._verdict = lead + (because if right else because[0].lower() + because[1:])
        self._question.setText(f"{station.question} {self._verdict}")
        bar = self._area.verticalScrollBar()
        QTimer.singleShot(0, self._area, lambda: bar.setValue(bar.maximum()))

    def event(self, event: QEvent) -> bool:
        # The window's own keys rest while the tour has the focus.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (event.key() in _ways() or event.key() == Qt.Key.Key_Space)
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
        ):
            event.accept()
            return True
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Arrows on a button would go to the next button, not to the next station.
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in _ways()
        ):
            self.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _ways().get(event.key())
        if way is None:
            super().keyPressEvent(event)
        elif way in ("up", "down"):
            bar = self._area.verticalScrollBar()
            line = self.fontMetrics().lineSpacing()
            bar.setValue(bar.value() + (line if way == "down" else -line))
        elif way == "leave":
            self.left.emit()
        elif way in ("back", "on"):
            button = self.back if way == "back" else self.on
            if button.isEnabled():
                button.click()
        else:
            self.choose(int(way) - 1)


def _in_lines(*buttons: QPushButton) -> QWidget:
    """Put buttons beside each other, as far as there is room."""
    row = QWidget()
    flow = FlowLayout(row)
    for button in buttons:
        flow.addWidget(button)
    return row


def _ways() -> dict[int, str]:
    key = Qt.Key
    return {
        key.Key_Left: "back",
        key.Key_PageUp: "back",
        key.Key_Right: "on",
        key.Key_PageDown: "on",
        key.Key_Up: "up",
        key.Key_Down: "down",
        key.Key_Escape: "leave",
        key.Key_1: "1",
        key.Key_2: "2",
        key.Key_3: "3",
    }
