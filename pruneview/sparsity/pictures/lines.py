"""Where the indices along one axis of a weight lie on its canvas."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.pictures.canvas import Canvas, GridAxis
from pruneview.sparsity.pictures.order import UNSORTED, Order
from pruneview.sparsity.pictures.picture import Region

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """One axis of a weight, seen on a canvas.

    Along one direction of the canvas each index is a set of whole rows or columns;
    only where tiles are wrapped, like words on a page, it is a set of tiles.

    Attributes
    ----------
    canvas
        The plan of the picture.
    axis
        Axis of the weight.
    order
        In which the picture shows the last two axes.
    """

    canvas: Canvas
    axis: int
    order: Order = UNSORTED

    @property
    def _part(self) -> int:
        return next(i for i, axes in enumerate(self.canvas.order) if self.axis in axes)

    @property
    def is_tiled(self) -> bool:
        """Whether each index is a set of tiles, and not of rows or columns."""
        return self.canvas.wrapped and self._part in {0, 2}

    @property
    def is_across(self) -> bool:
        """Whether the axis runs from left to right: an index is a set of columns."""
        return self._part >= 2

    @cached_property
    def along(self) -> Indices:
        """Index of the weight at each row or column of the canvas.

        A gap has the index of the tile before it, since it goes with that tile.
        """
        grid = self.canvas.columns if self.is_across else self.canvas.rows
        cells = np.arange(grid.length)
        tile, offset = np.divmod(cells, grid.tile + grid.gap)
        flat = tile if self._part in {0, 2} else np.minimum(offset, grid.tile - 1)
        return self._index_of(flat, self.canvas.order[self._part])

    @cached_property
    def of_tile(self) -> Indices:
        """Index of the weight in each tile of a wrapped canvas."""
        axes = self.canvas.order[0] + self.canvas.order[2]
        return self._index_of(np.arange(self.canvas.tiles), axes)

    def _index_of(self, flat: Indices, axes: tuple[int, ...]) -> Indices:
        behind = axes[axes.index(self.axis) + 1 :]
        step = math.prod(self.canvas.shape[axis] for axis in behind)
        shown = flat // step % self.canvas.shape[self.axis]
        behind_it = len(self.canvas.shape) - self.axis
        sorting = {1: self.order.columns, 2: self.order.rows}.get(behind_it)
        return shown if sorting is None else sorting.indices[shown]

    def covers(self, chosen: NDArray[np.bool_]) -> list[Region]:
        """Return the rectangles of the chosen indices, neighbours joined.

        Parameters
        ----------
        chosen
            For each index along the axis.
        """
        canvas = self.canvas
        if self.is_tiled:
            return list(self._tiles(chosen))
        grid = canvas.columns if self.is_across else canvas.rows
        in_tile = np.arange(grid.length) % (grid.tile + grid.gap) < grid.tile
        found = []
        for start, stop in runs(chosen[self.along] & in_tile):
            if self.is_across:
                found.append(Region(0, canvas.height, start, stop))
            else:
                found.append(Region(start, stop, 0, canvas.width))
        return found

    def _tiles(self, chosen: NDArray[np.bool_]) -> Iterator[Region]:
        rows, columns = self.canvas.rows, self.canvas.columns
        for tile in np.flatnonzero(chosen[self.of_tile]):
            down, across = divmod(int(tile), columns.count)
            top, left = rows.tile_start(down), columns.tile_start(across)
            yield Region(top, top + rows.tile, left, left + columns.tile)

    def spans(self) -> tuple[NDArray[np.float64], NDArray[np.float64], Indices]:
        """Return starts, ends and indices of the runs of equal index, gaps left out.

        For a wrapped canvas there are none.
        """
        nothing = np.zeros(0)
        if self.is_tiled:
            return nothing, nothing, np.zeros(0, np.int64)
        grid = self.canvas.columns if self.is_across else self.canvas.rows
        return _spans(grid, self.along)


def _spans(
    grid: GridAxis, along: Indices
) -> tuple[NDArray[np.float64], NDArray[np.float64], Indices]:
    in_tile = np.arange(grid.length) % (grid.tile + grid.gap) < grid.tile
    marked = np.where(in_tile, along, -1)
    changes = np.flatnonzero(np.diff(marked)) + 1
    starts = np.concatenate(([0], changes))
    ends = np.concatenate((changes, [grid.length]))
    index = marked[starts]
    real = index >= 0
    return starts[real].astype(float), ends[real].astype(float), index[real]


def regions_of(
    canvas: Canvas, order: Order, flags: Mapping[int, NDArray[np.bool_]]
) -> list[Region]:
    """Return the rectangles of chosen indices, by axis of the weight."""
    return [
        region
        for axis, chosen in flags.items()
        if chosen.any()
        for region in Lines(canvas, axis, order).covers(chosen)
    ]


def runs(flags: NDArray[Any]) -> list[tuple[int, int]]:
    """Return (start, stop) of each run of true flags."""
    edges = np.diff(np.concatenate(([0], flags.astype(np.int8), [0])))
    starts, stops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return [(int(a), int(b)) for a, b in zip(starts, stops, strict=True)]
