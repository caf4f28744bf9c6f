"""Samples: one array of them, or several arrays that belong together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Several:
    """One array for each input, or each output, of a model.

    As of a single array, `len` counts the samples, and an index or a slice chooses
    some of them, in every array.

    Attributes
    ----------
    names
        Of the arrays: those of the model's ends, or numbers in the model's order.
    arrays
        Of the same length; at least one.
    """

    names: tuple[str, ...]
    arrays: tuple[NDArray[Any], ...]

    def __len__(self) -> int:
        """Return how many samples there are."""
        return len(self.arrays[0])

    def __getitem__(self, chosen: Any) -> "Several":
        """Return those samples of every array."""
        return Several(self.names, tuple(array[chosen] for array in self.arrays))


#: What a model takes, or is to give, for every sample.
Samples = NDArray[Any] | Several

Change = Callable[[NDArray[Any]], NDArray[Any]]


def arrays_of(samples: Samples) -> tuple[NDArray[Any], ...]:
    """Return the arrays: the one, or all of several."""
    return samples.arrays if isinstance(samples, Several) else (samples,)


def named_arrays(stem: str, samples: Samples) -> dict[str, NDArray[Any]]:
    """Return the arrays as ``x_train``, or as ``x_train_image`` and so on."""
    if isinstance(samples, Several):
        names = (f"{stem}_{name}" for name in samples.names)
        return dict(zip(names, samples.arrays, strict=True))
    return {stem: samples}


def changed(samples: Samples, changes: Sequence[Change]) -> Samples:
    """Apply to each array its own change."""
    made = tuple(
        change(array) for change, array in zip(changes, arrays_of(samples), strict=True)
    )
    return Several(samples.names, made) if isinstance(samples, Several) else made[0]
