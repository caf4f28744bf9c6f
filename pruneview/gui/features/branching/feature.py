"""Begins a run at the step on show; its curves go on from those of the run before."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from pruneview.gui import dialogs
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import Phase, ProgramState
from pruneview.gui.features.branching.looking import (
    PossibleBranch,
    function_of,
    look,
)
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.recordings.showing import show_curves
from pruneview.gui.features.timeline import Timeline
from pruneview.pruning.errors import RecordingError
from pruneview.pruning.events import Event, Failed, RunCancelled, RunStarted
from pruneview.pruning.planning.plan import PlanError
from pruneview.workers.command import Branch
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_CHANNEL = "branch-look"


class Branching(Feature):
    """Branches the run that the timeline shows."""

    actions = (
        ActionSpec(
            "branch",
            "&Branch from here…",
            "Begin a new run at the step on show, with the plan in the editor",
            ("Ctrl+Alt+B",),
            "&Run",
            above="record_runs",
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self._timeline = program.features.find(Timeline)
        self._past: tuple[Event, ...] = ()
        action, button = program.window.action("branch"), self._timeline.bar.branch
        button.setEnabled(action.isEnabled())
        button.clicked.connect(action.trigger)
        action.enabledChanged.connect(button.setEnabled)

    def enabled(self, name: str, state: ProgramState) -> bool | None:
        """See `Feature.enabled`."""
        idle = state.phase is Phase.IDLE and not state.busy
        return idle and state.model_open and self._timeline.replay is not None

    def branch(self) -> None:
        """Find out whether the run can branch at the step on show, and ask."""
        program, replay = self.program, self._timeline.replay
        if replay is None or not program.commands.ready_to_build(self.branch):
            return
        recording, plan = replay.recording, program.plan
        function = function_of(recording.header.data)
        path = recording.path
        if function and not program.consents.given(path):

            def consented() -> None:
                program.consents.give(path)
                self.branch()

            dialogs.ask_data_consent(program.window, function, consented)
            return
        if plan.problems:
            sentences = " ".join(plan.problems.values())
            program.presenter.show_error(f"The plan cannot be run: {sentences}", "")
            return
        step, wanted = self._timeline.bar.track.value(), plan.plan
        program.pool.submit(_CHANNEL, lambda _request: look(recording, step, wanted))

    def answer(self, answer: Answer) -> bool:
        """See `Feature.answer`."""
        if answer.channel != _CHANNEL:
            return False
        error = answer.error
        if error is None:
            self._ask(answer.value)
        elif isinstance(error, PlanError | RecordingError):
            self.program.presenter.show_error(str(error), "")
        elif self._timeline.replay is not None:
            sentence = f"The recording cannot be read: {error!r}"
            self.program.presenter.show_error(sentence, answer.details)
        return True

    def event(self, event: Event) -> None:
        """Let the curves begin where those of the run before had come to."""
        if isinstance(event, RunStarted):
            past, self._past = self._past, ()
            if event.branched_at:
                show_curves(self.program, past, event.branched_at)
        elif isinstance(event, Failed | RunCancelled):
            self._past = ()

    def _ask(self, found: PossibleBranch) -> QMessageBox:
        box = QMessageBox(self.program.window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(f"Branch from step {found.step:,}")
        box.setText(found.question)
        box.setInformativeText(found.explanation)
        yes = box.addButton("Branch", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Go back", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(yes)
        yes.clicked.connect(lambda: self._begin(found))
        box.open()
        return box

    def _begin(self, found: PossibleBranch) -> None:
        program, replay = self.program, self._timeline.replay
        model, recording = program.document.model, found.recording
        if replay is None or replay.recording is not recording or model is None:
            return
        trust = program.consents.trust(model.path)
        code = trust.code or program.consents.given(recording.path)
        self._past = tuple(event for _, event in replay.events)
        branch = Branch(found.step, found.plan, program.run.record_to(model.path))
        trust = replace(trust, code=code)
        program.run.resume(recording.path, model.path, trust, branch)
