"""How a weight of any rank is laid out on a plane of cells, one cell a weight."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Arrangement(StrEnum):
    """What a person chooses between for weights of more than two axes."""

    #: A row of slices for each input channel.
    SLICES = "slices"
    #: A row of slices for each filter.
    FILTERS = "filters"
    MATRIX = "matrix"


@dataclass(frozen=True)
class GridAxis:
    """One direction of a canvas: `count` tiles of `tile` cells, `gap` cells apart."""

    title: str
    count: int
    tile: int
    gap: int = 0

    @property
    def length(self) -> int:
        """Cells in this direction, gaps between the tiles included."""
        return self.count * self.tile + max(self.count - 1, 0) * self.gap

    def locate(self, cell: int) -> tuple[int, int] | None:
        """Return (tile, offset in it) of a cell; None in a gap or outside."""
        if not 0 <= cell < self.length:
            return None
        tile, offset = divmod(cell, self.tile + self.gap)
        return (tile, offset) if offset < self.tile else None

    def tile_start(self, tile: int) -> int:
        """Return the first cell of a tile."""
        return tile * (self.tile + self.gap)


@dataclass(frozen=True)
class Canvas:
    """The plan of a weight's picture.

    Attributes
    ----------
    shape
        The weight's own shape, in the file's order of axes.
    rows, columns
        The two directions.
    order
        Axes of the weight as (tile row axes, row axes, tile column axes, column
        axes): transposing by their concatenation and reshaping gives the cells.
    tiles
        Number of tiles that hold weights; fewer than ``rows.count *
        columns.count`` where a long row of tiles is wrapped.
    wrapped
        Whether tiles follow each other line by line, like words on a page.
    """

    shape: tuple[int, ...]
    rows: GridAxis
    columns: GridAxis
    order: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    tiles: int
    wrapped: bool = False

    @property
    def height(self) -> int:
        return self.rows.length

    @property
    def width(self) -> int:
        return self.columns.length

    @property
    def is_strip(self) -> bool:
        """Whether it is one row of cells: a bias, gamma, a moving mean."""
        return len(self.shape) < 2

    @cached_property
    def covered(self) -> NDArray[np.bool_] | None:
        """Which cells stand for a weight, shape (height, width); None: all do."""
        rows, columns = self.rows, self.columns
        whole = self.tiles == rows.count * columns.count
        if whole and not rows.gap and not columns.gap:
            return None
        ones = np.ones(self.tiles * rows.tile * columns.tile, np.bool_)
        return self._assemble(ones.reshape(self.tiles, rows.tile, columns.tile))

    def place(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the weight's values as cells, shape (height, width).

        Cells between tiles hold 0; `covered` tells them from weights.
        """
        if values.shape != self.shape:
            msg = f"the canvas is for shape {self.shape}, not {values.shape}"
            raise ValueError(msg)
        rows, columns = self.rows, self.columns
        if self.covered is None and rows.count == 1 and columns.count == 1:
            return values.reshape(rows.tile, columns.tile)
        tile_row, row, tile_column, column = self.order
        cells = values.transpose(*tile_row, *tile_column, *row, *column)
        return self._assemble(cells.reshape(self.tiles, rows.tile, columns.tile))

    def _assemble(self, tiles: NDArray[Any]) -> NDArray[Any]:
        """Set tiles, shape (tiles, tile rows, tile columns), side by side."""
        rows, columns = self.rows, self.columns
        missing = rows.count * columns.count - self.tiles
        if missing or rows.gap or columns.gap:
            padding = ((0, missing), (0, rows.gap), (0, columns.gap))
            tiles = np.pad(tiles, padding)
        height, width = rows.tile + rows.gap, columns.tile + columns.gap
        grid = tiles.reshape(rows.count, columns.count, height, width)
        plane = grid.transpose(0, 2, 1, 3).reshape(
            rows.count * height, columns.count * width
        )
        return plane[: self.height, : self.width]

    def index_at(self, row: int, column: int) -> tuple[int, ...] | None:
        """Return the indices of the weight at a cell; None where there is none."""
        down, across = self.rows.locate(row), self.columns.locate(column)
        if down is None or across is None:
            return None
        tile = down[0] * self.columns.count + across[0]
        if tile >= self.tiles:
            return None
        index = [0] * len(self.shape)
        tile_axes = self.order[0] + self.order[2]
        for axes, flat in (
            (tile_axes, tile),
            (self.order[1], down[1]),
            (self.order[3], across[1]),
        ):
            remaining = flat
            for axis in reversed(axes):
                remaining, index[axis] = divmod(remaining, self.shape[axis])
        return tuple(index)


