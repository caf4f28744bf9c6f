"""Data to train on and to measure with."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.functions import call_function
from pruneview.pruning.data.images import read_images
from pruneview.pruning.data.keras_datasets import IMAGES, load_keras_dataset
from pruneview.pruning.data.npz import OPTIONAL, read_npz
from pruneview.pruning.data.reading import Arrays, Reading
from pruneview.pruning.data.saved_dataset import read_saved_dataset
from pruneview.pruning.data.spec import DataSpec
from pruneview.pruning.data.table import read_csv
from pruneview.pruning.errors import DataError
from pruneview.pruning.events import Event
from pruneview.resources import resource

__all__ = ["DataSet", "DataSpec", "load"]

_KINDS = "fiub"


@dataclass(frozen=True, eq=False)
class DataSet:
    """Samples on the first axis; labels of the same length.

    ``images`` tells that values are pixels from 0 to 255, not yet scaled.
    """

    name: str
    x_train: NDArray[Any]
    y_train: NDArray[Any]
    x_test: NDArray[Any]
    y_test: NDArray[Any]
    x_validation: NDArray[Any] | None = None
    y_validation: NDArray[Any] | None = None
    images: bool = False

    @property
    def held_out(self) -> tuple[NDArray[Any], NDArray[Any], str]:
        """Samples for measuring during a run: validation where given, else test."""
        if self.x_validation is not None and self.y_validation is not None:
            return self.x_validation, self.y_validation, "validation"
        return self.x_test, self.y_test, "test"

    def with_inputs(self, change: Callable[[NDArray], NDArray]) -> "DataSet":
        """Return the same data with `change` applied to every part's inputs."""
        return dataclasses.replace(
            self,
            x_train=change(self.x_train),
            x_test=change(self.x_test),
            x_validation=None
            if self.x_validation is None
            else change(self.x_validation),
            images=False,
        )


def load(
    spec: DataSpec,
    report: Callable[[Event], None],
    cancelled: Callable[[], bool] = lambda: False,
) -> DataSet:
    """Read the data; nothing is scaled, and only images are resized.

    Parameters
    ----------
    spec
        With its ``shape``, where it needs the model's.
    report
        Told what is being waited for, and what is to be known of the data.
    cancelled
        Asked during what takes long.

    Raises
    ------
    DataError
        With a sentence for the person.
    Cancelled
        Where `cancelled` turned true.
    """
    reading = Reading(report, cancelled)
    if spec.kind == "keras":
        reading.progress(f"Loading {spec.name}")
        arrays = load_keras_dataset(spec.name, report, cancelled)
        return _checked(str(spec), arrays, images=spec.name in IMAGES)
    if spec.kind == "demo":
        path = resource("demo", "digits.npz")
        reading.progress(f"Loading {path.name}")
        return _checked("UCI handwritten digits", read_npz(path))
    if spec.kind == "python":
        arrays = call_function(spec.name, allow_code=spec.allow_code, reading=reading)
        return _checked(spec.name, arrays)
    return _from_path(spec, Path(spec.name), reading)


def _from_path(spec: DataSpec, path: Path, reading: Reading) -> DataSet:
    if spec.kind == "npz":
        reading.progress(f"Loading {path.name}")
        return _checked(path.name, read_npz(path))
    if spec.kind == "csv":
        return _checked(path.name, read_csv(path, spec.label, reading))
    if spec.shape is None:
        raise DataError(
            f"How {path.name} is read depends on what the model takes: open a model "
            "first."
        )
    if spec.kind == "images":
        arrays = read_images(path, spec.shape, reading)
        return _checked(path.name, arrays, images=True)
    return _checked(path.name, read_saved_dataset(path, spec.shape, reading))


def _checked(name: str, arrays: Arrays, *, images: bool = False) -> DataSet:
    if ("x_validation" in arrays) != ("y_validation" in arrays):
        raise DataError(f"{name} has only one of {' and '.join(OPTIONAL)}.")
    for part in ("train", "test", "validation"):
        x, y = arrays.get(f"x_{part}"), arrays.get(f"y_{part}")
        if x is None or y is None:
            continue
        for which, array in ((f"x_{part}", x), (f"y_{part}", y)):
            if array.dtype.kind not in _KINDS:
                raise DataError(
                    f"{which} in {name} holds {array.dtype}, which is not numbers."
                )
            if array.ndim == 0 or array.size == 0:
                raise DataError(f"{which} in {name} is empty.")
            if array.dtype.kind == "f" and not np.isfinite(array.sum(dtype=np.float64)):
                raise DataError(
                    f"{which} in {name} holds values that are not numbers (NaN or "
                    "infinity). Replace them, and try again."
                )
        if len(x) != len(y):
            raise DataError(
                f"x_{part} in {name} has {len(x)} samples and y_{part} has {len(y)}; "
                "they must be as many."
            )
    return DataSet(name, **arrays, images=images)
