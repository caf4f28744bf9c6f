"""Data sets that ``tf.data.Dataset.save`` has written."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.reading import Arrays, Reading, find_parts, split
from pruneview.pruning.data.spec import Shape
from pruneview.pruning.errors import DataError

_COMPRESSIONS = (None, "GZIP")
_OFTEN = 512  # samples between looks


def read_saved_dataset(folder: Path, shape: Shape, reading: Reading) -> Arrays:
    """Read pairs of input and label, batched or not, from one folder or from parts.

    Parameters
    ----------
    shape
        What the model takes: an input with one axis more is a batch of such.

    Raises
    ------
    DataError, Cancelled
    """
    parts = find_parts(folder)
    arrays: Arrays = {}
    for part, root in parts.items():
        arrays[f"x_{part}"], arrays[f"y_{part}"] = _read(root, shape, reading)
    if "x_" in arrays:
        return split(folder.name, arrays["x_"], arrays["y_"], reading)
    return arrays


def _read(folder: Path, shape: Shape, reading: Reading) -> tuple[NDArray, NDArray]:
    for compression in _COMPRESSIONS:
        try:
            return _collect(folder, compression, shape, reading)
        except _UnreadableError as error:
            cause: Exception = error
    raise DataError(
        f"{folder} cannot be read as a data set saved by tf.data.Dataset.save: {cause}."
    ) from cause


class _UnreadableError(Exception):
    """It cannot be read with this compression."""


def _collect(
    folder: Path, compression: str | None, shape: Shape, reading: Reading
) -> tuple[NDArray, NDArray]:
    import tensorflow as tf

    reading.progress(f"Reading {folder.name}")
    xs: list[NDArray] = []
    ys: list[NDArray] = []
    try:
        dataset = tf.data.Dataset.load(str(folder), compression=compression)
        if _is_batched(folder, dataset.element_spec, shape):
            dataset = dataset.unbatch()
        for place, (x, y) in enumerate(dataset.as_numpy_iterator()):
            if place % _OFTEN == 0:
                reading.progress(f"Reading {folder.name}, {place} samples so far")
            xs.append(x)
            ys.append(y)
        return np.stack(xs), np.stack(ys)
    except (tf.errors.OpError, OSError) as error:
        raise _UnreadableError(
            next(iter(str(error).splitlines()), type(error).__name__)
        ) from None
    except DataError:
        raise
    except ValueError as error:
        what = "is empty" if not xs else "holds samples of different shapes"
        raise DataError(f"{folder} {what}.") from error


def _is_batched(folder: Path, element: Any, shape: Shape) -> bool:
    import tensorflow as tf

    pair = isinstance(element, tuple) and len(element) == 2
    if not pair or not all(isinstance(part, tf.TensorSpec) for part in element):
        raise DataError(
            f"The elements of {folder.name} are {element}; they must be pairs of one "
            "input and its label."
        )
    rank = element[0].shape.rank
    return rank is not None and rank == len(shape) + 1