def canvas_for(
    shape: tuple[int, ...], arrangement: Arrangement = Arrangement.SLICES
) -> Canvas:
    """Return how a weight of this shape is laid out.

    A matrix stays as it is and a vector becomes a strip of one row. A kernel of
    a 2-D convolution, (height, width, inputs, filters), becomes a grid with a row
    of tiles for each input channel and a column for each filter; of a 1-D
    convolution and of attention, a row of matrices; a 3-D kernel shows its
    depths side by side in a tile. ``Arrangement.FILTERS`` has a row of tiles for each
    filter and a column for each input channel instead. ``Arrangement.MATRIX`` unrolls
    all axes but the last into rows, as im2col does.
    """
    rank = len(shape)
    if rank < 2:
        length = shape[0] if rank else 1
        axes: tuple[int, ...] = (0,) if rank else ()
        across = GridAxis("unit", 1, length)
        return Canvas(shape, GridAxis("", 1, 1), across, ((), (), (), axes), 1)
    if rank == 2 or rank > 5 or arrangement is Arrangement.MATRIX:
        inputs = "input" if rank == 2 else "input (unrolled)"
        down = GridAxis(inputs, 1, math.prod(shape[:-1]))
        across = GridAxis("unit" if rank == 2 else "filter", 1, shape[-1])
        order = ((), tuple(range(rank - 1)), (), (rank - 1,))
        return Canvas(shape, down, across, order, 1)
    if rank == 3:
        return _grid(shape, ((0,), (1,), (), (2,)), ("position", ""))
    channels, filters = "input channel", "filter"
    height: tuple[int, ...] = (0,) if rank == 4 else (1,)
    width: tuple[int, ...] = (1,) if rank == 4 else (0, 2)
    channel, filter_ = (rank - 2,), (rank - 1,)
    if arrangement is Arrangement.FILTERS:
        return _grid(shape, (filter_, height, channel, width), (filters, channels))
    return _grid(shape, (channel, height, filter_, width), (channels, filters))


def _grid(
    shape: tuple[int, ...],
    order: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]],
    titles: tuple[str, str],
) -> Canvas:
    down, height, across, width = (
        math.prod(shape[axis] for axis in axes) for axes in order
    )
    # A gap of about an eighth of a tile reads as a line at any zoom. Tiles of one
    # cell need none: a 1 x 1 convolution is a matrix.
    gap = max(1, round(max(height, width) / 8)) if height * width > 1 else 0
    tiles = down * across
    if min(down, across) != 1 or tiles <= 1:
        rows = GridAxis(titles[0], down, height, gap if down > 1 else 0)
        columns = GridAxis(titles[1], across, width, gap if across > 1 else 0)
        return Canvas(shape, rows, columns, order, tiles)
    title = titles[0] if down > 1 else titles[1]
    per_line = max(1, math.ceil(math.sqrt(tiles * height / width)))
    lines = math.ceil(tiles / per_line)
    rows = GridAxis(f"{title}, line by line", lines, height, gap)
    columns = GridAxis(title, per_line, width, gap)
    return Canvas(shape, rows, columns, order, tiles, wrapped=True)
