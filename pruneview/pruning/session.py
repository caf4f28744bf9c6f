"""A model that is opened, pruned and saved; every call on one thread."""

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.backend import import_backend
from pruneview.pruning.data import (
    DataSet,
    DataSpec,
    adapt_inputs,
    check_fit,
    check_labels,
    load,
)
from pruneview.pruning.data.identity import DataKey, identity
from pruneview.pruning.errors import ModelError
from pruneview.pruning.events import (
    EngineReady,
    Event,
    LogLine,
    Preparing,
    RunEnded,
    Saved,
)
from pruneview.pruning.keras3.saving import save_model
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.report.after_run import report_on_opened
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import CostReport, ReportMade
from pruneview.pruning.sensitivity import SensitivityEnded, measure_sensitivity
from pruneview.pruning.subject.objective import Objective
from pruneview.pruning.subject.opened import OpenedModel, decide_objective, suggest_for
from pruneview.pruning.subject.opening import open_with_engine
from pruneview.pruning.subject.trust import Trust
from pruneview.pruning.training.control import RunControl
from pruneview.pruning.training.engine import WeightInfo
from pruneview.pruning.training.loop import PruningLoop
from pruneview.pruning.training.recording import (
    Checkpoint,
    NotRecorded,
    RecordedRun,
    RunHeader,
    RunRecorder,
)
from pruneview.pruning.training.resuming import (
    check_data,
    check_model,
    make_header,
    spec_of,
)

__all__ = ["PruningSession", "RunControl"]


