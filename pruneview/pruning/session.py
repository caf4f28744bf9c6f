"""A model that is opened, pruned and saved; every call on one thread."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pruneview.pruning.data import DataSet, check_labels
from pruneview.pruning.errors import ModelError
from pruneview.pruning.events import LogLine, RunEnded
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.recorded_session import RecordedSession
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import CostReport, ReportMade
from pruneview.pruning.sensitivity import SensitivityEnded, measure_sensitivity
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.checking import check_wish
from pruneview.pruning.structured.shrinking.events import ShrinkEnded
from pruneview.pruning.structured.shrinking.options import ShrinkOptions
from pruneview.pruning.structured.shrinking.subject import Subject
from pruneview.pruning.structured.shrinking.training_plans import gradual
from pruneview.pruning.subject.objectives import parts_of
from pruneview.pruning.subject.opened import NATIVE, decide_objective
from pruneview.pruning.training.control import RunControl
from pruneview.pruning.training.hooks import Hooks
from pruneview.pruning.training.recording import (
    Checkpoint,
    NotRecorded,
    RunRecorder,
)
from pruneview.pruning.training.running import run_prepared

if TYPE_CHECKING:
    from pruneview.pruning.structured.shrinking.shrinker import Shrinker

__all__ = ["PruningSession", "RunControl"]


class PruningSession(RecordedSession):
    """Opens a model, prunes it by plans or makes it smaller, and saves it."""

    def run(
        self,
        plan: PruningPlan,
        data: DataSet,
        recorder: RunRecorder | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> RunEnded:
        """Prune and fine-tune from the baseline's weights, or from a checkpoint.

        The model keeps what the run made of it, also when stopped; after an error it
        is back at the baseline.

        Raises
        ------
        PlanError, DataError, ModelError, TrainingError
        """
        return self._run(plan, data, recorder, checkpoint, ShrinkOptions("gradual"))

    def shrink(
        self,
        plan: ShrinkPlan,
        data: DataSet | None = None,
        training: PruningPlan | None = None,
        options: ShrinkOptions | None = None,
        recorder: RunRecorder | None = None,
    ) -> ShrinkEnded:
        """Remove units from the baseline, and fine-tune; see `ShrinkOptions`.

        The small model then takes the place of the open one in `save`, `values`,
        `predict` and `report`; `run` and `shrink` begin from the file's model again.

        Parameters
        ----------
        data
            None: nothing is trained, and outputs are compared on random inputs.
        training
            Of the fine-tuning; None for none.

        Raises
        ------
        ShrinkError, PlanError, DataError, ModelError, TrainingError
            The model is as it was then.
        Cancelled
            The person stopped it before anything was removed.
        """
        options = options or ShrinkOptions()
        check_wish(
            plan,
            options,
            data=data is not None,
            training=training,
            recorded=recorder is not None,
        )
        if options.method == "gradual":
            assert data is not None
            assert training is not None
            masking, mended = gradual(training, plan, len(data.x_train))
            if mended:
                self._emit(LogLine(f"The plan is mended: {mended}", "warning"))
            self._run(masking, data, recorder, None, options)
            assert self._shrinker is not None
            assert self._shrinker.ended is not None
            return self._shrinker.ended
        if not self._model().has_engine("auto"):
            self._build(self._model().path, "auto")
        self._restore()
        subject = self._subject(data, training or PruningPlan())
        with self._shrinking(subject, plan, options, self._hooks()) as shrinker:
            return shrinker.at_once(training)

    def report(self, options: ReportOptions | None = None) -> CostReport:
        """Measure the model as it is now against its file; may raise Cancelled."""
        from pruneview.pruning.report.after_run import report_on_opened

        report = report_on_opened(self._current(), options, self._emit, self._control)
        self._emit(ReportMade(report))
        return report

    def sensitivity(self, plan: PruningPlan, data: DataSet) -> SensitivityEnded:
        """Measure how far each layer alone can be pruned; see `measure_sensitivity`.

        What a run has made of the model stays.
        """
        opened = self._model()
        if opened.engine.pruned:
            fitted, objective = self._fit(data), decide_objective(opened, plan, data)
        else:
            fitted, objective = self._prepare(plan, data)
        return measure_sensitivity(
            self._model().engine,
            plan,
            fitted,
            objective.metric,
            emit=self._emit,
            control=self._control,
        )

    def _run(
        self,
        plan: PruningPlan,
        data: DataSet,
        recorder: RunRecorder | None,
        checkpoint: Checkpoint | None,
        options: ShrinkOptions,
    ) -> RunEnded:
        recorder = recorder or NotRecorded()
        if plan.structured is not None:
            self._build_native()
        fitted, objective = self._prepare(plan, data)
        opened, hooks = self._model(), self._hooks(recorder)
        if checkpoint is None:
            recorder.begin(lambda: self._header(plan, data))
        if plan.structured is None:
            try:
                return run_prepared(
                    opened.engine,
                    plan,
                    fitted,
                    objective,
                    hooks,
                    recorder=recorder,
                    checkpoint=checkpoint,
                )
            except BaseException:
                self.step = 0
                raise
        subject = Subject(opened, fitted, objective)
        with self._shrinking(subject, plan.structured, options, hooks) as shrinker:
            ended = subject.train(plan, hooks, recorder, checkpoint)
            shrinker.after_masks(plan, ended)
        return ended

    @contextlib.contextmanager
    def _shrinking(
        self, subject: Subject, plan: ShrinkPlan, options: ShrinkOptions, hooks: Hooks
    ) -> Iterator["Shrinker"]:
        """Let the small model be the one that is open; the baseline after an error."""
        from pruneview.pruning.structured.shrinking.shrinker import Shrinker

        self._shrinker = Shrinker(subject, plan, options, hooks)
        try:
            self._shrinker.announce()
            yield self._shrinker
        except BaseException:
            self._restore()
            raise

    def _subject(self, data: DataSet | None, plan: PruningPlan) -> Subject:
        opened = self._model()
        if data is None:
            return Subject(opened, None, None)
        fitted = self._fit(data)
        objective = decide_objective(opened, plan, data)
        check_labels(fitted, opened.shapes, parts_of(objective))
        return Subject(opened, fitted, objective)

    def _build_native(self) -> None:
        """Have the model in Keras 3: units are masked in no other.

        Raises
        ------
        ModelError
        """
        opened = self._model()
        if opened.default_engine != NATIVE:
            raise ModelError(
                f"{opened.path.name} is built by tf_keras only, and units are masked "
                "while training in Keras 3 only: remove them at once, or in rounds."
            )
        if not opened.has_engine(NATIVE):
            self._build(opened.path, NATIVE)
