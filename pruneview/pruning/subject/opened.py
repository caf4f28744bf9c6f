"""A model that is open: the engine that holds it, and what its file says of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pruneview.pruning.data.fitting import ModelShapes, shapes_of
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.subject.objective import (
    Objective,
    for_labels,
    suggest_objective,
    with_choices,
)
from pruneview.pruning.training.engine import Engine

#: What a plan may ask for: Keras 3 and masks of our own, or tf_keras and tfmot.
NATIVE, TFMOT = "native", "tfmot"


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A built model and what its file says of it.

    Attributes
    ----------
    activation, width
        Of the output layer, and the length of the output's last axis.
    engine_name, default_engine
        ``native`` or ``tfmot``: the engine's, and what ``auto`` is for this file.
    notes
        Sentences on what the engine cannot do with this model.
    """

    path: Path
    engine: Engine
    shapes: ModelShapes
    compile_config: dict[str, Any] | None
    activation: str | None
    width: int | None
    engine_name: str = NATIVE
    notes: tuple[str, ...] = ()
    default_engine: str = NATIVE

    def has_engine(self, wanted: str) -> bool:
        """Whether its engine is the one that a plan asks for."""
        return self.engine_name == (self.default_engine if wanted == "auto" else wanted)


def describe_opened(
    path: Path,
    engine: Engine,
    model: Any,
    compile_config: dict[str, Any] | None,
    *,
    engine_name: str = NATIVE,
    notes: tuple[str, ...] = (),
) -> OpenedModel:
    """Return `OpenedModel` with what the built model itself tells."""
    shapes = shapes_of(model)
    return OpenedModel(
        path,
        engine,
        shapes,
        compile_config,
        output_activation(model),
        shapes.outputs[0][-1] if shapes.outputs and shapes.outputs[0] else None,
        engine_name,
        notes,
    )


def suggest_for(opened: OpenedModel, data: DataSet | None) -> Objective:
    """Return the loss and metric that the model, and the data, call for."""
    return suggest_objective(
        opened.compile_config,
        opened.activation,
        opened.width,
        None if data is None else data.y_train,
    )


def decide_objective(
    opened: OpenedModel, plan: PruningPlan, data: DataSet
) -> Objective:
    """Return the loss and metric of a run: the plan's, or those suggested.

    Raises
    ------
    PlanError
        Where Keras has no such loss or metric.
    """
    objective = with_choices(
        suggest_for(opened, data), plan.loss, plan.metric, opened.activation
    )
    objective = for_labels(objective, data.y_train, opened.width)
    objective.check()
    return objective


def output_activation(model: Any) -> str | None:
    """Return the name of the activation that makes the model's first output."""
    tensor = model.outputs[0]
    history = getattr(tensor, "_keras_history", None)
    # tf_keras calls it layer.
    layer = getattr(history, "operation", None) or getattr(history, "layer", None)
    layer = layer or model.layers[-1]
    while getattr(layer, "layers", None):
        layer = layer.layers[-1]
    if type(layer).__name__ in ("Softmax", "ReLU"):
        return type(layer).__name__.lower()
    activation = getattr(layer, "activation", None)
    return getattr(activation, "__name__", None)
