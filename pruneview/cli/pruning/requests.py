"""What a run in the terminal is asked to do, and how each request is carried out."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar, Protocol

from pruneview.cli.pruning.task import Task
from pruneview.pruning.data import DataSet, DataSpec
from pruneview.pruning.events import RunEnded
from pruneview.pruning.planning.mending import mended
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.subject.trust import Trust
from pruneview.pruning.training.recording import RunHeader
from pruneview.pruning.training.resuming import spec_of
from pruneview.runs import Recorder, Recording, RecordingError


@dataclass(frozen=True)
class RunRequest:
    """What to prune, with what, and where the result goes (None: nowhere)."""

    model: Path
    data: str
    plan: PruningPlan
    output: Path | None
    overwrite: bool
    save_stopped: bool
    record: Path | None = None
    trust: Trust = field(default_factory=Trust)
    report: bool = False
    only_checkpoint: ClassVar[bool] = False
    mend: bool = False

    def carry_out(self, task: Task) -> RunEnded | None:
        """Run in a new session; None where it was stopped before it began."""
        if self.record is None:
            return self._prune(task, None)
        with Recorder.create(
            self.record, task.warn, overwrite=self.overwrite
        ) as recorder:
            return self._prune(task, recorder)

    def _prune(self, task: Task, recorder: Recorder | None) -> RunEnded | None:
        session = task.session
        spec = DataSpec.parse(self.data, allow_code=self.trust.code)
        # Data in a file are read before TensorFlow is, so that a mistake shows early.
        data = None if spec.needs_model else session.load_data(spec)
        task.during = "prepare"
        for prepare in (
            partial(session.warm_up, self.model),
            partial(session.open, self.model, self.trust),
        ):
            prepare()
            if task.stop_requested:
                return None
        if data is None:
            task.during = "data"
            data = session.load_data(spec)
        task.during = "run"
        plan = self.plan
        if self.mend:
            plan, explanation = mended(plan, len(data.x_train))
            if explanation:
                task.warn(f"The plan is mended: {explanation}")
        if recorder is None:
            return session.run(plan, data)
        return session.run(plan, data, recorder)


@dataclass(frozen=True)
class ResumeRequest:
    """Which recorded run to go on with, and where its result goes.

    ``model`` and ``data`` are where those of the run are now, if they have moved.
    Where ``only_checkpoint``, nothing is trained, and the recording stays as it is.
    """

    recording: Path
    output: Path | None
    overwrite: bool
    save_stopped: bool
    model: Path | None = None
    data: str | None = None
    allow_code: bool = False
    report: bool = False
    custom_objects: Path | None = None
    only_checkpoint: bool = False

    def carry_out(self, task: Task) -> RunEnded | None:
        """Go on from the last checkpoint; None where stopped before."""
        task.session.trust = self.trust
        if self.only_checkpoint:
            return self._take_out(task)
        with Recorder.continuing(self.recording, task.warn) as recorder:
            assert recorder.recording is not None
            data = data_of_run(task, self, recorder.recording.header)
            task.during = "prepare"
            task.session.warm_up(self.model or recorder.recording.header.model)
            if task.stop_requested:
                return None
            task.during = "run"
            return task.session.resume(
                recorder.recording, recorder, model=self.model, data=data
            )

    def _take_out(self, task: Task) -> RunEnded:
        """Measure the last checkpoint as it is."""
        with Recording(self.recording) as recording:
            if recording.checkpoint_step is None:
                raise RecordingError(
                    f"{self.recording.name} holds no checkpoint yet. Let it begin anew,"
                    " without --only-checkpoint."
                )
            data = data_of_run(task, self, recording.header)
            if data is None:
                data = task.session.load_data(spec_of(recording.header))
            task.during = "run"
            task.stop()
            return task.session.resume(recording, model=self.model, data=data)

    @property
    def trust(self) -> Trust:
        """What code may be run."""
        return Trust(self.allow_code, self.custom_objects)


class OfARun(Protocol):
    """What takes up a recorded run, with things that may have moved."""

    @property
    def model(self) -> Path | None: ...
    @property
    def data(self) -> str | None: ...
    @property
    def trust(self) -> Trust: ...


def data_of_run(task: Task, request: OfARun, header: RunHeader) -> DataSet | None:
    """Load data that have moved, or that only the person may have loaded."""
    code = request.trust.code
    text = request.data or (header.data if code else None)
    if text is None:
        return None
    spec = DataSpec.parse(text, allow_code=code)
    if spec.needs_model:
        task.session.open(request.model or header.model, task.session.trust)
    return task.session.load_data(spec)
