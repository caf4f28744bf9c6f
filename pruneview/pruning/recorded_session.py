"""Runs that go on where a recorded one was, or branch off from it."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from pruneview.pruning.data import DataSet, check_labels
from pruneview.pruning.events import Event, LogLine, Preparing, RunEnded, RunStarted
from pruneview.pruning.open_session import OpenSession
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.subject.objectives import AnyObjective, parts_of
from pruneview.pruning.subject.opened import decide_objective
from pruneview.pruning.training.branching import (
    carry_over,
    check_branch,
    lower_target,
)
from pruneview.pruning.training.hooks import Hooks
from pruneview.pruning.training.recording import (
    BranchPoint,
    Checkpoint,
    NotRecorded,
    Past,
    RecordedRun,
    RunHeader,
    RunRecorder,
)
from pruneview.pruning.training.replaying import TrainedAgain, train_again, zero_share
from pruneview.pruning.training.resuming import (
    check_data,
    check_model,
    make_header,
    spec_of,
)


class RecordedSession(OpenSession, ABC):
    """Prepares runs, and takes up those that were recorded."""

    #: Where the run that is being carried out has branched off.
    _parent: BranchPoint | None = None

    @abstractmethod
    def run(
        self,
        plan: PruningPlan,
        data: DataSet,
        recorder: RunRecorder | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> RunEnded:
        """Carry out a plan, from the baseline or from a checkpoint."""

    def prepare(self, plan: PruningPlan, data: DataSet) -> AnyObjective:
        """Check that all fits and compile the step, so that `run` starts at once.

        Raises
        ------
        PlanError, DataError, ModelError, TrainingError
        """
        return self._prepare(plan, data)[1]

    def resume(
        self,
        recording: RecordedRun,
        recorder: RunRecorder | None = None,
        *,
        model: Path | None = None,
        data: DataSet | None = None,
    ) -> RunEnded:
        """Go on with a recorded run from its last checkpoint, or from its start.

        Parameters
        ----------
        model
            Where the baseline's file is now, if it has moved.
        data
            The data, where they did not come from a source that has a name.

        Raises
        ------
        ModelError, DataError
            Also where the file or the data are not those of the recorded run.
        PlanError, TrainingError
        """
        header = recording.header
        data = self._reopen(header, model, data)
        with self._branched_at(header.parent):
            return self.run(header.plan, data, recorder, recording.checkpoint())

    def branch(
        self,
        recording: RecordedRun,
        step: int,
        plan: PruningPlan,
        recorder: RunRecorder | None = None,
        *,
        model: Path | None = None,
        data: DataSet | None = None,
    ) -> RunEnded:
        """Begin a new run from a step of a recorded one, under another plan.

        The step is exact: from the last state that was kept before it, or from the
        baseline, the run is trained again up to there. Steps count on from it.

        Parameters
        ----------
        step
            The last that both runs have in common; from 1.
        plan
            Of the steps after it.
        recorder
            Of the new run; the recording of the other stays as it is.
        model, data
            As for `resume`.

        Raises
        ------
        PlanError, RecordingError
            Where the run cannot branch there, or not with this plan.
        ModelError, DataError, TrainingError
        Cancelled
            The person stopped it before it was back at that step.
        """
        check_branch(recording, step, plan)
        header = recording.header
        data = self._reopen(header, model, data)
        samples = len(data.x_train)
        check_branch(recording, step, plan, samples)
        start, said = self._state_at(recording, step, plan, data)
        recorder = recorder or NotRecorded()
        point = BranchPoint(recording.path.absolute(), header.run_id, step)
        with self._branched_at(point):
            masks = self._model().engine.masks()
            past = Past(recording, start, masks)
            recorder.begin(lambda: self._header(plan, data), past)
            emit = self._hooks(recorder).emit
            emit(LogLine(f"Branched from step {step:,} of {recording.path.name}."))
            for sentence in said:
                emit(LogLine(sentence))
            lower = lower_target(plan, step, samples, start.sparsity)
            if lower is not None:
                emit(LogLine(lower, "warning"))
            return self.run(plan, data, recorder, start)

    def _state_at(
        self, recording: RecordedRun, step: int, plan: PruningPlan, data: DataSet
    ) -> tuple[Checkpoint, list[str]]:
        """Return the state that a branch begins with, and what is to be said of it.

        The engine is prepared for the branch, and in that state.
        """
        again = self._train_again(recording, step, plan, data)
        self._prepare(plan, data)
        engine = self._model().engine
        said = carry_over(again.checkpoint.state, recording.header, engine, plan)
        start = replace(
            again.checkpoint, sparsity=zero_share(engine), state=engine.state()
        )
        return start, [again.sentence, *said]

    def _train_again(
        self, recording: RecordedRun, step: int, plan: PruningPlan, data: DataSet
    ) -> TrainedAgain:
        fitted, _ = self._prepare(recording.header.plan, data)
        opened = self._model()
        if not opened.has_engine(plan.engine):
            raise PlanError(
                {
                    "engine": f"Engine is {plan.engine!r}; it must be "
                    f"{opened.engine_name!r} as in the recorded run, whose state no "
                    "other engine reads."
                }
            )
        try:
            return train_again(opened.engine, fitted, recording, step, self._hooks())
        except BaseException:
            self._restore()
            raise

    def _reopen(
        self, header: RunHeader, model: Path | None, data: DataSet | None
    ) -> DataSet:
        """Open the model of a recorded run, and return its data."""
        path = model or header.model
        check_model(path, header)
        self.open(path, self.trust)
        then = header.versions.get("oneDNN", "off")
        if then != (now := self._versions.get("oneDNN", "off")):
            self._emit(
                LogLine(
                    f"The run was computed with oneDNN {then}, and this process has it "
                    f"{now}: the last digits of its weights may differ.",
                    "warning",
                )
            )
        self.start_from(dict(header.one_shot))
        data = data or self.load_data(spec_of(header))
        check_data(data, header)
        self._model().engine.use_compiler(header.compiler)
        return data

    @contextmanager
    def _branched_at(self, point: BranchPoint | None) -> Iterator[None]:
        self._parent = point
        try:
            yield
        finally:
            self._parent = None

    def _hooks(self, recorder: RunRecorder | None = None) -> Hooks:
        def emit(event: Event) -> None:
            parent = self._parent
            if parent is not None and isinstance(event, RunStarted):
                place = str(parent.recording)
                event = replace(event, branched_from=place, branched_at=parent.step)
            if recorder is not None:
                recorder.event(event)
            self._emit(event)

        return Hooks(emit, self._control, self._on_step)

    def _header(self, plan: PruningPlan, data: DataSet) -> RunHeader:
        loaded = self._loaded
        spec = loaded[0][0] if loaded is not None and loaded[1] is data else None
        made = make_header(
            plan, data, spec, self._model(), self._versions, one_shot=self._one_shot
        )
        return replace(made, run_id=uuid.uuid4().hex, parent=self._parent)

    def _prepare(
        self, plan: PruningPlan, data: DataSet
    ) -> tuple[DataSet, AnyObjective]:
        plan.check()
        self._shrinker = None
        opened = self._model()
        if not opened.has_engine(plan.engine):
            self._build(opened.path, plan.engine)
            opened = self._model()
        fitted = self._fit(data)
        objective = decide_objective(opened, plan, data)
        check_labels(fitted, opened.shapes, parts_of(objective))
        self._emit(Preparing("Compiling the train step"))
        self.step = 0
        opened.engine.prepare(plan, objective, fitted)
        return fitted, objective
