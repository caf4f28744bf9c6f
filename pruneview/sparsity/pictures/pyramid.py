"""A large matrix once reduced, from which every coarser picture is made at once."""

import math
import threading
from collections.abc import Callable

import numpy as np

from pruneview.sparsity.pictures.banded import ReadRows, band_rows
from pruneview.sparsity.pictures.blocks import (
    Block,
    Blocks,
    block_sizes,
    by_block,
    extreme,
    reduce_to_blocks,
)
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.picture import (
    Picture,
    Region,
    align,
    picture_of_blocks,
)
from pruneview.sparsity.pictures.tone import SIGNED, Tone

#: Blocks in each direction, at most: sixteen million of six bytes.
_SIDE = 4096


class Pyramid:
    """The blocks of a plain matrix, made in one pass over it.

    Six bytes a block, for at most 4096 x 4096 of them, however large the matrix is.

    Attributes
    ----------
    base
        Cells of a block, down and across: powers of two.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self.base: Block = (_power(canvas.height), _power(canvas.width))
        down, across = self.base
        shape = -(-canvas.height // down), -(-canvas.width // across)
        self._extreme = np.zeros(shape, np.float32)
        small = np.uint16 if down * across < 1 << 16 else np.uint32
        self._zeros = np.zeros(shape, small)
        self._next = 0
        self._building = threading.Lock()

    @property
    def is_complete(self) -> bool:
        """Whether all of the matrix was read."""
        return self._next >= self._canvas.height

    def fits(self, block: Block) -> bool:
        """Whether blocks of that size are made up of whole blocks of the base."""
        return all(n % base == 0 for n, base in zip(block, self.base, strict=True))

    def over(self, block: Block) -> Block:
        """Return the smallest size that fits and is no smaller than `block`."""
        down, across = (max(n, base) for n, base in zip(block, self.base, strict=True))
        return down, across

    def build(self, read_rows: ReadRows, cancelled: Callable[[], bool]) -> bool:
        """Read what has not been read yet; False where `cancelled` turned true.

        What was done until then is kept: one thread goes on where another ended.
        """
        down = self.base[0]
        step = band_rows(self._canvas, down)
        with self._building:
            while not self.is_complete:
                if cancelled():
                    return False
                top = self._next
                bottom = min(top + step, self._canvas.height)
                band = read_rows(top, bottom, 1).astype(np.float32, copy=False)
                found = reduce_to_blocks(band, None, self.base)
                rows = slice(top // down, -(-bottom // down))
                self._extreme[rows], self._zeros[rows] = found.extreme, found.zeros
                self._next = bottom
        return True

    def render(
        self, region: Region, block: Block, limit: float, tone: Tone = SIGNED
    ) -> Picture:
        """Draw what one pass over the matrix would draw; `block` must fit."""
        region = align(region, block, self._canvas)
        down, across = self.base
        part = (
            slice(region.top // down, -(-region.bottom // down)),
            slice(region.left // across, -(-region.right // across)),
        )
        factor = block[0] // down, block[1] // across
        wide = np.int32 if block[0] * block[1] < 1 << 31 else np.int64
        blocks = Blocks(
            extreme(self._extreme[part], factor),
            by_block(np.add, self._zeros[part].astype(wide), factor),
            block_sizes((region.height, region.width), block),
        )
        return picture_of_blocks(blocks, region, block=block, limit=limit, tone=tone)


def _power(length: int) -> int:
    """Return the smallest power of two that makes a side of at most so many blocks."""
    return 1 << max(0, math.ceil(math.log2(max(1, length) / _SIDE)))
