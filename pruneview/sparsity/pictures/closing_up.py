"""Pictures of a matrix whose rows and columns fade and that closes up behind them.

Only the codes of a picture are moved about; the weight is not touched, or read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.lines import Lines
from pruneview.sparsity.pictures.picture import EXACT, GAP, Picture

Floats = NDArray[np.float64]
#: Pixels in one direction up to which a picture is drawn finer while it moves.
_FINE_UP_TO = 1000


@dataclass(frozen=True)
class Leaving:
    """How far each index along an axis of the weight is on its way out.

    Attributes
    ----------
    axis
        Axis of the weight.
    progress
        For each index: 0 stays as it is, 1 has faded, 2 has closed up.
    """

    axis: int
    progress: Floats

    @property
    def faded(self) -> Floats:
        """0 to 1 for each index."""
        return np.clip(self.progress, 0.0, 1.0)

    @property
    def closed(self) -> Floats:
        """0 to 1 for each index."""
        return np.clip(self.progress - 1.0, 0.0, 1.0)


@dataclass(frozen=True)
class ClosingFrame:
    """One picture of the way.

    Attributes
    ----------
    codes
        As of a `Picture`, closed up as far as that has come.
    opacity
        uint8 for each pixel: 255 as it is, 0 faded into the ground.
    left, top, width, height
        The cells it lies on; as large as what is left of the matrix.
    row_edges, column_edges
        Where the edges between the canvas's cells lie now.
    """

    codes: NDArray[np.uint8]
    opacity: NDArray[np.uint8]
    left: float
    top: float
    width: float
    height: float
    row_edges: Floats
    column_edges: Floats


def closing_frame(
    picture: Picture, canvas: Canvas, leaving: Sequence[Leaving]
) -> ClosingFrame:
    """Draw what a picture has come to.

    Where a pixel stands for several rows or columns it is narrowed and faded by the
    share of them that leaves.

    Parameters
    ----------
    picture
        Of a region of the canvas.
    leaving
        At most one for each axis of the weight.
    """
    region, block = picture.region, picture.block
    pixels = picture.codes.shape
    faded = [np.zeros(canvas.height), np.zeros(canvas.width)]
    closed = [np.zeros(canvas.height), np.zeros(canvas.width)]
    tiles: list[tuple[Lines, Leaving]] = []
    for one in leaving:
        lines = Lines(canvas, one.axis, picture.order)
        if lines.is_tiled:
            tiles.append((lines, one))
            continue
        side = int(lines.is_across)
        faded[side] = np.maximum(faded[side], one.faded[lines.along])
        closed[side] = np.maximum(closed[side], one.closed[lines.along])
    starts = region.top, region.left
    codes, fades = picture.codes, None
    if tiles and block == EXACT:
        codes, fades = _flow(codes, picture, canvas, tiles)
    down, across = (
        _by_pixel(faded[side], starts[side], pixels[side], block[side])
        for side in (0, 1)
    )
    edges = [position_of(one) for one in closed]
    sources, extents = [], []
    for side in (0, 1):
        at = starts[side] + np.arange(pixels[side] + 1) * block[side]
        ends = edges[side][np.minimum(at, len(edges[side]) - 1)]
        sources.append(_sources(ends, pixels[side], block[side]))
        extents.append((ends[0], ends[-1] - ends[0]))
    rows, columns = sources
    opacity = np.outer(
        (255 * (1 - down[rows])).astype(np.float32),
        (1 - across[columns]).astype(np.float32),
    )
    if fades is not None:
        opacity *= 1 - fades.take(rows, axis=0).take(columns, axis=1)
    return ClosingFrame(
        codes.take(rows, axis=0).take(columns, axis=1),
        np.rint(opacity, out=opacity).astype(np.uint8),
        left=float(extents[1][0]),
        top=float(extents[0][0]),
        width=float(extents[1][1]),
        height=float(extents[0][1]),
        row_edges=edges[0],
        column_edges=edges[1],
    )


def position_of(closed: Floats) -> Floats:
    """Return where the edges between cells lie once those have closed so far.

    One more than there are cells; the first is 0.
    """
    return np.concatenate(([0.0], np.cumsum(1.0 - closed)))


def _by_pixel(values: Floats, start: int, pixels: int, block: int) -> Floats:
    """Return the mean over the cells of each pixel."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    edges = np.minimum(start + np.arange(pixels + 1) * block, len(values))
    counts = np.maximum(np.diff(edges), 1)
    return np.diff(sums[edges]) / counts


