"""Goes to any step of a run, and plays it; all of the window shows that moment."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pruneview.formats import ModelFile
from pruneview.gui.controllers.opening import is_known
from pruneview.gui.controllers.state import Phase, ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.recordings import Recordings
from pruneview.gui.features.timeline.actions import ACTIONS
from pruneview.gui.features.timeline.bar import TimelineBar
from pruneview.gui.features.timeline.cursor import ChartCursor
from pruneview.gui.features.timeline.extent import Extent
from pruneview.gui.features.timeline.figures import Figures
from pruneview.gui.features.timeline.moments import CHANNEL, WantedMoment
from pruneview.gui.features.timeline.player import Player
from pruneview.gui.features.timeline.showing import (
    MomentMaker,
    Shown,
    fits,
    open_recording,
)
from pruneview.gui.theme import THEMES, Theme
from pruneview.gui.views.seldom import Seldom
from pruneview.pruning.events import Event, Failed, RunStarted
from pruneview.runs import Recording, Replay
from pruneview.sparsity.pictures.live import ViewRequest
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_OPEN = "timeline-open"
_SHOWN_EVERY_MS = 250


class Timeline(Feature):
    """The timeline of the run on show: the window's own, or one from a recording.

    Attributes
    ----------
    shown
        The moment that is looked at; None: what is now.
    bar
        Under the charts.
    on_moment
        Called when another moment is looked at, or now again.
    """

    actions = ACTIONS

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        theme = THEMES[program.settings.theme]
        self.shown: Shown | None = None
        self.on_moment: Callable[[], None] = lambda: None
        self.bar = TimelineBar(theme)
        self._following = Seldom(self.bar, self._show_extent, _SHOWN_EVERY_MS)
        self._cursor = ChartCursor(program.window.charts, theme)
        self._listening = self._hooked = False
        self._player = Player(time.perf_counter)
        self._recording: Recording | None = None
        self._from_file, self._extent = False, Extent()
        self._figures = Figures(program.window.layers, self._cursor)
        self._wanted = WantedMoment(program.pool, lambda: program.frames.request)
        self._step: int | None = None
        program.window.charts.add_below(self.bar)
        self.bar.step_wanted.connect(self._step_to)
        self._cursor.step_wanted.connect(self._step_to)
        self.bar.play_wanted.connect(self._play)
        self.bar.stop_wanted.connect(self.walk)
        self.bar.now_wanted.connect(self.now)
        self.bar.seconds_chosen.connect(self._player.choose)

    # What a person does

    def enabled(self, name: str, state: ProgramState) -> bool | None:
        return self.replay is not None

    def carry_out(self, name: str) -> None:
        """See `Feature.carry_out`."""
        if name == "play":
            self._play(1)
        elif name == "now":
            self.now()
        else:
            self.walk(1 if name == "step_forward" else -1)

    def walk(self, direction: int) -> None:
        """Show the next (1) mask update, or the one before (-1)."""
        extent = self._extent
        at = extent.reached if self._step is None else self._step
        to = extent.after(at) if direction > 0 else extent.before(at)
        if direction > 0 and to >= extent.reached:
            self.now()
        else:
            self._step_to(to)

    def now(self) -> None:
        """Show the run as it is now; of an opened recording its end."""
        self._halt()
        if self._from_file:
            self.go_to(self._extent.reached)
        elif self._step is not None:
            self._leave()
            self._show_now()

    def go_to(self, step: int) -> None:
        """Show the moment at a step."""
        if self._wanted.maker is None:
            return
        if self._step is None:
            self.program.frames.divert(self._asked)
            self.program.document.follow_run(on=True)
        self._step = step
        self.bar.track.show_step(step)
        self._wanted.want(step)

    def show_recording(self, recording: Recording) -> None:
        """Show a recorded run, if it is of a model like the one that is open."""
        if fits(recording.header, self.program.document.model):
            self._open(recording.path, from_file=True)
        else:
            self._forget()

    @property
    def replay(self) -> Replay | None:
        return None if self._wanted.maker is None else self._wanted.maker.replay

    def _step_to(self, step: int) -> None:
        self._halt()
        self.go_to(step)

    def _play(self, direction: int) -> None:
        if self._wanted.maker is None:
            return
        if self._player.direction == direction:
            self._halt()
            return
        at = self._extent.reached if self._step is None else self._step
        if direction > 0 and at >= self._extent.reached:
            at = 0
        self._player.play(direction, at)
        self.bar.show_playing(direction)
        self.go_to(at)

    def _halt(self) -> None:
        self._player.stop()
        self.bar.show_playing(0)

    # What happens

    def model_opened(self, model: ModelFile) -> None:
        self._forget()

    def event(self, event: Event) -> None:
        """Follow the run; a moment that is looked at stays on show."""
        if isinstance(event, RunStarted):
            recording = self.program.run.recording
            if recording is not None:
                self._open(recording, from_file=False)
            self._extent = Extent(event.steps)
        elif isinstance(event, Failed) and event.during == "run":
            self._halt()
            self._leave()
        elif not self._from_file and self._extent.follow(event):
            self._following.ask()
            if self.shown is not None:
                # The panels have just been given what is now.
                self._figures.forget()
                self._figures.show(self.shown.moment)

    def tick(self) -> None:
        """Play on."""
        if not self._hooked:
            self._hooked = True
            recordings = self.program.features.find(Recordings)
            recordings.on_recording_opened.append(self.show_recording)
            recordings.on_recording_closed.append(self._recording_closed)
        if self._wanted.pending:
            self._wanted.make()
        elif self._player.direction:
            step = self._player.move(self._extent.reached, self._extent.steps)
            if not self._player.direction:
                self.bar.show_playing(0)
            if step != self._step:
                self.go_to(step)

    def answer(self, answer: Answer) -> bool:
        """See `Feature.answer`."""
        if answer.channel not in (_OPEN, CHANNEL):
            return False
        if answer.error is not None:
            self._halt()
            details = "" if is_known(answer.error) else answer.details
            self.program.presenter.show_error(str(answer.error), details)
        elif answer.channel == _OPEN:
            self._opened(*answer.value)
        else:
            self._show(answer.value)
        self._wanted.make()
        return True

    def set_theme(self, theme: Theme) -> None:
        self.bar.set_theme(theme)
        self._cursor.set_theme(theme)

    def close(self) -> None:
        self._forget()

    # The recording

    def _open(self, path: Path, *, from_file: bool) -> None:
        self._forget()
        self._from_file = from_file
        model, growing = self.program.document.file, not from_file
        self.program.pool.submit(
            _OPEN, lambda _request: open_recording(path, model, growing=growing)
        )

    def _opened(self, recording: Recording, maker: MomentMaker) -> None:
        self._recording, self._wanted.maker = recording, maker
        replay = maker.replay
        self._extent.steps = replay.steps
        self._extent.add(replay.stops)
        if self._from_file:
            self.go_to(replay.last_step)
        if not self._listening:
            self._listening = True
            self._cursor.listen()
        self._show_extent()
        self.program.refresh()

    def _recording_closed(self) -> None:
        if self._from_file:
            self._forget()

    def _forget(self) -> None:
        self._halt()
        self.program.pool.cancel(_OPEN)
        self._wanted.forget()
        self._leave()
        if self._recording is not None:
            self._recording.close()
        self._recording = self._wanted.maker = None
        self._from_file = False
        self._extent = Extent()
        self.bar.clear()

    # Moments

    def _asked(self, _request: ViewRequest) -> None:
        """The window wants to see something else of the moment."""
        if self._step is not None:
            self._wanted.want(self._step)

    def _show(self, shown: Shown) -> None:
        if self._step is None:
            return
        self.shown = shown
        program, frame = self.program, shown.frame
        if frame is not None and program.document.show_frame(frame):
            threshold = frame.threshold if frame.threshold > 0 else None
            program.presenter.show_threshold(threshold, frame.share_below_threshold)
        self._figures.show(shown.moment)
        self.bar.show_step(shown.moment.step, shown.words, live=False)
        self.on_moment()

    def _show_extent(self) -> None:
        bar = self.bar
        if self._wanted.maker is None:
            return
        bar.set_run(self._extent)
        if self._step is None:
            bar.show_step(self._extent.reached, self._words_of_now(), live=True)

    def _words_of_now(self) -> str:
        going = self.program.run.phase in {Phase.RUNNING, Phase.PAUSED, Phase.STOPPING}
        return f"Live, step {self._extent.reached:,}" if going else "The run is over"

    def _leave(self) -> None:
        if self._step is None:
            return
        self._step = self.shown = None
        self._wanted.forget()
        self.program.frames.divert(None)
        self._cursor.hide()
        self.on_moment()

    def _show_now(self) -> None:
        """Give the panels back what is now."""
        replay = self.replay
        last = replay.updates[-1] if replay is not None and replay.updates else None
        self._figures.show_now(
            self.program.run.weights.values(), last.compressor if last else ""
        )
        self._show_extent()
