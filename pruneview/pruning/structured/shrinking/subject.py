"""A model on its way to be smaller, with what it is trained and measured on."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.events import Evaluation, Preparing, RunEnded
from pruneview.pruning.keras3.engine import Keras3Engine
from pruneview.pruning.legacy.engine import TfmotEngine
from pruneview.pruning.legacy.loading import LegacyModel
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.naming import walk
from pruneview.pruning.subject.objectives import AnyObjective
from pruneview.pruning.subject.opened import OpenedModel
from pruneview.pruning.training.engine import Engine
from pruneview.pruning.training.hooks import Hooks
from pruneview.pruning.training.recording import Checkpoint, RunRecorder
from pruneview.pruning.training.running import run_prepared


@dataclass(frozen=True, eq=False)
class Subject:
    """A model in an engine.

    ``data`` and ``objective`` are both None where there are no data.
    """

    opened: OpenedModel
    data: DataSet | None
    objective: AnyObjective | None

    @property
    def engine(self) -> Engine:
        """The engine that holds it."""
        return self.opened.engine

    @property
    def model(self) -> Any:
        """The model, of Keras 3 or of tf_keras."""
        return self.engine.model

    @property
    def parameters(self) -> int:
        """How many values its weights have."""
        return sum(info.size for info in self.engine.weights)

    def with_model(self, model: Any) -> "Subject":
        """Return the subject of a model with the same layers and other shapes."""
        engine: Engine
        if isinstance(self.engine, Keras3Engine):
            engine = self.engine.with_model(model)
        else:
            layers = tuple(walk(model))
            engine = TfmotEngine(LegacyModel(model, layers), self.opened.path)
        opened = dataclasses.replace(self.opened, engine=engine, notes=())
        return dataclasses.replace(self, opened=opened)

    def prepare(self, plan: PruningPlan, hooks: Hooks) -> None:
        """Compile the step, where there are data; the weights stay as they came."""
        if self.data is not None and self.objective is not None:
            hooks.emit(Preparing("Compiling the train step"))
            self.engine.prepare(plan, self.objective, self.data)

    def train(
        self,
        plan: PruningPlan,
        hooks: Hooks,
        recorder: RunRecorder | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> RunEnded:
        """Carry out the plan that it is prepared for."""
        assert self.data is not None
        assert self.objective is not None
        return run_prepared(
            self.engine,
            plan,
            self.data,
            self.objective,
            hooks,
            recorder=recorder,
            checkpoint=checkpoint,
        )

    def evaluate(self) -> Evaluation | None:
        """Measure the metric over all test samples; None without data."""
        if self.data is None or self.objective is None:
            return None
        x, y = self.data.x_test, self.data.y_test
        scores = self.engine.evaluate(x, y)
        return scores.evaluation(self.objective.metric, len(x), "test")

    def gradients(self) -> Mapping[str, NDArray[Any]]:
        """Return the mean gradient of each weight that is trained.

        Raises
        ------
        ShrinkError
            Where there are no data, or Keras 3 does not build the model.
        """
        if self.data is None:
            raise ShrinkError(
                "The criterion taylor needs gradients, and so data: give data, or "
                "choose another criterion."
            )
        if not isinstance(self.engine, Keras3Engine):
            raise ShrinkError(
                "The criterion taylor needs a model that Keras 3 builds, and tf_keras "
                "builds this one: choose another criterion."
            )
        return self.engine.gradients(step=0).arrays