def _sources(edges: Floats, pixels: int, block: int) -> NDArray[np.int64]:
    """Return which pixel of the picture lies at each pixel of what is left of it."""
    extent = edges[-1] - edges[0]
    if extent <= 0:
        return np.zeros(1, np.int64)
    widths = np.diff(edges)
    moving = (widths > 0) & (widths < block)
    # Fine enough that what is half closed moves on smoothly.
    fine = min(8, max(1, _FINE_UP_TO // pixels)) if moving.any() else 1
    number = max(1, round(extent / block * fine))
    middles = edges[0] + (np.arange(number) + 0.5) * extent / number
    found = np.searchsorted(edges, middles, side="right") - 1
    sources: NDArray[np.int64] = np.clip(found, 0, pixels - 1)
    return sources


def _flow(
    codes: NDArray[np.uint8],
    picture: Picture,
    canvas: Canvas,
    leaving: Sequence[tuple[Lines, Leaving]],
) -> tuple[NDArray[np.uint8], Floats]:
    """Move the tiles of a wrapped canvas up to the places that have become free."""
    faded = np.zeros(canvas.tiles)
    closed = np.zeros(canvas.tiles)
    for lines, one in leaving:
        faded = np.maximum(faded, one.faded[lines.of_tile])
        closed = np.maximum(closed, one.closed[lines.of_tile])
    rows, columns = canvas.rows, canvas.columns
    steps = rows.tile + rows.gap, columns.tile + columns.gap
    number = np.arange(canvas.tiles)
    place = np.concatenate(([0.0], np.cumsum(1.0 - closed)))[:-1]
    before = np.floor(place).astype(int)
    share = place - before
    # On the way to its place a tile passes from one to the one before it.
    corner = np.stack(
        [_corner(before + k, columns.count, steps) for k in (0, 1)]
    ).astype(float)
    at = corner[0] + share[:, None] * (corner[1] - corner[0])
    same_line = corner[0][:, 0] == corner[1][:, 0]
    nearest = np.where((share < 0.5)[:, None], corner[0], corner[1])
    at = np.where(same_line[:, None], at, nearest)
    target = np.rint(at).astype(int)
    source = _corner(number, columns.count, steps)
    region = picture.region
    offset = np.array([region.top, region.left])
    drawn = np.full_like(codes, GAP)
    fades = np.zeros(codes.shape)
    height, width = codes.shape
    inner_row, inner_column = np.mgrid[: rows.tile, : columns.tile]
    seen = closed < 1.0

    def cells(
        corners: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        shifted = corners[seen] - offset
        return (
            shifted[:, 0, None, None] + inner_row,
            shifted[:, 1, None, None] + inner_column,
        )

    from_row, from_column = cells(source)
    to_row, to_column = cells(target)
    inside = (from_row >= 0) & (from_row < height)
    inside &= (from_column >= 0) & (from_column < width)
    inside &= (to_row >= 0) & (to_row < height)
    inside &= (to_column >= 0) & (to_column < width)
    drawn[to_row[inside], to_column[inside]] = codes[
        from_row[inside], from_column[inside]
    ]
    tile_fade = np.broadcast_to(faded[seen][:, None, None], to_row.shape)
    fades[to_row[inside], to_column[inside]] = tile_fade[inside]
    return drawn, fades


def _corner(
    place: NDArray[np.int64], per_line: int, steps: tuple[int, int]
) -> NDArray[np.int64]:
    return np.stack([place // per_line * steps[0], place % per_line * steps[1]], axis=1)