class PruningSession:
    """Opens a model, prunes it by plans, and saves it.

    Parameters
    ----------
    emit
        Told what happens, on the calling thread.
    control
        How other threads pause and stop a run.
    on_step
        Called with the step's number at each step boundary of a run.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        control: RunControl,
        on_step: Callable[[int], None] | None = None,
    ) -> None:
        self._emit = emit
        self._control = control
        self._on_step = on_step or (lambda _step: None)
        self.trust = Trust()
        self._ready = False
        self._versions: dict[str, str] = {}
        self._loaded: tuple[DataKey, DataSet] | None = None
        self._opened: OpenedModel | None = None
        self._fitted: tuple[DataSet, DataSet] | None = None

    @property
    def path(self) -> Path | None:
        """The file of the model that is open."""
        return self._opened.path if self._opened else None

    @property
    def weights(self) -> tuple[WeightInfo, ...]:
        """The weights of the model that is open."""
        return self._opened.engine.weights if self._opened else ()

    def warm_up(self) -> None:
        """Import TensorFlow and Keras; says so the first time."""
        if self._ready:
            return
        self._emit(Preparing("Importing TensorFlow"))
        started = time.perf_counter()
        self._versions = import_backend()
        self._ready = True
        self._emit(EngineReady(time.perf_counter() - started, self._versions))

    def open(self, path: Path | str, trust: Trust | None = None) -> None:
        """Build the model of a file and keep its weights as the baseline.

        Parameters
        ----------
        trust
            What of the file's code, and of the person's own, may be run; None: none.

        Raises
        ------
        ModelError, pruneview.formats.FormatError
            With a sentence; no model is open then.
        """
        self.warm_up()
        self.trust = trust or Trust()
        self._build(Path(path), "auto")

    def _build(self, path: Path, engine: str) -> None:
        self._emit(Preparing(f"Building {path.name}"))
        # A failure must not leave the model before it to be pruned in its place.
        self._opened = None
        self._opened = open_with_engine(path, engine, self.trust)
        self._fitted = None
        for note in self._opened.notes:
            self._emit(LogLine(note, "warning"))

    def load_data(self, spec: DataSpec | str) -> DataSet:
        """Read data, or return what was read before; see `pruneview.pruning.data.load`.

        Raises
        ------
        DataError, Cancelled
        """
        if isinstance(spec, str):
            spec = DataSpec.parse(spec)
        if spec.needs_model:
            shape = next(iter(self._model().shapes.inputs), ())
            spec = dataclasses.replace(spec, shape=shape)
        if spec.needs_tensorflow:
            self.warm_up()
        key = identity(spec)
        if self._loaded is None or self._loaded[0] != key:
            self._loaded = None
            data = load(spec, self._emit, lambda: self._control.stop_requested)
            self._loaded = (key, data)
        return self._loaded[1]

    def suggest(self, data: DataSet | None = None) -> Objective:
        """Return the loss and metric that the model, and the data, call for."""
        return suggest_for(self._model(), data)

    def prepare(self, plan: PruningPlan, data: DataSet) -> Objective:
        """Check that all fits and compile the step, so that `run` starts at once.

        Raises
        ------
        PlanError, DataError, ModelError, TrainingError
        """
        return self._prepare(plan, data)[1]

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
        recorder = recorder or NotRecorded()
        fitted, objective = self._prepare(plan, data)
        engine = self._model().engine
        if checkpoint is None:
            recorder.begin(lambda: self._header(plan, data))

        def emit(event: Event) -> None:
            recorder.event(event)
            self._emit(event)

        emit(
            LogLine(
                f"Loss {objective.loss}, metric {objective.metric}, from "
                f"{objective.source}."
            )
        )
        loop = PruningLoop(
            engine,
            plan,
            fitted,
            metric=objective.metric,
            emit=emit,
            control=self._control,
            on_step=self._on_step,
            recorder=recorder,
        )
        try:
            return loop.run(checkpoint)
        except BaseException as error:
            recorder.failed(error)
            engine.restore()
            raise

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
        path = model or header.model
        check_model(path, header)
        self.open(path)
        data = data or self.load_data(spec_of(header))
        check_data(data, header)
        return self.run(header.plan, data, recorder, recording.checkpoint())

    def values(self, weight_path: str) -> NDArray[Any]:
        """Return a weight's current values; KeyError where there is none."""
        return self._model().engine.values(weight_path)

    def threshold_of(self, weight_path: str) -> float:
        """Return the smallest magnitude kept by a weight's mask, or 0.0."""
        return self._model().engine.threshold(weight_path)

    def predict(self, x: NDArray[Any]) -> NDArray[Any]:
        """Return the model's outputs for `x`."""
        return np.asarray(self._model().engine.model.predict(x, verbose=0))

    def save(self, path: Path | str, overwrite: bool = False) -> None:
        """Write the model as it is now; see `pruneview.pruning.keras3.saving`.

        Raises
        ------
        SaveError
        """
        opened = self._model()
        path = Path(path)
        self._emit(Preparing(f"Saving {path.name}"))
        size = save_model(opened.engine.model, path, opened.path, overwrite=overwrite)
        self._emit(Saved(str(path), size))

    def report(self, options: ReportOptions | None = None) -> CostReport:
        """Measure the model as it is now against its file; may raise Cancelled."""
        report = report_on_opened(self._model(), options, self._emit, self._control)
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

    def _header(self, plan: PruningPlan, data: DataSet) -> RunHeader:
        loaded = self._loaded
        spec = loaded[0][0] if loaded is not None and loaded[1] is data else None
        return make_header(plan, data, spec, self._model(), self._versions)

    def _prepare(self, plan: PruningPlan, data: DataSet) -> tuple[DataSet, Objective]:
        plan.check()
        opened = self._model()
        if not opened.has_engine(plan.engine):
            self._build(opened.path, plan.engine)
            opened = self._model()
        fitted = self._fit(data)
        objective = decide_objective(opened, plan, data)
        check_labels(fitted, opened.shapes, objective)
        self._emit(Preparing("Compiling the train step"))
        opened.engine.prepare(plan, objective, fitted)
        return fitted, objective

    def _fit(self, data: DataSet) -> DataSet:
        """Adapt data to the model once: the engine keeps what it was given."""
        if self._fitted is None or self._fitted[0] is not data:
            shapes = self._model().shapes
            fitted = adapt_inputs(data, shapes, lambda text: self._emit(LogLine(text)))
            check_fit(fitted, shapes)
            self._fitted = (data, fitted)
        return self._fitted[1]

    def _model(self) -> OpenedModel:
        if self._opened is None:
            raise ModelError("No model is open. Open one first.")
        return self._opened
