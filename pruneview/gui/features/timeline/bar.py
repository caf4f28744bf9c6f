"""The timeline under the charts: the track, keys to play, and what is shown."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from pruneview.gui.features.timeline.extent import Extent
from pruneview.gui.features.timeline.track import StepTrack
from pruneview.gui.icons import icon
from pruneview.gui.theme import Theme
from pruneview.gui.views.steady_label import SteadyLabel

_EMPTY = "No run yet"
#: Below this width, track and words have lines of their own.
_LETTERS_FOR_ONE_LINE = 62


class TimelineBar(QWidget):
    """Shows where one is in a run.

    Attributes
    ----------
    branch
        The button whose action begins a run there; `Branching` says when.

    Signals
    -------
    step_wanted
        int.
    play_wanted
        int: 1 forwards, -1 backwards; again: stop.
    stop_wanted
        int: 1 the next mask update, -1 the one before.
    now_wanted
        Back to what is now.
    seconds_chosen
        float: what playing a whole run takes.
    """

    step_wanted = Signal(int)
    play_wanted = Signal(int)
    stop_wanted = Signal(int)
    now_wanted = Signal()
    seconds_chosen = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.track = StepTrack(theme)
        self._icons: dict[QToolButton, str] = {}
        self._previous = self._button("previous", "To the mask update before (Alt+←)")
        self._backwards = self._button("backwards", "Play backwards")
        self._forwards = self._button("run", "Play (Space in the timeline)")
        self._next = self._button("next", "To the next mask update (Alt+→)")
        self.branch = self._button("branch", "Branch from here… (Ctrl+Alt+B)")
        self.branch.setEnabled(False)
        self._words = SteadyLabel(_EMPTY)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._seconds = QDoubleSpinBox()
        self._seconds.setRange(0.5, 3600.0)
        self._seconds.setDecimals(1)
        self._seconds.setValue(12.0)
        self._seconds.setSuffix(" s")
        self._seconds.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self._seconds.setAccessibleName("Seconds for playing the whole run")
        self._seconds.setToolTip("Speed: seconds for playing the whole run")
        self._seconds.setKeyboardTracking(False)
        self._now = QToolButton()
        self._now.setText("Live")
        self._now.setToolTip("Back to now (Alt+End)")
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self.clear()

    def _button(self, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setAccessibleName(tip.partition(" (")[0])
        self._icons[button] = name
        return button

    def _lay_out(self) -> None:
        # One row: what stands here is taken from the charts.
        row = self._row = QGridLayout(self)
        row.setContentsMargins(6, 0, 6, 2)
        row.setSpacing(2)
        row.setColumnStretch(4, 3)
        row.setColumnStretch(5, 2)
        buttons = (self._previous, self._backwards, self._forwards, self._next)
        for place, button in enumerate(buttons):
            row.addWidget(button, 0, place)
        row.addWidget(self.branch, 0, 7)
        row.addWidget(self._now, 0, 8)
        self._is_narrow: bool | None = None
        self._set_narrow(on=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        letters = self.width() / self.fontMetrics().averageCharWidth()
        self._set_narrow(on=letters < _LETTERS_FOR_ONE_LINE)

    def _set_narrow(self, *, on: bool) -> None:
        if on == self._is_narrow:
            return
        self._is_narrow = on
        row = self._row
        row.addWidget(self.track, *((1, 0, 1, 9) if on else (0, 4, 1, 1)))
        row.addWidget(self._words, *((2, 0, 1, 6) if on else (0, 5, 1, 1)))
        row.addWidget(self._seconds, *((2, 6, 1, 3) if on else (0, 6, 1, 1)))

    def minimumSizeHint(self) -> QSize:
        """Return the size of three lines: one is taken where there is room for it."""
        buttons = (*self._icons, self._now)
        width = sum(button.sizeHint().width() + 2 for button in buttons) + 50
        return QSize(width, super().minimumSizeHint().height())

    def _connect(self) -> None:
        self.track.step_wanted.connect(self.step_wanted)
        self.track.play_wanted.connect(lambda: self.play_wanted.emit(1))
        self._backwards.clicked.connect(lambda: self.play_wanted.emit(-1))
        self._forwards.clicked.connect(lambda: self.play_wanted.emit(1))
        self._previous.clicked.connect(lambda: self.stop_wanted.emit(-1))
        self._next.clicked.connect(lambda: self.stop_wanted.emit(1))
        self._now.clicked.connect(self.now_wanted)
        self._seconds.valueChanged.connect(self.seconds_chosen)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.track.set_theme(theme)
        self._row.invalidate()
        side = 8 + theme.font_points // 2
        for button in self._icons:
            button.setIconSize(QSize(side, side))
        self._draw_icons(0)

    def clear(self) -> None:
        """Show that there is no run."""
        self.track.set_run(Extent())
        self.track.show_step(0)
        self._words.setText(_EMPTY)
        self._words.setToolTip(_EMPTY)
        self._set_enabled(on=False)
        self._now.setEnabled(False)

    def set_run(self, extent: Extent) -> None:
        """Say how long the run is, where its masks changed and how far it is."""
        self.track.set_run(extent)
        self._set_enabled(on=True)

    def show_step(self, step: int, words: str, *, live: bool) -> None:
        """Stand at a step, of which `words` tell."""
        self.track.show_step(step)
        self._words.setText(words)
        self._words.setToolTip(words)
        self._now.setEnabled(not live)

    def show_playing(self, direction: int) -> None:
        """Say on the keys what they do now."""
        self._draw_icons(direction)

    @property
    def words(self) -> str:
        return self._words.text()

    def _set_enabled(self, *, on: bool) -> None:
        for widget in (self.track, *self._icons):
            if widget is not self.branch:
                widget.setEnabled(on)

    def _draw_icons(self, direction: int) -> None:
        theme = self._theme
        for button, name in self._icons.items():
            plays = {self._forwards: 1, self._backwards: -1}.get(button, 0)
            shown = "pause" if direction and plays == direction else name
            button.setIcon(icon(shown, theme.text, theme.border))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
