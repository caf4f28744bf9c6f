"""What the training thread does when it is asked to; each call on that thread."""

from contextlib import ExitStack
from pathlib import Path

from pruneview.pruning.data import DataSet, DataSpec
from pruneview.pruning.events import Event, LogLine
from pruneview.pruning.fidelity.events import FidelityMeasured
from pruneview.pruning.fidelity.one_shot import prune_once
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.options import ShrinkOptions
from pruneview.pruning.subject.trust import Trust
from pruneview.runs import Recorder, Recording
from pruneview.workers.command import Branch
from pruneview.workers.live_view import LiveView
from pruneview.workers.mailbox import EventQueue
from pruneview.workers.niceness import give_way


class Tasks:
    """Carries out what takes more than one call of the session.

    Parameters
    ----------
    view
        Forgets the zeros of the run before.
    """

    def __init__(
        self,
        session: PruningSession,
        view: LiveView,
        events: EventQueue[Event],
        control: RunControl,
    ) -> None:
        self._session = session
        self._view = view
        self._events = events
        self._control = control

    def open(self, path: Path, trust: Trust | None) -> None:
        """Build the model of a file."""
        # Its import is waited for; what it does from now on can wait for the window.
        self._session.warm_up(path)
        give_way()
        self._session.open(path, trust)
        self._view.forget()

    def prepare(self, plan: PruningPlan, data_spec: DataSpec) -> None:
        """Load the data and compile the step."""
        self._session.prepare(plan, self._session.load_data(data_spec))

    def run(self, plan: PruningPlan, data_spec: DataSpec, record: Path | None) -> None:
        """Prune and fine-tune, recorded where a file is named."""
        data = self._session.load_data(data_spec)
        # The zeros of the last run go with its weights.
        self._view.forget()
        if record is None:
            self._session.run(plan, data)
            return
        with Recorder.create(record, self._warn) as recorder:
            self._session.run(plan, data, recorder)

    def shrink(
        self,
        plan: PruningPlan | None,
        shrink_plan: ShrinkPlan,
        data_spec: DataSpec | None,
        options: ShrinkOptions | None,
        record: Path | None,
    ) -> None:
        """Remove units; see `TrainingWorker.shrink`."""
        data = None if data_spec is None else self._session.load_data(data_spec)
        training = None if data is None else plan
        self._view.forget()
        if record is None:
            self._session.shrink(shrink_plan, data, training, options)
            return
        with Recorder.create(record, self._warn) as recorder:
            self._session.shrink(shrink_plan, data, training, options, recorder)

    def resume(
        self,
        path: Path,
        trust: Trust,
        model: Path | None,
        branch: Branch | None = None,
    ) -> None:
        """Go on with a recorded run, or branch off from it."""
        self._session.trust = trust
        if branch is not None:
            self._branch(path, model, branch)
            return
        with Recorder.continuing(path, self._warn) as recorder:
            recording = recorder.recording
            assert recording is not None
            self._view.forget()
            data = self._data_of(recording, trust)
            self._session.resume(recording, recorder, model=model, data=data)

    def _branch(self, path: Path, model: Path | None, branch: Branch) -> None:
        step, plan, place = branch.step, branch.plan, branch.record
        with ExitStack() as stack:
            recording = stack.enter_context(Recording(path))
            recorder = None
            if place is not None:
                made = Recorder.create(place, self._warn)
                recorder = stack.enter_context(made)
            self._view.forget()
            data = self._data_of(recording, self._session.trust)
            self._session.branch(
                recording, step, plan, recorder, model=model, data=data
            )

    def _data_of(self, recording: Recording, trust: Trust) -> DataSet | None:
        """Load data that only the person may have loaded; None for all others."""
        source = recording.header.data
        if source is None or not trust.code:
            return None
        spec = DataSpec.parse(source, allow_code=True)
        # What needs no consent is loaded when the run's own model is open.
        return self._session.load_data(spec) if spec.kind == "python" else None

    def sensitivity(self, plan: PruningPlan, data_spec: DataSpec) -> None:
        """Measure each layer alone."""
        self._session.sensitivity(plan, self._session.load_data(data_spec))

    def compare(self, path: Path, plan: PruningPlan) -> None:
        """Prune a file at once and compare outputs, without data."""
        result = prune_once(
            path,
            None,
            plan.final_sparsity,
            layers=plan.layers,
            seed=plan.seed,
            emit=self._events.put,
            cancelled=lambda: self._control.stop_requested,
        )
        self._events.put(FidelityMeasured(result))

    def _warn(self, sentence: str) -> None:
        self._events.put(LogLine(sentence, "warning"))
