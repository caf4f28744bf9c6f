"""What can be said of a weight in a few numbers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class WeightStatistics:
    """Counts and moments of one weight; NaN where there is no finite value.

    The moments are over the finite values. `mean_magnitude` is the mean of |w|.
    """

    size: int
    zeros: int
    not_finite: int
    minimum: float
    maximum: float
    mean: float
    standard_deviation: float
    mean_magnitude: float

    @property
    def sparsity(self) -> float:
        """Share of exact zeros, 0 to 1."""
        return self.zeros / self.size if self.size else 0.0


def weight_statistics(values: NDArray[np.generic]) -> WeightStatistics:
    """Count and measure a weight of any shape and numeric dtype."""
    flat = values.reshape(-1)
    zeros = flat.size - int(np.count_nonzero(flat))
    if flat.dtype.itemsize < 4 or flat.dtype.kind not in "fiu":
        flat = flat.astype(np.float32)
    finite = np.isfinite(flat)
    not_finite = flat.size - int(np.count_nonzero(finite))
    if not_finite:
        flat = flat[finite]
    if not flat.size:
        nan = float("nan")
        return WeightStatistics(values.size, zeros, not_finite, nan, nan, nan, nan, nan)
    return WeightStatistics(
        size=values.size,
        zeros=zeros,
        not_finite=not_finite,
        minimum=float(flat.min()),
        maximum=float(flat.max()),
        mean=float(flat.mean(dtype=np.float64)),
        standard_deviation=float(flat.std(dtype=np.float64)),
        mean_magnitude=float(np.abs(flat).mean(dtype=np.float64)),
    )
