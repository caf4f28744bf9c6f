"""A model that is open: the engine that holds it, and what its file says of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pruneview.pruning.data.arranging import arrange
from pruneview.pruning.data.model_shapes import ModelShapes, shapes_of
from pruneview.pruning.data.samples import arrays_of
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.subject.objective import (
    for_labels,
    suggest_objective,
    with_choices,
)
from pruneview.pruning.subject.objectives import (
    AnyObjective,
    OutputEnd,
    SeveralObjectives,
    choose_several,
    suggest_several,
)
from pruneview.pruning.training.engine import Engine

#: What a plan may ask for: Keras 3 and masks of our own, or tf_keras and tfmot.
NATIVE, TFMOT = "native", "tfmot"


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A built model and what its file says of it.

    Attributes
    ----------
    outputs
        What the layers of its outputs tell; at least one.
    engine_name, default_engine
        ``native`` or ``tfmot``: the engine's, and what ``auto`` is for this file.
    notes
        Sentences on what the engine cannot do with this model.
    """

    path: Path
    engine: Engine
    shapes: ModelShapes
    compile_config: dict[str, Any] | None
    outputs: tuple[OutputEnd, ...]
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
    return OpenedModel(
        path,
        engine,
        shapes_of(model),
        compile_config,
        describe_outputs(model),
        engine_name,
        notes,
    )


def describe_outputs(model: Any) -> tuple[OutputEnd, ...]:
    """Return the outputs of a built model, in its order."""
    shapes = shapes_of(model)
    return tuple(
        OutputEnd(name, activation, shape[-1] if shape else None)
        for name, activation, shape in zip(
            shapes.names_of_outputs,
            output_activations(model),
            shapes.outputs,
            strict=True,
        )
    )


def suggest_for(opened: OpenedModel, data: DataSet | None) -> AnyObjective:
    """Return the loss and metric that the model, and the data, call for."""
    labels = None
    if data is not None:
        labels = arrays_of(arrange(data, opened.shapes).y_train)
    if len(opened.outputs) > 1:
        return suggest_several(opened.compile_config, opened.outputs, labels)
    output = opened.outputs[0]
    return suggest_objective(
        opened.compile_config,
        output.activation,
        output.width,
        None if labels is None else labels[0],
    )


def decide_objective(
    opened: OpenedModel, plan: PruningPlan, data: DataSet
) -> AnyObjective:
    """Return the loss and metric of a run: the plan's, or those suggested.

    Raises
    ------
    PlanError
        Where Keras has no such loss or metric.
    """
    objective = suggest_for(opened, data)
    labels = arrays_of(arrange(data, opened.shapes).y_train)
    if isinstance(objective, SeveralObjectives):
        objective = choose_several(
            objective, plan.loss, plan.metric, opened.outputs, labels
        )
    else:
        output = opened.outputs[0]
        objective = for_labels(
            with_choices(objective, plan.loss, plan.metric, output.activation),
            labels[0],
            output.width,
        )
    objective.check()
    return objective


def output_activation(model: Any) -> str | None:
    """Return the name of the activation that makes the model's first output."""
    return output_activations(model)[0]


def output_activations(model: Any) -> tuple[str | None, ...]:
    """Return the name of the activation that makes each of the model's outputs."""
    return tuple(_activation(tensor, model) for tensor in model.outputs)


def _activation(tensor: Any, model: Any) -> str | None:
    history = getattr(tensor, "_keras_history", None)
    # tf_keras calls it layer.
    layer = getattr(history, "operation", None) or getattr(history, "layer", None)
    layer = layer or _likely_layer(tensor, model)
    inner = getattr(layer, "outputs", None) or ()
    if history is not None and getattr(layer, "layers", None) and len(inner) > 1:
        return _activation(inner[history.tensor_index], layer)
    while getattr(layer, "layers", None):
        layer = layer.layers[-1]
    if type(layer).__name__ in ("Softmax", "ReLU"):
        return type(layer).__name__.lower()
    activation = getattr(layer, "activation", None)
    return getattr(activation, "__name__", None)


def _likely_layer(tensor: Any, model: Any) -> Any:
    """Return the last layer, or of several outputs the last that is as wide."""
    if len(model.outputs) > 1:
        for layer in reversed(model.layers):
            if getattr(layer, "units", None) == tensor.shape[-1]:
                return layer
    return model.layers[-1]
