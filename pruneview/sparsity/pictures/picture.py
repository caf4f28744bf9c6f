"""Pictures of weights: pure functions from arrays to one byte a pixel.

A pixel's code says what it shows; the colours are the window's business. An exact
zero has a code that no other value has. Where a pixel stands for several weights
it carries two quantities: the value of largest magnitude and the share of zeros,
so that neither a lone weight nor a lone zero can vanish.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.pictures.blocks import (
    Block,
    Blocks,
    by_block,
    count,
    reduce_to_blocks,
)
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.order import UNSORTED, Order
from pruneview.sparsity.pictures.tone import SIGNED, Scale, Tone

ZERO = 0
GAP = 1
NOT_FINITE = 2
#: Weights that became zero a moment ago; one code for each wave of them.
FIRST_FRESH = 3
FRESH_CODES = 8
FIRST_VALUE = FIRST_FRESH + FRESH_CODES
#: Levels of a pixel that stands for one weight; the middle one is nearly zero.
VALUE_LEVELS = 256 - FIRST_VALUE
#: Levels of value and of zero share where a pixel stands for several weights.
SHARE_LEVELS = 7
COARSE_LEVELS = VALUE_LEVELS // SHARE_LEVELS

#: A scale of a thousandth of it can still be divided by.
_LEAST_LIMIT = 1e-30

EXACT: Block = (1, 1)


@dataclass(frozen=True)
class Region:
    """A rectangle of cells: rows ``top <= r < bottom``, columns likewise."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def grown(self, share: float) -> "Region":
        """Return the region with so much of its own size added on each side."""
        down, across = int(self.height * share), int(self.width * share)
        return Region(
            self.top - down, self.bottom + down, self.left - across, self.right + across
        )


@dataclass(frozen=True)
class Picture:
    """Codes of a region of a canvas.

    Attributes
    ----------
    codes
        uint8, shape (rows, columns), read-only.
    region
        The cells it covers; its edges are multiples of `block` or the canvas's.
    block
        How many cells, down and across, one pixel stands for.
    limit
        Magnitude at the ends of the colour scale, in the weight's own unit.
    coarse
        Whether only some of the rows were looked at: an exact one is to follow.
    tone
        What the levels of the codes stand for.
    order
        The order of the weight's rows and columns.
    """

    codes: NDArray[np.uint8]
    region: Region
    block: Block
    limit: float
    coarse: bool = False
    tone: Tone = SIGNED
    order: Order = UNSORTED


