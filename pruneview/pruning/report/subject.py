"""A model that a report is about: its arrays, and how to have it built."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import open_model
from pruneview.pruning.report.built import BuiltModel, build_from_file
from pruneview.pruning.report.rows import Zeros


@dataclass(frozen=True, eq=False)
class Subject:
    """One model, dense or pruned.

    Attributes
    ----------
    name
        For the head of its column.
    arrays
        All weights, in their own types.
    prunable
        For each of them, whether zeros may be made in it.
    optimizer
        The optimizer's state, where there is any.
    file_bytes
        Size of its file as it is on disk; None where it is in none.
    build
        Builds it with Keras, or raises ModelError.
    path
        The file it is from; None where that is not known.
    """

    name: str
    arrays: tuple[NDArray, ...]
    prunable: tuple[bool, ...]
    optimizer: tuple[NDArray, ...]
    file_bytes: int | None
    build: Callable[[], BuiltModel]
    path: Path | None = None

    @property
    def zeros(self) -> Zeros:
        """Zeros counted over the weights that can be pruned."""
        chosen = self._prunable_arrays()
        size = sum(array.size for array in chosen)
        left = sum(int(np.count_nonzero(array)) for array in chosen)
        return Zeros(size, size - left)

    @property
    def pointwise_share(self) -> float:
        """Share of the prunable weights that are in 1x1 convolutions, 0 to 1."""
        chosen = self._prunable_arrays()
        inside = sum(a.size for a in chosen if a.ndim == 4 and a.shape[:2] == (1, 1))
        size = sum(array.size for array in chosen)
        return inside / size if size else 0.0

    def _prunable_arrays(self) -> list[NDArray]:
        pairs = zip(self.arrays, self.prunable, strict=True)
        return [array for array, can in pairs if can]


def subject_of_file(path: Path) -> Subject:
    """Read a model file, all its weights at once.

    Raises
    ------
    FormatError
        It is no model's file, or damaged.
    """
    with open_model(path) as file:
        weights = [weight for layer in file.layers for weight in layer.weights]
        return Subject(
            path.name,
            tuple(np.array(weight.read()) for weight in weights),
            tuple(weight.prunable for weight in weights),
            tuple(np.array(dataset.read()) for dataset in file.training),
            _bytes_on_disk(path),
            lambda: build_from_file(path),
            path,
        )


def subject_in_memory(
    name: str,
    model: Any,
    *,
    arrays: Sequence[NDArray],
    prunable: Sequence[bool],
    optimizer: Sequence[NDArray],
    compile_config: dict[str, Any] | None,
) -> Subject:
    """Return the subject of a built Keras model that is in no file yet."""
    return Subject(
        name,
        tuple(arrays),
        tuple(prunable),
        tuple(optimizer),
        None,
        lambda: BuiltModel(model, compile_config),
    )


def _bytes_on_disk(path: Path) -> int:
    if path.is_dir():
        return sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    return path.stat().st_size
