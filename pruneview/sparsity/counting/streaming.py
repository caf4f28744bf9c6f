"""Statistics of a weight that comes in pieces, in one pass and little memory."""

import math
from typing import Any

import numpy as np
from fast_histogram import histogram1d
from numpy.typing import NDArray

from pruneview.sparsity.counting.histogram import MagnitudeHistogram
from pruneview.sparsity.counting.statistics import WeightStatistics

#: Values at a time: half a megabyte of float32 stays in a core's own cache.
_PIECE = 1 << 17
#: Magnitudes between which float32 holds squares and their sums.
_SAFE_SMALL, _SAFE_LARGE = 1e-15, 1e15
_BINS = 4096


class StreamingStatistics:
    """Counts, moments and the histogram of magnitudes of values seen so far.

    The histogram's range grows by doubling, with neighbouring bins added up, so that
    every count is exact though the largest magnitude is not known beforehand.

    Means and sums of squares about them are taken of each piece by itself, and merged
    in float64 by the pairwise formula of T. F. Chan, G. H. Golub and R. J. LeVeque,
    "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances" (1979),
    which loses nothing where the mean is large and the spread is small.
    """

    def __init__(self) -> None:
        self._size = self._zeros = self._not_finite = 0
        self._minimum, self._maximum = math.inf, -math.inf
        self._mean = self._squares = self._magnitudes = 0.0
        self._finite = 0
        self._counts = np.zeros(_BINS, np.int64)
        self._range = 0.0

    def add(self, values: NDArray[Any]) -> None:
        """Take in more values, of any shape and numeric dtype."""
        flat = values.reshape(-1)
        for start in range(0, flat.size, _PIECE):
            self._add_piece(flat[start : start + _PIECE])

    def _add_piece(self, piece: NDArray[Any]) -> None:
        self._size += piece.size
        if piece.dtype not in (np.float32, np.float64):
            whole_numbers = piece.dtype.kind in "iu" and piece.dtype.itemsize > 2
            piece = piece.astype(np.float64 if whole_numbers else np.float32)
        low, high = float(piece.min()), float(piece.max())
        if not (math.isfinite(low) and math.isfinite(high)):
            finite = piece[np.isfinite(piece)]
            self._not_finite += piece.size - finite.size
            piece = finite
            if not piece.size:
                return
            low, high = float(piece.min()), float(piece.max())
        self._minimum = min(self._minimum, low)
        self._maximum = max(self._maximum, high)
        zeros = piece.size - int(np.count_nonzero(piece))
        self._zeros += zeros
        magnitudes = np.abs(piece)
        self._merge(piece, magnitudes)
        self._grow(max(-low, high))
        if self._range:
            counts = histogram1d(magnitudes, bins=_BINS, range=(0.0, self._range))
            self._counts += counts.astype(np.int64)
            self._counts[0] -= zeros

    def _merge(self, piece: NDArray[Any], magnitudes: NDArray[Any]) -> None:
        """Take in the moments of a piece of finite values."""
        largest = float(magnitudes.max())
        if piece.dtype == np.float32 and not _SAFE_SMALL <= largest <= _SAFE_LARGE:
            # Squares would leave float32's range.
            piece, magnitudes = piece.astype(np.float64), magnitudes.astype(np.float64)
        self._magnitudes += float(magnitudes.sum())
        mean = float(piece.sum(dtype=np.float64)) / piece.size
        # About the mean float32 is exact enough for a piece; pieces meet in float64.
        centred = piece - piece.dtype.type(mean)
        squares = float(np.dot(centred, centred))
        finite = self._finite + piece.size
        apart = mean - self._mean
        self._squares += squares + apart * apart * self._finite * piece.size / finite
        self._mean += apart * piece.size / finite
        self._finite = finite

    def _grow(self, magnitude: float) -> None:
        if magnitude < self._range or magnitude == 0:
            return
        wanted = 2.0 ** (math.floor(math.log2(magnitude)) + 1)
        if self._range == 0:
            self._range = wanted
            # Zeros alone have come so far, and they are in no bin.
            self._counts[:] = 0
            return
        while self._range < wanted:
            halved = self._counts.reshape(-1, 2).sum(axis=1)
            self._counts[: halved.size] = halved
            self._counts[halved.size :] = 0
            self._range *= 2

    def statistics(self) -> WeightStatistics:
        """Return what is known of all values so far; see `weight_statistics`."""
        if not self._finite:
            nan = math.nan
            return WeightStatistics(
                self._size, self._zeros, self._not_finite, nan, nan, nan, nan, nan
            )
        return WeightStatistics(
            size=self._size,
            zeros=self._zeros,
            not_finite=self._not_finite,
            minimum=self._minimum,
            maximum=self._maximum,
            mean=self._mean,
            standard_deviation=math.sqrt(self._squares / self._finite),
            mean_magnitude=self._magnitudes / self._finite,
        )

    def histogram(self) -> MagnitudeHistogram:
        """Return the histogram of the nonzero magnitudes, 2,048 to 4,096 bins wide."""
        if not self._range:
            none = np.zeros(1, np.int64)
            return MagnitudeHistogram(none, 0.0, self._zeros, self._not_finite)
        largest = max(-self._minimum, self._maximum)
        used = min(_BINS, math.floor(largest / self._range * _BINS) + 1)
        maximum = used * self._range / _BINS
        counts = self._counts[:used].copy()
        return MagnitudeHistogram(counts, maximum, self._zeros, self._not_finite)
