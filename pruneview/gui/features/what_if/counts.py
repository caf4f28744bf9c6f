"""How many weights lie below any threshold, found in microseconds. No Qt here."""

from collections.abc import Callable, Iterable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import Weight
from pruneview.pruning.pieces import pieces

#: Weights of up to so many values are sorted; all that are sorted take at most 134 MB.
_SORTED_UP_TO = 1 << 22
_SORTED_IN_ALL = 1 << 25
#: Bits of a float32 that are dropped: what is left tells magnitudes to 1 in 2,048.
_DROPPED = 12
_BUCKETS = 1 << (31 - _DROPPED)


class Counts(Protocol):
    """The magnitudes of one weight.

    Attributes
    ----------
    size, zeros
        All values, and those that are exactly zero.
    exact
        Whether `below` is exact at every threshold.
    """

    size: int
    zeros: int
    exact: bool

    def below(self, threshold: float) -> int:
        """Return how many magnitudes are less than `threshold`; NaN never is."""


class SortedMagnitudes:
    """Every magnitude, in order: exact.

    Parameters
    ----------
    values
        Of any shape.
    """

    exact = True

    def __init__(self, values: NDArray[np.generic]) -> None:
        self._sorted = np.sort(_magnitudes(values))
        self.size = self._sorted.size
        self.zeros = int(np.searchsorted(self._sorted, 0, side="right"))

    def below(self, threshold: float) -> int:
        """See `Counts.below`."""
        at = self._sorted.dtype.type(threshold)
        return int(np.searchsorted(self._sorted, at))


class BucketedMagnitudes:
    """Cumulative counts over buckets: the leading bits of magnitudes as float32.

    The bits of positive floats are in the order of their values, so a bucket is a
    range of magnitudes 1/2,048 of its lower end wide; `below` interpolates inside it.

    Parameters
    ----------
    several
        The values, in pieces.
    """

    exact = False

    def __init__(self, several: Iterable[NDArray[np.generic]]) -> None:
        counts = np.zeros(_BUCKETS, np.int64)
        self.zeros = 0
        for values in several:
            magnitudes = _magnitudes(values).astype(np.float32, copy=False)
            bits = magnitudes.view(np.uint32) >> np.uint32(_DROPPED)
            counts += np.bincount(bits, minlength=_BUCKETS)
            self.zeros += magnitudes.size - int(np.count_nonzero(magnitudes))
        self.size = int(counts.sum())
        # Zeros are no part of a range: they are below whatever is more than zero.
        counts[0] -= self.zeros
        used = np.flatnonzero(counts)
        self._first = int(used[0]) if used.size else 0
        last = int(used[-1]) + 1 if used.size else 1
        self._cumulative = np.concatenate(([0], np.cumsum(counts[self._first : last])))

    def below(self, threshold: float) -> int:
        """See `Counts.below`; right to within the counts of one bucket."""
        if not threshold > 0:
            return 0
        bits = int(np.float32(threshold).view(np.uint32))
        place = (bits >> _DROPPED) - self._first
        if place < 0:
            return self.zeros
        if place >= self._cumulative.size - 1:
            return self.zeros + int(self._cumulative[-1])
        start, end = (int(n) for n in self._cumulative[place : place + 2])
        inside = (bits & ((1 << _DROPPED) - 1)) / (1 << _DROPPED)
        return self.zeros + start + round((end - start) * inside)


def count_weights(
    weights: Iterable[Weight],
    report: Callable[[tuple[str, Counts]], None],
    cancelled: Callable[[], bool],
) -> None:
    """Report (path, counts) of each weight; the small ones are exact."""
    room = _SORTED_IN_ALL
    for weight in weights:
        if cancelled():
            return
        if weight.size <= min(_SORTED_UP_TO, room):
            room -= weight.size
            report((weight.path, SortedMagnitudes(weight.read())))
        else:
            report((weight.path, BucketedMagnitudes(pieces(weight))))


def _magnitudes(values: NDArray[np.generic]) -> NDArray[np.floating]:
    flat = values.reshape(-1)
    if flat.dtype not in (np.float32, np.float64):
        flat = flat.astype(np.float32)
    return np.abs(flat)
