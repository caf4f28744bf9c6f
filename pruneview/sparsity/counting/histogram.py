"""The distribution of a weight's magnitudes, exact zeros counted apart."""

from dataclasses import dataclass

import numpy as np
from fast_histogram import histogram1d
from numpy.typing import NDArray

BINS = 128


@dataclass(frozen=True)
class MagnitudeHistogram:
    """How many weights have which magnitude.

    Attributes
    ----------
    counts
        Nonzero finite weights in each of the equal bins from 0 to `maximum`,
        shape (bins,).
    maximum
        The upper edge of the last bin, which holds the largest finite magnitude.
    zeros
        Exact zeros; in none of the bins.
    not_finite
        NaN and infinite values; in none of the bins.
    """

    counts: NDArray[np.int64]
    maximum: float
    zeros: int
    not_finite: int

    @property
    def size(self) -> int:
        """All the weights."""
        return int(self.counts.sum()) + self.zeros + self.not_finite

    @property
    def edges(self) -> NDArray[np.float64]:
        """The bins' edges, shape (bins + 1,), in the weight's own unit."""
        return np.linspace(0.0, self.maximum, self.counts.size + 1)

    def merged(self, at_most: int = BINS) -> "MagnitudeHistogram":
        """Return the same counts in at most so many wider bins."""
        wide = -(-self.counts.size // at_most)
        if wide == 1:
            return self
        missing = -self.counts.size % wide
        counts = np.pad(self.counts, (0, missing)).reshape(-1, wide).sum(axis=1)
        maximum = self.maximum * (self.counts.size + missing) / self.counts.size
        return MagnitudeHistogram(counts, maximum, self.zeros, self.not_finite)

    def threshold_for(self, sparsity: float) -> float:
        """Return about the magnitude below which that share of all weights lies.

        Right to within one bin.
        """
        below = self.zeros + np.cumsum(self.counts)
        place = int(np.searchsorted(below, sparsity * self.size))
        return float(self.edges[min(place, self.counts.size - 1)])


def magnitude_histogram(
    values: NDArray[np.generic], bins: int = BINS
) -> MagnitudeHistogram:
    """Return the histogram of |values| over `bins` equal bins."""
    magnitudes = np.abs(values.reshape(-1).astype(np.float32, copy=False))
    finite = np.isfinite(magnitudes)
    not_finite = magnitudes.size - int(np.count_nonzero(finite))
    if not_finite:
        magnitudes = magnitudes[finite]
    zeros = magnitudes.size - int(np.count_nonzero(magnitudes))
    maximum = float(magnitudes.max()) if magnitudes.size else 0.0
    if maximum == 0.0:
        return MagnitudeHistogram(np.zeros(bins, np.int64), 0.0, zeros, not_finite)
    # The library leaves out the upper edge, so the range ends just above it.
    upper = float(np.nextafter(np.float64(np.float32(maximum)), np.inf))
    counts = histogram1d(magnitudes, bins=bins, range=(0.0, upper)).astype(np.int64)
    counts[0] -= zeros
    counts[-1] += magnitudes.size - zeros - int(counts.sum())
    return MagnitudeHistogram(counts, maximum, zeros, not_finite)


def share_below(values: NDArray[np.generic], threshold: float) -> float:
    """Return the share of weights whose magnitude is below `threshold`, 0 to 1.

    Counted over the values themselves, not read off the bins; exact zeros count.
    """
    if not values.size:
        return 0.0
    below = np.abs(values) < np.asarray(threshold, values.dtype)
    return int(np.count_nonzero(below)) / values.size
