"""Masks that remove whole blocks of a matrix: the rule of tfmot, in numpy.

The rule is that of ``tensorflow_model_optimization``'s
``pruning_impl.Pruning._maybe_update_block_mask``: magnitudes are pooled over blocks,
and the pooled matrix is masked as `masking.masks` masks weights. Where a
side is no multiple of the block's, tfmot pools with padding on both sides but lays
the mask from the first row and column on; that is done here too, so that masks are
equal. tfmot fails where a side of the matrix, or of the pooled one, is 1; the same
rule is applied here without squeezing that axis away.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.masking.masks import mask_and_threshold

POOLINGS = ("avg", "max")


def block_count(shape: tuple[int, ...], block: tuple[int, int]) -> int:
    """Return how many blocks a matrix of that shape has, those cut short included."""
    (rows, columns), (height, width) = shape, block
    return -(-rows // height) * -(-columns // width)


def block_mask_and_threshold(
    weights: NDArray[Any], sparsity: float, block: tuple[int, int], pooling: str
) -> tuple[NDArray[np.bool_], float]:
    """Return the mask, and the smallest pooled magnitude of a block that is kept.

    Parameters
    ----------
    weights
        A matrix, any floating dtype.
    sparsity
        Share of blocks to remove, 0 to 1.
    block
        Rows and columns of a block, each at least 1.
    pooling
        ``avg`` or ``max``: what stands for a block's magnitudes.

    Raises
    ------
    ValueError
        Where `weights` has not two axes: tfmot has blocks for matrices only.
    """
    if weights.ndim != 2:
        raise ValueError(f"Blocks need 2 axes; these weights have {weights.ndim}")
    height, width = block
    rows, columns = weights.shape
    pooled = _pool_rows(np.abs(weights), height, pooling)
    pooled = _pool_rows(pooled.T, width, pooling).T
    kept, smallest_kept = mask_and_threshold(pooled, sparsity)
    expanded = kept.repeat(height, axis=0).repeat(width, axis=1)
    return expanded[:rows, :columns], smallest_kept


def _pool_rows(values: NDArray[Any], length: int, pooling: str) -> NDArray[Any]:
    """Pool `length` rows into one, padded as TensorFlow's SAME does."""
    if length == 1 or values.size == 0:
        return values
    rows = len(values)
    groups = -(-rows // length)
    missing = groups * length - rows
    before = missing // 2
    padding = ((before, missing - before), (0, 0))
    grouped = np.pad(values, padding).reshape(groups, length, -1)
    # One row after the other, in the weights' own dtype, as TensorFlow adds them.
    pooled = grouped[:, 0].copy()
    for row in range(1, length):
        if pooling == "max":
            np.maximum(pooled, grouped[:, row], out=pooled)
        else:
            pooled += grouped[:, row]
    if pooling == "max":
        return pooled
    present = np.pad(np.ones(rows, np.int64), padding[0]).reshape(groups, length)
    pooled /= present.sum(axis=1).astype(values.dtype)[:, np.newaxis]
    return pooled
