"""Pictures of a matrix too large to hold: read and drawn in bands of rows."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.pictures.blocks import Block
from pruneview.sparsity.pictures.canvas import Canvas, canvas_for
from pruneview.sparsity.pictures.picture import Picture, Region, align, render, whole
from pruneview.sparsity.pictures.tone import SIGNED, Tone

#: Values in a band: some sixteen megabytes of float32.
_BAND = 1 << 22
#: Cells of a block's row that a coarse picture looks at.
_COLUMNS = 2

#: Reads rows ``start`` to ``stop``, of which every ``step``-th: 2-D, all columns.
ReadRows = Callable[[int, int, int], NDArray[Any]]


def render_bands(
    read_rows: ReadRows,
    canvas: Canvas,
    region: Region,
    *,
    block: Block,
    limit: float,
    tone: Tone = SIGNED,
    cancelled: Callable[[], bool] = lambda: False,
) -> Picture | None:
    """Draw what `pictures.picture.render` draws, holding one band at a time.

    The canvas must be a plain matrix. None where `cancelled` turned true.
    """
    region = align(region, block, canvas)
    down, _ = block
    rows = band_rows(canvas, down)
    pieces = []
    for top in range(region.top, region.bottom, rows):
        if cancelled():
            return None
        bottom = min(top + rows, region.bottom)
        band = read_rows(top, bottom, 1)
        part = Region(0, bottom - top, region.left, region.right)
        plane = _plain(canvas, bottom - top)
        pieces.append(render(band, plane, part, block=block, limit=limit, tone=tone))
    return _joined(pieces, region, block)


def render_coarse(
    read_rows: ReadRows,
    canvas: Canvas,
    region: Region,
    *,
    block: Block,
    limit: float,
    tone: Tone = SIGNED,
) -> Picture:
    """Draw a first impression from a few cells of each block, marked as coarse."""
    region = align(region, block, canvas)
    down, across = block
    step = max(1, across // _COLUMNS)
    rows = read_rows(region.top, region.bottom, down)
    sample = rows[:, region.left : region.right : step]
    if across % step == 0:
        across //= step
    else:
        # Then blocks and samples do not line up: one cell stands for each block.
        sample, across = rows[:, region.left : region.right : across], 1
    plane = canvas_for(sample.shape)
    drawn = render(
        sample, plane, whole(plane), block=(1, across), limit=limit, tone=tone
    )
    return replace(_joined([drawn], region, block), coarse=True)


def band_rows(canvas: Canvas, down: int) -> int:
    """Return how many rows are read at a time: whole blocks of `down` rows."""
    return max(1, _BAND // max(1, canvas.width) // down) * down


def sample_rows(read_rows: ReadRows, canvas: Canvas, values: int) -> NDArray[Any]:
    """Return evenly spaced rows that hold about so many values."""
    wanted = max(1, values // max(1, canvas.width))
    return read_rows(0, canvas.height, math.ceil(canvas.height / wanted))


def _plain(canvas: Canvas, rows: int) -> Canvas:
    return replace(
        canvas, shape=(rows, canvas.width), rows=replace(canvas.rows, tile=rows)
    )


def _joined(pieces: list[Picture], region: Region, block: Block) -> Picture:
    codes = np.concatenate([piece.codes for piece in pieces])
    codes.flags.writeable = False
    return replace(pieces[0], codes=codes, region=region, block=block)
