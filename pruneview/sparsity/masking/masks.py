"""Which weights magnitude pruning keeps: the rule of tfmot, in numpy.

The rule is that of ``tensorflow_model_optimization``'s
``pruning_impl.Pruning._update_mask``: of ``n`` weights the
``k = max(round(n * (1 - sparsity)), 1)`` largest magnitudes are kept, computed in
float32 and rounded half to even, and so is every weight that ties with the
smallest of them. tfmot leaves open what becomes of NaN: here it counts as the largest
of magnitudes, like infinity, and is kept.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A sample of 16,384 places a share within 1.6 % of its true place (four deviations).
_LARGE, _SAMPLE, _MARGIN = 2**17, 2**14, 256


def kept_count(size: int, sparsity: float) -> int:
    """Return how many of `size` weights are kept, ties aside; at least one."""
    share = np.float32(1) - np.float32(sparsity)
    kept = np.rint(np.float32(size) * share)
    # Above 2**24 float32 cannot hold every count and may round past the end.
    return min(max(int(kept), 1), size)


def threshold(magnitudes: NDArray[Any], sparsity: float) -> float:
    """Return the smallest magnitude that is kept.

    Parameters
    ----------
    magnitudes
        Absolute values, any shape, any floating dtype.
    sparsity
        Share of weights to remove, 0 to 1.

    Returns
    -------
    float
        The k-th largest magnitude (see `kept_count`); 0.0 for an empty array.
    """
    if magnitudes.size == 0:
        return 0.0
    flat = _comparable(magnitudes).ravel()
    found = float(smallest_at(flat, flat.size - kept_count(flat.size, sparsity)))
    # numpy sorts NaN last; where even the smallest that is kept is one, all else goes.
    return math.inf if math.isnan(found) else found


def magnitude_mask(weights: NDArray[Any], sparsity: float) -> NDArray[np.bool_]:
    """Return True for each weight that is kept, in the shape of `weights`.

    Parameters
    ----------
    weights
        Any shape, any floating dtype.
    sparsity
        Share of weights to remove, 0 to 1. Where magnitudes tie at the
        threshold, all of them are kept and fewer weights are removed.
    """
    return mask_and_threshold(weights, sparsity)[0]


def mask_and_threshold(
    weights: NDArray[Any], sparsity: float
) -> tuple[NDArray[np.bool_], float]:
    """Return `magnitude_mask` and `threshold` of the same weights, in one pass."""
    magnitudes = np.abs(_comparable(weights))
    smallest_kept = threshold(magnitudes, sparsity)
    return at_least(magnitudes, smallest_kept), smallest_kept


def at_least(magnitudes: NDArray[Any], smallest_kept: float) -> NDArray[np.bool_]:
    """Return True for each magnitude that a threshold keeps; for NaN always."""
    below: NDArray[np.bool_] = np.less(magnitudes, smallest_kept)
    return np.logical_not(below, out=below)


def threshold_mask(weights: NDArray[Any], smallest_kept: float) -> NDArray[np.bool_]:
    """Return True for each weight that a threshold keeps, in the shape of `weights`."""
    return at_least(np.abs(_comparable(weights)), smallest_kept)


def smallest_at(flat: NDArray[Any], place: int) -> Any:
    """Return the value that would be at `place` if `flat` were sorted.

    Of a large array only what lies near to it, by a sample, is partitioned.
    """
    lowest = flat.min()
    equal = np.count_nonzero(flat == lowest)
    if place < equal:
        return lowest
    if flat.size - equal >= _LARGE:
        sample = np.sort(flat[:: flat.size // _SAMPLE])
        sample = sample[sample != lowest]
        middle = (place - equal) / (flat.size - equal) * sample.size
        ends = np.clip([middle - _MARGIN, middle + _MARGIN], 0, sample.size - 1)
        low, high = sample[ends.astype(int)]
        near = flat >= low
        near &= flat <= high
        inside = flat[near]
        rank = place - np.count_nonzero(flat < low)
        # The sample may mislead; then everything is partitioned.
        if 0 <= rank < inside.size < flat.size // 2:
            return np.partition(inside, rank)[rank]
    # Among many equal values numpy's partition takes twenty times as long, and what
    # is pruned already is equal.
    above = flat[flat != lowest]
    above.partition(place - equal)
    return above[place - equal]


def _comparable(values: NDArray[Any]) -> NDArray[Any]:
    """Widen dtypes that numpy cannot partition (bfloat16, float8) or does slowly."""
    if values.dtype in (np.float32, np.float64):
        return values
    return values.astype(np.float32)
