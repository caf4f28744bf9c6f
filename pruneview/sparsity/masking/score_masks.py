"""Masks by scores other than magnitudes, and thresholds over several weights."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.masking.masks import kept_count, smallest_at, threshold


def score_masks(
    scores: Sequence[NDArray[Any]], weights: Sequence[NDArray[Any]], sparsity: float
) -> list[NDArray[np.bool_]]:
    """Return masks that together keep the highest scores of all the weights.

    Of equal scores those of larger magnitude are kept: a gradient is zero wherever
    no sample reaches, and ties would otherwise keep everything.

    Parameters
    ----------
    scores
        One array for each of `weights`, of its shape.
    sparsity
        Share of weights to remove over all of them, 0 to 1; exact, as
        `pruneview.sparsity.masking.masks.kept_count` rounds it.
    """
    flat = np.concatenate([s.ravel() for s in scores])
    kept = kept_count(flat.size, sparsity)
    lowest = smallest_at(flat, flat.size - kept)
    chosen = flat > lowest
    tied = np.flatnonzero(flat == lowest)
    magnitudes = np.concatenate([np.abs(w).ravel() for w in weights])[tied]
    wanted = kept - int(np.count_nonzero(chosen))
    chosen[tied[np.argsort(-magnitudes, kind="stable")[:wanted]]] = True
    ends = np.cumsum([s.size for s in scores])[:-1]
    return [
        part.reshape(s.shape)
        for part, s in zip(np.split(chosen, ends), scores, strict=True)
    ]


def shared_masks(
    weights: Sequence[NDArray[Any]], sparsity: float, *, normalized: bool
) -> tuple[list[NDArray[np.bool_]], list[float]]:
    """Return masks by one threshold over all the weights' magnitudes.

    A weight array that lies below it as a whole keeps its largest magnitude, so that
    no layer is cut through.

    Parameters
    ----------
    sparsity
        Share of weights to remove over all of them; those that tie are kept.
    normalized
        Whether magnitudes are divided by the root mean square of their array.

    Returns
    -------
    masks, thresholds
        The smallest magnitude kept of each array, in its own units.
    """
    scales = [root_mean_square(w) if normalized else 1.0 for w in weights]
    magnitudes = [
        np.abs(w).astype(np.float32) / np.float32(scale)
        for w, scale in zip(weights, scales, strict=True)
    ]
    common = threshold(np.concatenate([m.ravel() for m in magnitudes]), sparsity)
    lowest = [min(common, float(m.max(initial=0))) for m in magnitudes]
    masks = [m >= low for m, low in zip(magnitudes, lowest, strict=True)]
    return masks, [low * scale for low, scale in zip(lowest, scales, strict=True)]


def root_mean_square(values: NDArray[Any]) -> float:
    """Return the root of the mean square, or 1.0 where all values are zero."""
    if values.size == 0:
        return 1.0
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64)))) or 1.0
