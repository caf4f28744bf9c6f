"""Keeps the runs of the open model, and runs two schedules one after the other."""

from pathlib import Path
from typing import TYPE_CHECKING

from pruneview.formats import ModelFile
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.recordings import Recordings
from pruneview.gui.features.runs.curves import (
    RUNNING,
    RunCurves,
    conclusion,
    schedules_to_compare,
)
from pruneview.gui.features.runs.panel import RunsPanel
from pruneview.gui.theme import Theme
from pruneview.pruning.events import (
    Event,
    Failed,
    MaskUpdated,
    RunCancelled,
    RunEnded,
    RunStarted,
)
from pruneview.runs import Recording

if TYPE_CHECKING:
    from pruneview.gui.program import Program


class RunsFeature(Feature):
    """A tab with every run of this model, and the comparison of two schedules."""

    actions = (
        ActionSpec(
            "compare_schedules",
            "One shot against &gradual",
            "Prune to at least 90 % at once, then little by little: same data, steps "
            "and seed",
            ("Ctrl+Shift+G",),
            "&Run",
            enabled=lambda state: (
                state.model_open and state.phase is Phase.IDLE and not state.busy
            ),
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self.runs: list[RunCurves] = []
        self.panel = RunsPanel(program.theme)
        program.window.add_tab(self.panel, "Runs", shown=False)
        self._model: tuple[Path, int] | None = None
        self._stage = 0  # 1: the one shot goes on; 2: the gradual one does
        self._number = 0
        self._current: RunCurves | None = None

    def compare_schedules(self) -> None:
        """Begin with the one shot; the gradual run follows when it has ended."""
        if self._begin(0):
            self._stage = 1
            self.program.presenter.show_log(
                "Two runs follow, to the same sparsity with the same data, steps and "
                "seed: first all zeros at once, then little by little.",
                "info",
            )

    def _begin(self, which: int) -> bool:
        ready = self.program.commands.ready_to_train(self.compare_schedules)
        if ready is None:
            return False
        plan, data = ready
        self.program.run.run(schedules_to_compare(plan)[which], data)
        return True

    def model_opened(self, model: ModelFile) -> None:
        """Forget the runs of another model; list the one whose recording is opened."""
        self._stage, self._current = 0, None
        found = _identity(model.path)
        if found != self._model:
            self._model, self.runs, self._number = found, [], 0
            self.panel.clear()
        self.runs = [run for run in self.runs if run.outcome != RUNNING]
        recording = self.program.features.find(Recordings).recording
        if recording is not None:
            self._list(recording)

    def _list(self, recording: Recording) -> None:
        """Add a recorded run, unless it is there already."""
        place, started = recording.path.absolute(), recording.started
        if started is None or any(run.recording == place for run in self.runs):
            return
        self._number += 1
        run = RunCurves.of(started, self._number, place, self.runs)
        for event in recording.events():
            if isinstance(event, MaskUpdated):
                run.add(event)
        run.outcome = recording.outcome
        if (ended := recording.ended) is not None:
            run.end(ended)
        self.runs.append(run)
        self._show()

    def _show(self) -> None:
        self.panel.show_runs(self.runs)
        self.program.window.reveal_tab(self.panel)

    def event(self, event: Event) -> None:
        """Keep what a run measures."""
        if isinstance(event, RunStarted):
            self._current = self._started(event)
        elif isinstance(event, MaskUpdated) and self._current is not None:
            self._current.add(event)
        elif isinstance(event, RunEnded) and self._current is not None:
            self._ended(event, self._current)
        elif isinstance(event, Failed | RunCancelled):
            self._give_up()
        else:
            return
        self._show()

    def _started(self, event: RunStarted) -> RunCurves:
        place = self.program.run.recording
        place = None if place is None else place.absolute()
        for run in self.runs:
            if run.recording is not None and run.recording == place:
                run.go_on()
                return run
        self._number += 1
        run = RunCurves.of(event, self._number, place, self.runs)
        self.runs.append(run)
        return run

    def _ended(self, event: RunEnded, run: RunCurves) -> None:
        run.end(event)
        self._current = None
        if event.stopped:
            self._stage = 0
        elif self._stage == 1:
            self._stage = 2 if self._begin(1) else 0
        elif self._stage == 2:
            self._stage = 0
            words = conclusion(*self.runs[-2:])
            self.panel.say(words)
            self.program.presenter.show_log(words, "info")
            self.program.window.show_tab(self.panel)

    def _give_up(self) -> None:
        self._stage = 0
        if self._current is not None:
            self.runs.remove(self._current)
            self._current = None

    def set_theme(self, theme: Theme) -> None:
        """Draw the curves in other colours."""
        self.panel.set_theme(theme)


def _identity(path: Path) -> tuple[Path, int] | None:
    """Return what changes where the file does; None where it cannot be told."""
    try:
        return path.absolute(), path.stat().st_mtime_ns
    except OSError:
        return None
