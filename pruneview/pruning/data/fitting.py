"""Whether data fit a model, said before anything starts."""

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.arranging import arrange
from pruneview.pruning.data.model_shapes import ModelShapes, shapes_of
from pruneview.pruning.data.samples import Change, arrays_of, named_arrays
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.data.spec import Shape
from pruneview.pruning.errors import DataError
from pruneview.pruning.subject.objective import Objective, are_classes

__all__ = [
    "ModelShapes",
    "adapt_inputs",
    "check_fit",
    "check_labels",
    "shapes_of",
]


def adapt_inputs(
    data: DataSet, shapes: ModelShapes, say: Callable[[str], None]
) -> DataSet:
    """Scale images to 0..1 and give samples the model's axes, where it needs that.

    What is done is said, and also that nothing is: arrays that are not known to be
    pixels are left as they are, but for a missing axis of channels, or rows that are
    laid out in a table. Several inputs and outputs are put in the model's order.

    Raises
    ------
    DataError
        Where there is not an array for each input and output.
    """
    data = arrange(data, shapes, say)
    several = len(shapes.inputs) > 1
    ends = zip(
        arrays_of(data.x_train), shapes.inputs, shapes.names_of_inputs, strict=True
    )
    changes = []
    for array, wanted, name in ends:
        what = f"{name} in {data.name}" if several else data.name
        if data.images and not shapes.scales:
            say(f"The pixels of {what} are scaled from 0..255 to 0..1.")
        elif data.images:
            say(f"The pixels of {what} are 0..255: the model scales them itself.")
        else:
            low, high = array.min(), array.max()
            say(
                f"The inputs {'for' if several else 'of'} {what} are taken as they "
                f"are, from {low:g} to {high:g}; nothing is scaled."
            )
        changes.append(_change(data, array, wanted, what, say, scale=not shapes.scales))
    if all(change is None for change in changes):
        return data
    return data.with_inputs(*(change or _unchanged for change in changes))


def _change(
    data: DataSet,
    array: NDArray,
    wanted: Shape,
    what: str,
    say: Callable[[str], None],
    *,
    scale: bool,
) -> Change | None:
    """Return what makes an input as the model takes it; None for nothing."""
    changes: list[Change] = []
    if data.images and scale:
        changes.append(lambda x: (x / np.float32(255)).astype(np.float32))
    given = array.shape[1:]
    if len(given) + 1 == len(wanted) and wanted[-1] == 1:
        changes.append(lambda x: x[..., np.newaxis])
        say(f"An axis of channels is added to {what}: {given} to {(*given, 1)}.")
    elif _is_table_of(given, wanted):
        changes.append(lambda x: x.reshape(len(x), *wanted))
        say(f"The rows of {what} are laid out as the model takes them: {wanted}.")
    if not changes:
        return None

    def all_of_them(x: NDArray) -> NDArray:
        for change in changes:
            x = change(x)
        return x

    return all_of_them


def _unchanged(x: NDArray) -> NDArray:
    return x


def _is_table_of(given: tuple[int, ...], wanted: Shape) -> bool:
    """Whether rows hold as many values as the model takes in several axes."""
    if len(given) != 1 or len(wanted) < 2 or None in wanted:
        return False
    return math.prod(axis or 0 for axis in wanted) == given[0]


def check_fit(data: DataSet, shapes: ModelShapes) -> None:
    """Raise `DataError`, naming the shapes that met, where data do not fit."""
    data = arrange(data, shapes)
    for place, name, x in _arrays(data, "x"):
        wanted = shapes.inputs[place]
        if not _matches(x.shape[1:], wanted):
            takes = "the model takes"
            if len(shapes.inputs) > 1:
                takes += f" {shapes.names_of_inputs[place]} of shape"
            raise DataError(
                f"The samples of {name} in {data.name} have shape {x.shape[1:]}; "
                f"{takes} {_text(wanted)}. Reshape them, or choose data of that shape."
            )


def check_labels(
    data: DataSet, shapes: ModelShapes, objectives: tuple[Objective, ...]
) -> None:
    """Raise `DataError`, naming the shapes that met, where labels do not fit.

    Parameters
    ----------
    objectives
        One for each output.
    """
    for place, name, y in _arrays(data, "y"):
        output, loss = shapes.outputs[place], objectives[place].loss
        if loss == "sparse_categorical_crossentropy":
            _check_classes(data, name, y, output)
            continue
        label = y.shape[1:]
        scalar = output[-1:] == (1,) and label == output[:-1]
        if not (scalar or _matches(label, output)):
            whose = "the model's output"
            if len(shapes.outputs) > 1:
                whose += f" {shapes.names_of_outputs[place]}"
            raise DataError(
                f"The labels {name} in {data.name} have shape {label}; the loss "
                f"{loss} compares them with {whose}, of shape {_text(output)}. Choose "
                "another loss, or data of that shape."
            )


def _check_classes(data: DataSet, name: str, y: NDArray, output: Shape) -> None:
    each = y.shape[1:]
    if not (each == output[:-1] or (are_classes(y) and len(output) == 1)):
        raise DataError(
            f"The labels {name} in {data.name} have shape {each}; the loss "
            "sparse_categorical_crossentropy needs one class number for each output "
            f"of shape {_text(output)}."
        )
    lowest, highest, classes = y.min(), y.max(), output[-1]
    if lowest < 0 or (classes is not None and highest >= classes):
        raise DataError(
            f"The labels {name} in {data.name} run from {lowest} to {highest}; the "
            f"model tells {classes} classes apart, 0 to {(classes or 1) - 1}."
        )


def _arrays(data: DataSet, axis: str) -> Iterator[tuple[int, str, NDArray]]:
    """Yield the place, the name and the array of all inputs, or of all labels."""
    for part in ("train", "test", "validation"):
        samples = getattr(data, f"{axis}_{part}")
        if samples is not None:
            arrays = named_arrays(f"{axis}_{part}", samples)
            for place, (name, array) in enumerate(arrays.items()):
                yield place, name, array


def _matches(given: tuple[int, ...], wanted: Shape) -> bool:
    return len(given) == len(wanted) and all(
        want is None or have == want for have, want in zip(given, wanted, strict=True)
    )


def _text(shape: Shape) -> str:
    axes = ", ".join("any" if axis is None else str(axis) for axis in shape)
    return f"({axes},)" if len(shape) == 1 else f"({axes})"
