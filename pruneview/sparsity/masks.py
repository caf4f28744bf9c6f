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
    return _select(_comparable(magnitudes).flatten(), sparsity)


def weight_threshold(weights: NDArray[Any], sparsity: float) -> float:
    """Return `threshold` of the magnitudes of `weights`, holding them only once."""
    if weights.size == 0:
        return 0.0
    return _select(np.abs(_comparable(weights)).reshape(-1), sparsity)


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


def _select(flat: NDArray[Any], sparsity: float) -> float:
    """Return the smallest magnitude that is kept; `flat` is reordered."""
    place = flat.size - kept_count(flat.size, sparsity)
    flat.partition(place)
    found = float(flat[place])
    # numpy sorts NaN last; where even the smallest that is kept is one, all else goes.
    return math.inf if math.isnan(found) else found


def _comparable(values: NDArray[Any]) -> NDArray[Any]:
    """Widen dtypes that numpy cannot partition (bfloat16, float8) or does slowly."""
    if values.dtype in (np.float32, np.float64):
        return values
    return values.astype(np.float32)