def robust_limit(
    values: NDArray[Any], percentile: float = 99.5, sampled: int = 1_000_000
) -> float:
    """Return the magnitude below which `percentile` % of the nonzero values lie.

    Taken over at most about `sampled` evenly spaced values; 1.0 where no value is
    finite and other than zero.
    """
    flat = values.reshape(-1)
    sample = flat[:: max(1, flat.size // sampled)]
    magnitudes = np.abs(sample.astype(np.float32, copy=False))
    magnitudes = magnitudes[(magnitudes > 0) & np.isfinite(magnitudes)]
    if not magnitudes.size:
        return 1.0
    rank = min(magnitudes.size - 1, int(magnitudes.size * percentile / 100))
    return max(_LEAST_LIMIT, float(np.partition(magnitudes, rank)[rank]))


def block_for(
    region: Region,
    pixels_down: int,
    pixels_across: int,
    *,
    powers_of_two: bool = False,
) -> Block:
    """Return the smallest block that shows a region within so many pixels.

    With ``powers_of_two`` blocks of one size are made up of those of every smaller
    one, and a view that is zoomed little by little seldom needs another.
    """
    down = math.ceil(region.height / max(1, pixels_down))
    across = math.ceil(region.width / max(1, pixels_across))
    if powers_of_two:
        return 1 << (down - 1).bit_length(), 1 << (across - 1).bit_length()
    return down, across


def whole(canvas: Canvas) -> Region:
    """Return the region that is all of a canvas."""
    return Region(0, canvas.height, 0, canvas.width)


def align(region: Region, block: Block, canvas: Canvas) -> Region:
    """Grow a region to whole blocks, and cut it at the canvas's edges."""
    down, across = block
    top = max(0, region.top) // down * down
    left = max(0, region.left) // across * across
    bottom = min(canvas.height, math.ceil(region.bottom / down) * down)
    right = min(canvas.width, math.ceil(region.right / across) * across)
    return Region(top, max(bottom, top), left, max(right, left))


def render(
    cells: NDArray[Any],
    canvas: Canvas,
    region: Region,
    *,
    block: Block,
    limit: float,
    fresh: NDArray[np.uint8] | None = None,
    tone: Tone = SIGNED,
    order: Order = UNSORTED,
    zero: NDArray[np.bool_] | None = None,
) -> Picture:
    """Draw a region of a canvas.

    Parameters
    ----------
    cells
        The weight's values as `Canvas.place` returns them.
    block
        How many cells, down and across, one pixel stands for.
    limit
        Magnitude at the ends of the colour scale.
    fresh
        For each cell 0, or 1 + the wave in which it became zero.
    tone
        The colour scale.
    order
        The order that `cells` are in already; noted in the picture.
    zero
        Which weights are zero, where cells are their gradients: these have colours
        too, darkened as those of a pixel of many zeros are. True between the tiles.
    """
    region = align(region, block, canvas)
    window = slice(region.top, region.bottom), slice(region.left, region.right)
    values = cells[window].astype(np.float32, copy=False)
    covered = None if canvas.covered is None else canvas.covered[window]
    young = None if fresh is None else fresh[window]
    if zero is not None:
        blocks = reduce_to_blocks(values, covered, block, zero[window])
        codes = _of_blocks(blocks, limit, tone, zeros_have_values=True)
    elif block == EXACT:
        codes = _exact(values, covered, young, limit=limit, tone=tone)
    else:
        codes = _reduced(values, covered, young, block, limit=limit, tone=tone)
    codes.flags.writeable = False
    return Picture(codes, region, block, limit, tone=tone, order=order)


def _exact(
    values: NDArray[np.float32],
    covered: NDArray[np.bool_] | None,
    fresh: NDArray[np.uint8] | None,
    *,
    limit: float,
    tone: Tone,
) -> NDArray[np.uint8]:
    if tone.scale is Scale.SHARE:
        codes = np.full(values.shape, 255, np.uint8)
    else:
        codes = tone.levels(values, limit, VALUE_LEVELS) + np.uint8(FIRST_VALUE)
    codes[~np.isfinite(values)] = NOT_FINITE
    zero = values == 0
    codes[zero] = ZERO
    if fresh is not None:
        young = zero & (fresh > 0)
        codes[young] = fresh[young] + np.uint8(FIRST_FRESH - 1)
    if covered is not None:
        codes[~covered] = GAP
    return codes


def _reduced(
    values: NDArray[np.float32],
    covered: NDArray[np.bool_] | None,
    fresh: NDArray[np.uint8] | None,
    block: Block,
    *,
    limit: float,
    tone: Tone,
) -> NDArray[np.uint8]:
    blocks = reduce_to_blocks(values, covered, block)
    codes = _of_blocks(blocks, limit, tone)
    if fresh is not None and fresh.any():
        wave = by_block(np.maximum, fresh, block)
        young = count(fresh > 0, block) * 8 >= np.maximum(blocks.weights, 1)
        young &= np.isfinite(blocks.extreme) & (blocks.weights > 0)
        codes[young] = wave[young] + np.uint8(FIRST_FRESH - 1)
    return codes


def _of_blocks(
    blocks: Blocks, limit: float, tone: Tone, *, zeros_have_values: bool = False
) -> NDArray[np.uint8]:
    zeros, weights = blocks.zeros, blocks.weights
    share = zeros / np.maximum(weights, 1)
    if tone.scale is Scale.SHARE:
        # The last level means no zero at all, and all zeros have their own code.
        kept = np.floor((1 - share) * (VALUE_LEVELS - 1))
        codes = (FIRST_VALUE + kept).astype(np.uint8)
    else:
        # Level 0 means no zero at all; the levels between never mean none or all.
        last = SHARE_LEVELS - 1
        share *= last - zeros_have_values
        bucket = np.minimum(np.ceil(share, out=share), last - zeros_have_values)
        if zeros_have_values:
            # Without a code of their own, all zeros have the last level.
            bucket[zeros == weights] = last
        codes = bucket.astype(np.uint8)
        codes *= np.uint8(COARSE_LEVELS)
        codes += tone.levels(blocks.extreme, limit, COARSE_LEVELS)
        codes += np.uint8(FIRST_VALUE)
    codes[~np.isfinite(blocks.extreme)] = NOT_FINITE
    if not zeros_have_values:
        codes[zeros == weights] = ZERO
    codes[weights == 0] = GAP
    return codes


def picture_of_blocks(
    blocks: Blocks, region: Region, *, block: Block, limit: float, tone: Tone = SIGNED
) -> Picture:
    """Draw blocks that were counted before; `region` is what they cover."""
    codes = _of_blocks(blocks, limit, tone)
    codes.flags.writeable = False
    return Picture(codes, region, block, limit, tone=tone)
