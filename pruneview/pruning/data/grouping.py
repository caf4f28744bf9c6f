"""Arrays by name to samples: ``x_train``, or one array for each input of a model."""

from collections.abc import Iterable

from numpy.typing import NDArray

from pruneview.pruning.data.samples import Samples, Several
from pruneview.pruning.errors import DataError

REQUIRED = ("x_train", "y_train", "x_test", "y_test")
OPTIONAL = ("x_validation", "y_validation")

#: How several inputs or outputs are named, for sentences.
SEVERAL = (
    "for a model with several inputs or outputs, one array for each, named by it or "
    "by its number, as x_train_image or x_train_0"
)


def group_names(names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return which of `names` make up each part of the data.

    A part is one array of its own name, or all whose names go on after ``x_train_``.
    Names of something else are left out.
    """
    given = tuple(names)
    found: dict[str, tuple[str, ...]] = {}
    for part in (*REQUIRED, *OPTIONAL):
        several = tuple(name for name in given if name.startswith(f"{part}_"))
        if part in given:
            found[part] = (part,)
        elif several:
            found[part] = several
    return found


def check_parts(source: str, found: Iterable[str]) -> None:
    """Raise `DataError` where a part is missing that must be there."""
    missing = [part for part in REQUIRED if part not in found]
    if missing:
        raise DataError(
            f"{source} has no {', '.join(missing)}: it must hold the arrays "
            f"{', '.join(REQUIRED)}, and may hold {' and '.join(OPTIONAL)}; {SEVERAL}."
        )


def grouped(part: str, arrays: dict[str, NDArray]) -> Samples:
    """Return the samples of a part, from its arrays by their full names."""
    if part in arrays:
        return arrays[part]
    stem = len(part) + 1
    return Several(tuple(name[stem:] for name in arrays), tuple(arrays.values()))
