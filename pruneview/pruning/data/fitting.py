"""Whether data fit a model, said before anything starts."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.data.spec import Shape
from pruneview.pruning.errors import DataError
from pruneview.pruning.subject.objective import Objective, are_classes


@dataclass(frozen=True)
class ModelShapes:
    """What goes into a model and comes out, without the axis of samples.

    ``scales`` tells that the model itself scales its inputs.
    """

    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    scales: bool = False


def shapes_of(model: Any) -> ModelShapes:
    """Return the shapes of a built Keras model."""
    return ModelShapes(
        tuple(tuple(tensor.shape[1:]) for tensor in model.inputs),
        tuple(tuple(tensor.shape[1:]) for tensor in model.outputs),
        any(type(layer).__name__ in _SCALERS for layer in model.layers[:3]),
    )


_SCALERS = ("Rescaling", "Normalization")


def adapt_inputs(
    data: DataSet, shapes: ModelShapes, say: Callable[[str], None]
) -> DataSet:
    """Scale images to 0..1 and give samples the model's axes, where it needs that.

    What is done is said, and also that nothing is: arrays that are not known to be
    pixels are left as they are, but for a missing axis of channels, or rows that are
    laid out in a table.
    """
    if len(shapes.inputs) != 1:
        return data
    wanted = shapes.inputs[0]
    changes: list[Callable[[NDArray], NDArray]] = []
    if data.images and not shapes.scales:
        changes.append(lambda x: (x / np.float32(255)).astype(np.float32))
        say(f"The pixels of {data.name} are scaled from 0..255 to 0..1.")
    elif data.images:
        say(f"The pixels of {data.name} are 0..255: the model scales them itself.")
    else:
        low, high = data.x_train.min(), data.x_train.max()
        say(
            f"The inputs of {data.name} are taken as they are, from {low:g} to "
            f"{high:g}; nothing is scaled."
        )
    given = data.x_train.shape[1:]
    if len(given) + 1 == len(wanted) and wanted[-1] == 1:
        changes.append(lambda x: x[..., np.newaxis])
        say(f"An axis of channels is added to {data.name}: {given} to {(*given, 1)}.")
    elif _is_table_of(given, wanted):
        changes.append(lambda x: x.reshape(len(x), *wanted))
        say(f"The rows of {data.name} are laid out as the model takes them: {wanted}.")
    for change in changes:
        data = data.with_inputs(change)
    return data


def _is_table_of(given: tuple[int, ...], wanted: Shape) -> bool:
    """Whether rows hold as many values as the model takes in several axes."""
    if len(given) != 1 or len(wanted) < 2 or None in wanted:
        return False
    return math.prod(axis or 0 for axis in wanted) == given[0]


def check_fit(data: DataSet, shapes: ModelShapes) -> None:
    """Raise `DataError`, naming the shapes that met, where data do not fit."""
    if len(shapes.inputs) != 1 or len(shapes.outputs) != 1:
        raise DataError(
            f"The model has {len(shapes.inputs)} inputs and {len(shapes.outputs)} "
            "outputs; only models with one of each can be trained here."
        )
    wanted = shapes.inputs[0]
    for part, x, _ in _parts(data):
        if not _matches(x.shape[1:], wanted):
            raise DataError(
                f"The samples of x_{part} in {data.name} have shape {x.shape[1:]}; "
                f"the model takes {_text(wanted)}. Reshape them, or choose data of "
                "that shape."
            )


def check_labels(data: DataSet, shapes: ModelShapes, objective: Objective) -> None:
    """Raise `DataError`, naming the shapes that met, where labels do not fit."""
    output = shapes.outputs[0]
    for part, _, y in _parts(data):
        if objective.loss == "sparse_categorical_crossentropy":
            _check_classes(data, part, y, output)
            continue
        label = y.shape[1:]
        scalar = output[-1:] == (1,) and label == output[:-1]
        if not (scalar or _matches(label, output)):
            raise DataError(
                f"The labels y_{part} in {data.name} have shape {label}; the loss "
                f"{objective.loss} compares them with the model's output, of shape "
                f"{_text(output)}. Choose another loss, or data of that shape."
            )


def _check_classes(data: DataSet, part: str, y: NDArray, output: Shape) -> None:
    each = y.shape[1:]
    if not (each == output[:-1] or (are_classes(y) and len(output) == 1)):
        raise DataError(
            f"The labels y_{part} in {data.name} have shape {each}; the loss "
            "sparse_categorical_crossentropy needs one class number for each output "
            f"of shape {_text(output)}."
        )
    lowest, highest, classes = y.min(), y.max(), output[-1]
    if lowest < 0 or (classes is not None and highest >= classes):
        raise DataError(
            f"The labels y_{part} in {data.name} run from {lowest} to {highest}; the "
            f"model tells {classes} classes apart, 0 to {(classes or 1) - 1}."
        )


def _parts(data: DataSet) -> list[tuple[str, NDArray, NDArray]]:
    parts = [("train", data.x_train, data.y_train), ("test", data.x_test, data.y_test)]
    if data.x_validation is not None and data.y_validation is not None:
        parts.append(("validation", data.x_validation, data.y_validation))
    return parts


def _matches(given: tuple[int, ...], wanted: Shape) -> bool:
    return len(given) == len(wanted) and all(
        want is None or have == want for have, want in zip(given, wanted, strict=True)
    )


def _text(shape: Shape) -> str:
    axes = ", ".join("any" if axis is None else str(axis) for axis in shape)
    return f"({axes},)" if len(shape) == 1 else f"({axes})"
