"""Data to train on and to measure with."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pruneview.pruning.data.functions import call_function
from pruneview.pruning.data.grouping import OPTIONAL
from pruneview.pruning.data.images import read_images
from pruneview.pruning.data.keras_datasets import IMAGES, load_keras_dataset
from pruneview.pruning.data.npz import read_npz
from pruneview.pruning.data.reading import Reading
from pruneview.pruning.data.samples import Change, Samples, changed, named_arrays
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

    Where a model has several inputs or outputs, there is an array for each of them.

    ``images`` tells that values are pixels from 0 to 255, not yet scaled.
    """

    name: str
    x_train: Samples
    y_train: Samples
    x_test: Samples
    y_test: Samples
    x_validation: Samples | None = None
    y_validation: Samples | None = None
    images: bool = False

    @property
    def held_out(self) -> tuple[Samples, Samples, str]:
        """Samples for measuring during a run: validation where given, else test."""
        if self.x_validation is not None and self.y_validation is not None:
            return self.x_validation, self.y_validation, "validation"
        return self.x_test, self.y_test, "test"

    def with_inputs(self, *changes: Change) -> "DataSet":
        """Return the same data with each input of every part changed, one by one."""
        return dataclasses.replace(
            self,
            x_train=changed(self.x_train, changes),
            x_test=changed(self.x_test, changes),
            x_validation=None
            if self.x_validation is None
            else changed(self.x_validation, changes),
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
        pairs = load_keras_dataset(spec.name, report, cancelled)
        return _checked(str(spec), pairs, images=spec.name in IMAGES)
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


def _checked(
    name: str, arrays: Mapping[str, Samples], *, images: bool = False
) -> DataSet:
    if ("x_validation" in arrays) != ("y_validation" in arrays):
        raise DataError(f"{name} has only one of {' and '.join(OPTIONAL)}.")
    for part in ("train", "test", "validation"):
        x, y = arrays.get(f"x_{part}"), arrays.get(f"y_{part}")
        if x is None or y is None:
            continue
        arrays_here = named_arrays(f"x_{part}", x) | named_arrays(f"y_{part}", y)
        for which, array in arrays_here.items():
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
            if len(array) != len(x):
                first = next(iter(arrays_here))
                raise DataError(
                    f"{first} in {name} has {len(x)} samples and {which} has "
                    f"{len(array)}; they must be as many."
                )
    return DataSet(name, **arrays, images=images)
