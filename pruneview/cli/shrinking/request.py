"""What ``pruneview shrink`` is asked to do, and how it is carried out."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar

from pruneview.cli.pruning.task import Task
from pruneview.pruning.data import DataSet, DataSpec
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.events import ShrinkEnded
from pruneview.pruning.structured.shrinking.options import ShrinkOptions
from pruneview.pruning.subject.trust import Trust
from pruneview.runs import Recorder


@dataclass(frozen=True)
class ShrinkRequest:
    """What to shrink, with what, and where the result goes (None: nowhere)."""

    model: Path
    data: str | None
    shrink_plan: ShrinkPlan
    options: ShrinkOptions
    training: PruningPlan | None
    output: Path | None
    overwrite: bool
    save_stopped: bool
    record: Path | None = None
    trust: Trust = field(default_factory=Trust)
    report: bool = False
    only_checkpoint: ClassVar[bool] = False

    def carry_out(self, task: Task) -> ShrinkEnded | None:
        """Shrink in a new session; None where it was stopped before it began."""
        if self.record is None:
            return self._shrink(task, None)
        with Recorder.create(
            self.record, task.warn, overwrite=self.overwrite
        ) as recorder:
            return self._shrink(task, recorder)

    def _shrink(self, task: Task, recorder: Recorder | None) -> ShrinkEnded | None:
        session = task.session
        data = self._load(task, before_opening=True)
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
            data = self._load(task, before_opening=False)
        task.during = "run"
        return session.shrink(
            self.shrink_plan, data, self.training, self.options, recorder
        )

    def _load(self, task: Task, *, before_opening: bool) -> DataSet | None:
        if self.data is None:
            return None
        spec = DataSpec.parse(self.data, allow_code=self.trust.code)
        # Data in a file are read before TensorFlow is, so that a mistake shows early.
        if before_opening and spec.needs_model:
            return None
        return task.session.load_data(spec)
