"""Records the window's runs, opens recordings, and goes on with them."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from pruneview.formats import ModelFile
from pruneview.gui import dialogs
from pruneview.gui.controllers.state import Phase, ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.recordings.actions import ACTIONS, FILTER
from pruneview.gui.features.recordings.keeping import RunKeeper
from pruneview.gui.features.recordings.opened import OpenedRecording, read_recording
from pruneview.gui.features.recordings.showing import show_curves, show_recording
from pruneview.pruning.errors import RecordingError
from pruneview.pruning.events import Event, Failed, RunEnded, RunStarted
from pruneview.runs import Recording, is_recording
from pruneview.runs.shelf import SUFFIX
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_OPEN, _LOOK = "recording-open", "recording-look"


class Recordings(Feature):
    """The one place where recordings are opened.

    Others hook in by `on_recording_opened` and `on_recording_closed`; what is open
    is `recording`.

    Attributes
    ----------
    recording
        The recording on show, or of the run that has just ended, open for reading;
        None where there is none.
    on_recording_opened
        Called with it once its model is on show and its curves, log and results are.
    on_recording_closed
        Called when another model takes its place; it can be read until they return.
    """

    actions = ACTIONS

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self.on_recording_opened: list[Callable[[Recording], None]] = []
        self.on_recording_closed: list[Callable[[], None]] = []
        self._opened: OpenedRecording | None = None
        self._pending: OpenedRecording | None = None
        self._resumed: OpenedRecording | None = None
        self._is_over = self._opened_is_old = self._is_shown = False
        self._keeper = RunKeeper(program, self._in_use)
        program.window.action("record_runs").setChecked(program.settings.record_runs)

    @property
    def recording(self) -> Recording | None:
        return None if self._opened is None else self._opened.recording

    # What a person does

    def enabled(self, name: str, state: ProgramState) -> bool | None:
        """See `Feature.enabled`."""
        if name != "continue_recording":
            return None
        opened = self._opened
        if opened is None or opened.model is None or self._opened_is_old:
            return False
        return opened.can_go_on and state.phase is Phase.IDLE and not state.busy

    def open_recording(self) -> None:
        """Ask for a recording, and open it."""
        folder = self._keeper.shelf.folder
        name, _ = QFileDialog.getOpenFileName(
            self.program.window,
            "Open a recording",
            str(folder) if folder.is_dir() else self.program.settings.folder,
            FILTER,
        )
        if name:
            self.program.open(Path(name))

    def opens(self, path: Path) -> bool:
        """See `Feature.opens`."""
        if not is_recording(path):
            return False
        program = self.program
        if program.run.phase is not Phase.IDLE:
            program.presenter.show_error(
                f"A run is going on: stop it before you open {path.name}.", ""
            )
        elif program.unsaved.exists:
            program.unsaved.ask(lambda: self._read(path))
        else:
            self._read(path)
        return True

    def record_runs(self) -> None:
        """Record runs from now on, or no more."""
        on = self.program.window.action("record_runs").isChecked()
        self._keeper.switch(on=on)

    def record_to(self) -> None:
        """Ask where the next run is recorded."""
        program, model = self.program, self.program.document.model
        assert model is not None
        start = Path(program.settings.folder or Path.home()) / model.path.stem
        name, _ = QFileDialog.getSaveFileName(
            program.window,
            "Record the next run to",
            f"{start}{SUFFIX}",
            FILTER,
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            self._keeper.record_next_to(Path(name))

    def continue_recording(self) -> None:
        """Go on with the run on show from its last checkpoint, after any consent."""
        program, opened = self.program, self._opened
        model = program.document.model
        if opened is None or model is None or opened.model is None:
            return
        path = model.path
        if model.code and not program.consents.given(path):
            dialogs.ask_consent(program.window, model, lambda: self._consent_to(path))
            return
        function = opened.function
        if function and not program.consents.given(opened.path):
            dialogs.ask_data_consent(
                program.window, function, lambda: self._consent_to(opened.path)
            )
            return
        trust = program.consents.trust(model.path)
        code = trust.code or program.consents.given(opened.path)
        self._resumed = opened
        program.run.resume(opened.path, model.path, replace(trust, code=code))

    def _consent_to(self, path: Path) -> None:
        self.program.consents.give(path)
        self.continue_recording()

    # What happens

    def model_opened(self, model: ModelFile) -> None:
        """Show the recording whose model this is; any other is closed."""
        self._close_shown()
        pending, self._pending = self._pending, None
        if pending is None:
            return
        if pending.model == model.path:
            self._show(pending)
        else:
            pending.recording.close()

    def event(self, event: Event) -> None:
        """Follow runs that are recorded."""
        if isinstance(event, RunStarted):
            self._started()
        elif isinstance(event, RunEnded) or (
            isinstance(event, Failed) and event.during == "run"
        ):
            self._resumed = None
            self._opened_is_old = self._is_over = True
            self.program.refresh()

    def tick(self) -> None:
        """Look at what was left unfinished, and at a run that is over."""
        self._keeper.tick()
        # Its last event comes before its recording is closed.
        if self._is_over and not self.program.worker.busy:
            self._is_over = False
            self._look_again()
            self._keeper.survey_soon()

    def answer(self, answer: Answer) -> bool:
        """See `Feature.answer`."""
        if answer.channel not in (_OPEN, _LOOK):
            return self._keeper.answer(answer)
        if answer.error is not None:
            if answer.channel == _OPEN:
                self._say_why_not(answer)
        elif answer.channel == _OPEN:
            self._have_read(answer.value)
        else:
            self._have_looked(answer.value)
        return True

    def close(self) -> None:
        """See `Feature.close`."""
        if self._pending:
            self._pending.recording.close()
        self._close_shown()

    # Opening

    def _read(self, path: Path) -> None:
        model = self.program.document.model
        shown = None if model is None else model.path
        self.program.presenter.show_opening(path.name)
        self.program.pool.submit(_OPEN, lambda _request: read_recording(path, shown))

    def _say_why_not(self, answer: Answer) -> None:
        presenter, known = (
            self.program.presenter,
            isinstance(answer.error, RecordingError),
        )
        presenter.show_opening(None)
        sentence = str(answer.error) if known else f"Not opened: {answer.error!r}"
        presenter.show_error(sentence, "" if known else answer.details)

    def _have_read(self, opened: OpenedRecording) -> None:
        self.program.presenter.show_opening(None)
        if opened.model is None:
            self._close_shown()
            self._show(opened)
            return
        if self._pending is not None:
            self._pending.recording.close()
        self._pending = opened
        self.program.open(opened.model, discard=True)

    def _show(self, opened: OpenedRecording) -> None:
        program = self.program
        self._opened, self._opened_is_old = opened, False
        header = opened.recording.header
        if opened.model is not None:
            program.plan.start_with(header.plan, header.data or "")
        show_recording(program, opened)
        self._offer_to_go_on()
        self._is_shown = True
        for told in self.on_recording_opened:
            told(opened.recording)
        program.refresh()

    def _offer_to_go_on(self) -> None:
        opened, banner = self._opened, self.program.window.banner
        if opened is None:
            return
        if not opened.can_go_on or opened.model is None:
            banner.show_message(opened.sentence, error=False)
            return
        step = opened.checkpoint
        label = "Begin it anew" if step is None else f"Continue from step {step:,}"
        banner.offer(opened.sentence, label, self.continue_recording)

    def _close_shown(self) -> None:
        opened, self._opened = self._opened, None
        if opened is None:
            return
        if self._is_shown:
            self._is_shown = False
            for told in self.on_recording_closed:
                told()
        opened.recording.close()

    # Runs

    def _in_use(self) -> set[Path]:
        """Return the files that must stay."""
        return {one.path for one in (self._opened, self._pending) if one}

    def _started(self) -> None:
        resumed = self._resumed
        if resumed is None:
            self._close_shown()
        elif resumed.checkpoint is not None:
            show_curves(self.program, resumed.events, resumed.checkpoint)

    def _look_again(self) -> None:
        """Read the recording of a run that is over: it may be continued."""
        path, model = self.program.run.recording, self.program.document.model
        if path is not None and model is not None and is_recording(path):
            shown = model.path
            self.program.pool.submit(
                _LOOK, lambda _request: read_recording(path, shown)
            )
        else:
            self._opened_is_old = False  # no other run has begun

    def _have_looked(self, opened: OpenedRecording) -> None:
        self._opened_is_old = False
        if self.program.run.phase is not Phase.IDLE:
            opened.recording.close()
            return
        if self._is_shown and self._opened is not None:
            # Whoever was told of it still reads it.
            opened.recording.close()
            self._opened.recording.refresh()
            opened = replace(opened, recording=self._opened.recording)
        elif self._opened is not None:
            self._opened.recording.close()
        self._opened = opened
        self.program.refresh()
