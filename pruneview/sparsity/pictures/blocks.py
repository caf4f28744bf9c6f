"""What is kept of many weights that one pixel stands for, and how it adds up."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Rows and columns of the cells that one pixel stands for.
Block = tuple[int, int]


@dataclass(frozen=True)
class Blocks:
    """Blocks of a plane of cells, arrays of shape (rows, columns) of blocks.

    Attributes
    ----------
    extreme
        The value of largest magnitude, the positive one of two; NaN where any value
        of the block is not finite.
    zeros
        Exact zeros among the weights, whatever the values are of them.
    weights
        How many weights there are; cells between tiles are none.
    """

    extreme: NDArray[np.float32]
    zeros: NDArray[np.integer[Any]]
    weights: NDArray[np.int64]


def reduce_to_blocks(
    values: NDArray[np.float32],
    covered: NDArray[np.bool_] | None,
    block: Block,
    zero: NDArray[np.bool_] | None = None,
) -> Blocks:
    """Reduce cells, shape (rows, columns), to blocks of `block` cells.

    ``covered`` tells weights from the cells between tiles, which hold 0. ``zero``
    says which weights are zero where `values` are their gradients; true in gaps.
    """
    zeros = count(values == 0 if zero is None else zero, block)
    weights = block_sizes(values.shape, block)
    if covered is not None:
        gaps = weights - count(covered, block)
        zeros, weights = zeros - gaps, weights - gaps
    return Blocks(extreme(values, block), zeros, weights)


def by_block(function: np.ufunc, values: NDArray[Any], block: Block) -> NDArray[Any]:
    """Reduce blocks of cells; those at the far edges may be smaller."""
    down, across = block
    return _every(function, _every(function, values, down).T, across).T


def count(flags: NDArray[np.bool_], block: Block) -> NDArray[np.int64]:
    """Count true flags in each block."""
    # A byte holds the count of up to 255 rows, and small counts add up fastest.
    small = np.uint8 if block[0] < 256 else np.int32
    down = _every(np.add, flags.view(np.uint8).astype(small, copy=False), block[0])
    return _every(np.add, down.T.astype(np.int32), block[1]).T.astype(np.int64)


def extreme(values: NDArray[np.float32], block: Block) -> NDArray[np.float32]:
    """Return the extreme of each block of cells, or of blocks' extremes."""
    largest = by_block(np.maximum, values, block)
    smallest = by_block(np.minimum, values, block)
    found = np.where(largest >= -smallest, largest, smallest)
    found[~(np.isfinite(largest) & np.isfinite(smallest))] = np.nan
    return found


def _every(function: np.ufunc, values: NDArray[Any], step: int) -> NDArray[Any]:
    """Reduce runs of `step` rows: whole rows at a time, four times reduceat's speed."""
    if step == 1:
        return values
    reduced = values[::step].copy()
    for offset in range(1, min(step, len(values))):
        rows = values[offset::step]
        head = reduced[: len(rows)]
        function(head, rows, out=head)
    return reduced


def block_sizes(shape: tuple[int, ...], block: Block) -> NDArray[np.int64]:
    """Return how many cells each block of a plane has."""
    height, width = (
        np.minimum(side, length - np.arange(0, length, side))
        for length, side in zip(shape, block, strict=True)
    )
    return height[:, None] * width[None, :]
