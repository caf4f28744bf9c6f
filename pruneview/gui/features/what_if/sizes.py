"""How small a model would become: estimated from samples at once, or exactly. No Qt."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import Weight
from pruneview.pruning.pieces import is_large, pieces
from pruneview.sparsity.masking.masks import threshold as threshold_for
from pruneview.sparsity.masking.masks import threshold_mask
from pruneview.sparsity.sizing.deflating import deflated_size_of_pieces
from pruneview.sparsity.sizing.sizes import deflated_size

_SAMPLE = 1 << 16
_SPARSITIES = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)


@dataclass(frozen=True)
class SizeCurve:
    """The deflated size of a weight by its share of zeros, from a sample of it.

    Attributes
    ----------
    size
        Values of the weight.
    shares, bytes_each
        Shares of zeros in the sample, rising, and the deflated bytes of a value.
    """

    size: int
    shares: NDArray[np.float64]
    bytes_each: NDArray[np.float64]

    def at(self, share: float) -> float:
        """Return about the bytes at a share of zeros."""
        return self.size * float(np.interp(share, self.shares, self.bytes_each))


def size_curve(weight: Weight) -> SizeCurve:
    """Deflate a stretch from the middle of a weight at several sparsities."""
    sample = _stretch(weight)
    if not sample.size:
        return SizeCurve(0, np.zeros(1), np.zeros(1))
    magnitudes = np.abs(sample.astype(np.float32, copy=False))
    points: dict[float, float] = {}
    for sparsity in _SPARSITIES:
        kept = threshold_mask(sample, threshold_for(magnitudes, sparsity))
        pruned = np.where(kept, sample, np.zeros((), sample.dtype))
        share = 1 - int(np.count_nonzero(pruned)) / sample.size
        points[share] = deflated_size(pruned) / sample.size
    points[1.0] = deflated_size(np.zeros_like(sample)) / sample.size
    shares = sorted(points)
    return SizeCurve(
        weight.size, np.array(shares), np.array([points[share] for share in shares])
    )


def exact_size(
    weights: Iterable[Weight],
    taken: frozenset[str],
    threshold: float,
    cancelled: Callable[[], bool],
) -> int | None:
    """Return the deflated bytes of all weights if the `taken` ones were pruned.

    None where `cancelled` turned true.
    """
    total = 0
    for weight in weights:
        at = threshold if weight.path in taken else 0.0
        total += deflated_size_of_pieces(_pruned(weight, at, cancelled))
        if cancelled():
            return None
    return total


def _pruned(
    weight: Weight, threshold: float, cancelled: Callable[[], bool]
) -> Iterator[NDArray[Any]]:
    for piece in pieces(weight):
        if cancelled():
            return
        if threshold > 0:
            kept = threshold_mask(piece, threshold)
            yield np.where(kept, piece, np.zeros((), piece.dtype))
        else:
            yield piece


def _stretch(weight: Weight) -> NDArray[Any]:
    """Return values that lie beside each other in the file, from the middle."""
    if is_large(weight) and weight.shape:
        rows = weight.shape[0]
        step = max(1, -(-_SAMPLE * rows // weight.size))
        start = max(0, (rows - step) // 2)
        rest = (slice(None),) * (len(weight.shape) - 1)
        values = weight.read((slice(start, start + step), *rest))
    else:
        values = weight.read()
    flat = values.reshape(-1)
    start = max(0, (flat.size - _SAMPLE) // 2)
    return flat[start : start + _SAMPLE]
