"""Runs, pauses and stops the pruning, and passes on what it reports. No Qt here."""

from collections.abc import Callable, Mapping
from pathlib import Path

from pruneview.gui.controllers.run_view import RunView
from pruneview.gui.controllers.state import Phase
from pruneview.pruning.data import DataSpec
from pruneview.pruning.events import (
    EngineReady,
    Event,
    Failed,
    LogLine,
    MaskUpdated,
    Paused,
    Preparing,
    Resumed,
    RunCancelled,
    RunEnded,
    RunStarted,
    Saved,
    StepDone,
    WeightSparsity,
)
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.report.rows import ReportMade
from pruneview.pruning.subject.trust import Trust
from pruneview.workers.command import Branch
from pruneview.workers.training_worker import TrainingWorker


class RunController:
    """Drives the training worker for the window.

    Parameters
    ----------
    trust
        What code may be run to build the model of a file.

    Attributes
    ----------
    one_shot
        Gives thresholds, by weight: less than those is zero when a run begins.
    recording
        Where the last run is recorded; `record_to` says so for each run of a model,
        None: nowhere.
    """

    def __init__(
        self,
        worker: TrainingWorker,
        view: RunView,
        trust: Callable[[Path], Trust] = lambda _path: Trust(),
    ) -> None:
        self._worker = worker
        self._trust = trust
        self._view = view
        self.phase = Phase.IDLE
        self.result: RunEnded | None = None
        self.weights: dict[str, WeightSparsity] = {}
        self.ready = False
        self.one_shot: Callable[[], Mapping[str, float]] = dict
        self.recording: Path | None = None
        self.record_to: Callable[[Path], Path | None] = lambda _model: None
        self.on_phase: Callable[[], None] = lambda: None
        self.on_started: Callable[[RunStarted], None] = lambda _event: None
        self.on_updated: Callable[[MaskUpdated], None] = lambda _event: None
        self.saved = True
        self.on_failed: Callable[[], None] = lambda: None
        self.on_event: Callable[[Event], None] = lambda _event: None
        self._started_weights: tuple[WeightSparsity, ...] = ()
        self.on_ready: Callable[[], None] = lambda: None
        self.on_ended: Callable[[], None] = lambda: None
        self._path: Path | None = None
        self._began_from: Mapping[str, float] | None = {}
        self._steps = 0
        self._prepared: Path | None = None
        self._handlers: dict[type[Event], Callable[..., None]] = {
            Preparing: self._preparing,
            EngineReady: self._engine_ready,
            RunStarted: self._started,
            StepDone: self._step,
            MaskUpdated: self._updated,
            Paused: self._paused,
            Resumed: self._resumed,
            LogLine: lambda event: view.show_log(event.text, event.level),
            RunEnded: self._ended,
            RunCancelled: lambda _event: self._cancelled(),
            Saved: self._saved,
            ReportMade: self._reported,
            Failed: self._failed,
        }

    # What a person does

    @property
    def has_unsaved_result(self) -> bool:
        """Whether a pruned model is in memory that was not saved."""
        return self.result is not None and not self.saved

    def model_changed(self, path: Path) -> None:
        """Forget the last model's run; another file is open."""
        self._path = path
        self._prepared = None
        self.result = None
        self.weights = {}
        self._enter(Phase.IDLE)

    def warm_up(self) -> None:
        """Import TensorFlow on the training thread, quietly."""
        self._worker.warm_up(self._path)

    def prepare(self, plan: PruningPlan, data: DataSpec) -> None:
        """Build the open model and compile its step, so that Run starts at once.

        Nothing happens once a run was asked for: preparing lifts its masks.
        """
        if self.phase is not Phase.IDLE or self.result is not None:
            return
        self._build()
        self._worker.prepare(plan, data)

    def _build(self) -> None:
        if self._path is not None and self._prepared != self._path:
            self._prepared = self._path
            self._worker.open(self._path, self._trust(self._path))
            self._began_from = {}
        if (one_shot := self.one_shot()) != self._began_from:
            self._began_from = one_shot
            self._worker.start_from(one_shot)

    def run(self, plan: PruningPlan, data: DataSpec) -> None:
        """Start over from the baseline."""
        if self.phase is Phase.IDLE and self._path is not None:
            self._enter(Phase.PREPARING)
            self._build()
            self.recording = self.record_to(self._path)
            self._worker.run(plan, data, self.recording)

    def resume(
        self, recording: Path, model: Path, trust: Trust, branch: Branch | None = None
    ) -> None:
        """Go on with a recorded run of the open model, or branch off from it."""
        if self.phase is Phase.IDLE:
            self._enter(Phase.PREPARING)
            self._path = self._prepared = model
            self.result = self._began_from = None  # built anew, as recorded
            self.recording = recording if branch is None else branch.record
            self._worker.resume_recording(recording, trust, model, branch)

    def pause_or_continue(self) -> None:
        if self.phase is Phase.RUNNING:
            self._worker.pause()
        elif self.phase is Phase.PAUSED:
            self._worker.resume()

    def stop(self) -> None:
        """Ask the run to end after the current step."""
        if self.phase is Phase.REPORTING:
            self._worker.stop()
        elif self.phase in {Phase.PREPARING, Phase.RUNNING, Phase.PAUSED}:
            self._enter(Phase.STOPPING)
            self._view.show_stage(
                "Stopping after the current step…", None, cancellable=False
            )
            self._worker.stop()

    def report(self) -> None:
        """Measure why the pruned model is, or is not, smaller and faster."""
        if self.phase is Phase.IDLE and self.result is not None:
            self._enter(Phase.REPORTING)
            self._view.show_stage("Measuring sizes and times…", None)
            self._worker.report()

    def measure(self, words: str, begin: Callable[[], None]) -> None:
        """Let the worker measure the open model; `stop` calls that off.

        Parameters
        ----------
        begin
            Asks the worker; who does so calls `measured` when the answer is there.
        """
        if self.phase is Phase.IDLE:
            self._enter(Phase.REPORTING)
            self._build()
            self._view.show_stage(words, None)
            begin()

    def measured(self) -> None:
        """What `measure` began has ended."""
        self._view.show_stage("", None)
        self._enter(Phase.IDLE)

    def save(self, path: Path, *, overwrite: bool) -> None:
        """Save the pruned model."""
        self._view.show_stage(f"Saving {path.name}…", None, cancellable=False)
        self._worker.save(path, overwrite=overwrite)

    def poll(self) -> None:
        """Pass on what the worker has reported since."""
        for event in self._worker.events.drain():
            handler = self._handlers.get(type(event))
            if handler is not None:
                handler(event)
            self.on_event(event)

    # What comes back

    def _enter(self, phase: Phase) -> None:
        # A run that was asked to stop may still report steps on its way out.
        if self.phase is Phase.STOPPING and phase is not Phase.IDLE:
            return
        self.phase = phase
        self.on_phase()

    def _preparing(self, event: Preparing) -> None:
        if self.phase is not Phase.IDLE:
            self._view.show_stage(event.stage, event.fraction)
        elif not self.ready:
            self._view.show_engine(event.stage)

    def _engine_ready(self, event: EngineReady) -> None:
        self.ready = True
        self.on_ready()
        words = ", ".join(f"{name} {v}" for name, v in event.versions.items())
        self._view.show_engine("TensorFlow is ready", words)
        self._view.show_log(f"Engine ready in {event.seconds:.1f} s: {words}.", "info")

    def _started(self, event: RunStarted) -> None:
        self._steps = event.steps
        self.result = None
        self._started_weights = event.weights
        self.weights = {weight.path: weight for weight in event.weights}
        self._enter(Phase.RUNNING)
        self._view.begin_run(event)
        self.on_started(event)

    def _paused(self, event: Paused) -> None:
        self._enter(Phase.PAUSED)
        if self.phase is Phase.PAUSED:
            words = f"Paused at step {event.step:,}"
            share = event.step / max(1, self._steps)
            self._view.show_stage(words, share, cancellable=False)
            self._view.show_log(f"{words}.", "info")

    def _resumed(self, event: Resumed) -> None:
        self._enter(Phase.RUNNING)
        self._view.show_log(f"Continued at step {event.step:,}.", "info")

    def _step(self, event: StepDone) -> None:
        self._view.show_step(event, self._steps)

    def _updated(self, event: MaskUpdated) -> None:
        self.weights = {weight.path: weight for weight in event.weights}
        self._view.show_update(event)
        self.on_updated(event)

    def _ended(self, event: RunEnded) -> None:
        self.result = event
        self.saved = False
        self.weights = {weight.path: weight for weight in event.weights}
        self._view.show_stage("", None)
        self._view.show_results(event)
        self.on_ended()
        self._enter(Phase.IDLE)

    def _reported(self, event: ReportMade) -> None:
        self._view.show_stage("", None)
        self._view.show_report(event.report)
        self._enter(Phase.IDLE)

    def _cancelled(self) -> None:
        reporting = self.phase is Phase.REPORTING
        self._view.show_stage("", None)
        what = "Stopped measuring." if reporting else "Stopped before training began."
        self._view.show_log(what, "info")
        self._enter(Phase.IDLE)

    def _saved(self, event: Saved) -> None:
        self._view.show_stage("", None)
        self.saved = True
        self.on_phase()
        words = f"Saved {event.path} ({event.bytes / 1e6:.2f} MB on disk)."
        self._view.show_note(words)
        self._view.show_log(words, "info")

    def _failed(self, event: Failed) -> None:
        if event.during == "run" and self.phase is Phase.IDLE:
            return  # its model could not be built, which has been said already
        if event.during != "save":
            self._prepared = None
        self._view.show_stage("", None)
        if event.during == "run" and self._started_weights:
            # The model is back at its baseline, and so must be what is shown.
            self._view.show_baseline(self._started_weights)
            self.weights, self._started_weights = {}, ()
            self.on_failed()
        self._view.show_error(event.sentence, event.details)
        if event.during != "save" or self.phase is not Phase.IDLE:
            self._enter(Phase.IDLE)
