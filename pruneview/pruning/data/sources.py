"""Data to train on and to measure with."""

import dataclasses
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.keras_datasets import DATASETS, IMAGES, load_keras_dataset
from pruneview.pruning.errors import DataError
from pruneview.pruning.events import Event, Preparing
from pruneview.resources import resource

_REQUIRED = ("x_train", "y_train", "x_test", "y_test")
_OPTIONAL = ("x_validation", "y_validation")
_KINDS = "fiub"


@dataclass(frozen=True)
class DataSpec:
    """Where data come from.

    ``kind`` is ``demo``, ``npz`` or ``keras``; ``name`` is the file's path or the
    data set's name.
    """

    kind: str
    name: str = ""

    @classmethod
    def parse(cls, text: str | Path) -> "DataSpec":
        """Read ``demo``, ``FILE.npz``, ``keras:NAME`` or a bare data set's name.

        Raises
        ------
        DataError
            Where it is none of these.
        """
        name = str(text).strip()
        if name == "demo":
            return cls("demo")
        bare = name.removeprefix("keras:")
        if bare in DATASETS:
            return cls("keras", bare)
        if bare != name:
            raise DataError(
                f"Keras has no data set {bare!r} that can be used here; choose one of "
                f"{', '.join(DATASETS)}."
            )
        if name.lower().endswith(".npz"):
            return cls("npz", name)
        raise DataError(
            f"{name!r} is not data that can be used: give demo, the path of an .npz "
            f"file, or keras: and one of {', '.join(DATASETS)}."
        )

    def __str__(self) -> str:
        """Return what `parse` reads."""
        return {"demo": "demo", "npz": self.name}.get(self.kind, f"keras:{self.name}")


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
    """Read the data; nothing is scaled or reshaped.

    Parameters
    ----------
    report
        Told what is being waited for.
    cancelled
        Asked during a download.

    Raises
    ------
    DataError
        With a sentence for the person.
    Cancelled
        Where `cancelled` turned true.
    """
    if spec.kind == "keras":
        report(Preparing(f"Loading {spec.name}"))
        arrays = load_keras_dataset(spec.name, report, cancelled)
        return _checked(f"keras:{spec.name}", arrays, images=spec.name in IMAGES)
    path = resource("demo", "digits.npz") if spec.kind == "demo" else Path(spec.name)
    report(Preparing(f"Loading {path.name}"))
    name = "UCI handwritten digits" if spec.kind == "demo" else path.name
    return _checked(name, _read_npz(path))


def _read_npz(path: Path) -> dict[str, NDArray]:
    """Read the arrays; one that would need pickle, which can run code, is refused."""
    try:
        # numpy leaves a damaged file open that it has opened itself.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataError(f"{path.name} is not an .npz archive of named arrays.")
            missing = [name for name in _REQUIRED if name not in archive.files]
            if missing:
                raise DataError(
                    f"{path.name} has no {', '.join(missing)}: it must hold the arrays "
                    f"{', '.join(_REQUIRED)}, and may hold {' and '.join(_OPTIONAL)}."
                )
            wanted = (*_REQUIRED, *_OPTIONAL)
            return {name: archive[name] for name in wanted if name in archive.files}
    except DataError:
        raise
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None
    except ValueError as error:
        if "pickle" in str(error).lower():
            raise DataError(
                f"{path.name} holds Python objects, not plain arrays. They could run "
                "code, so they are not read: save arrays of numbers with numpy.savez."
            ) from error
        raise _damaged(path, error) from error
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"{path.name} cannot be read as an .npz file: {error}.")


def _checked(name: str, arrays: dict[str, NDArray], *, images: bool = False) -> DataSet:
    if ("x_validation" in arrays) != ("y_validation" in arrays):
        raise DataError(f"{name} has only one of {' and '.join(_OPTIONAL)}.")
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
