"""Rows and columns in another order: by their norm, or by their sparsity."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.pictures.canvas import Canvas


class SortBy(StrEnum):
    """What rows or columns are sorted by; both put the most important first."""

    NONE = "none"
    #: Euclidean norm of a unit's, a channel's or a filter's weights, largest first.
    NORM = "norm"
    #: Share of exact zeros, smallest first.
    SPARSITY = "sparsity"


@dataclass(frozen=True, eq=False)
class Sorted:
    """Indices along one axis in the order in which they are shown, and why so."""

    indices: NDArray[np.intp]
    by: SortBy


@dataclass(frozen=True, eq=False)
class Order:
    """The order in which a weight's last two axes are shown; None: the file's.

    Attributes
    ----------
    rows
        Along the last axis but one (inputs, input channels).
    columns
        Along the last axis (units, filters).
    """

    rows: Sorted | None = None
    columns: Sorted | None = None

    def place(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return a weight's values in this order, in their own shape."""
        if self.rows is not None:
            values = values.take(self.rows.indices, axis=-2)
        if self.columns is not None:
            values = values.take(self.columns.indices, axis=-1)
        return values

    def index(self, shown: tuple[int, ...]) -> tuple[int, ...]:
        """Return the indices in the file of what is shown at these indices."""
        found = list(shown)
        if self.rows is not None:
            found[-2] = int(self.rows.indices[found[-2]])
        if self.columns is not None:
            found[-1] = int(self.columns.indices[found[-1]])
        return tuple(found)

    def along(self, canvas: Canvas) -> tuple[Sorted | None, Sorted | None]:
        """Return which index in the file is n-th down a canvas, and across."""
        tile_row, row, tile_column, column = canvas.order
        return (
            self._along(canvas.shape, tile_row or row),
            self._along(canvas.shape, tile_column or column),
        )

    def _along(self, shape: tuple[int, ...], axes: tuple[int, ...]) -> Sorted | None:
        sorted_axes = {len(shape) - 2: self.rows, len(shape) - 1: self.columns}
        found = sorted_axes.get(axes[-1]) if axes else None
        if found is None or len(found.indices) < 2:
            return None
        # Axes that are unrolled together: the last of them runs fastest.
        outer = math.prod(shape[axis] for axis in axes[:-1])
        starts = np.arange(outer)[:, None] * len(found.indices)
        return Sorted((starts + found.indices).reshape(-1), found.by)


UNSORTED = Order()


class LineSums:
    """Squared norms and zeros of each row and column of values that come in pieces."""

    def __init__(self, rows: int, columns: int) -> None:
        self._rows, self._columns = rows, columns
        self._row_sums = {kind: np.zeros(rows) for kind in SortBy}
        self._column_sums = {kind: np.zeros(columns) for kind in SortBy}

    def add(self, piece: NDArray[Any], start: int) -> None:
        """Take in whole rows from row `start` on, shape (..., rows, columns)."""
        values = np.nan_to_num(piece.astype(np.float32, copy=False))
        stop = start + values.shape[-2]
        leading = tuple(range(values.ndim - 2))
        squares = np.square(values, dtype=np.float64).sum(axis=leading)
        kept = (values != 0).sum(axis=leading)
        for kind, lines in ((SortBy.NORM, squares), (SortBy.SPARSITY, kept)):
            self._row_sums[kind][start:stop] += lines.sum(axis=1)
            self._column_sums[kind] += lines.sum(axis=0)

    def order(self, rows: SortBy, columns: SortBy) -> Order:
        """Return the order; equal lines stay in the file's."""

        def arranged(sums: dict[SortBy, NDArray[Any]], by: SortBy) -> Sorted | None:
            if by is SortBy.NONE:
                return None
            return Sorted(np.argsort(-sums[by], kind="stable"), by)

        return Order(
            arranged(self._row_sums, rows), arranged(self._column_sums, columns)
        )


def order_of(values: NDArray[Any], rows: SortBy, columns: SortBy) -> Order:
    """Return the order of a weight that is in memory; a vector has only columns."""
    if rows is columns is SortBy.NONE or not values.ndim:
        return UNSORTED
    lines = values if values.ndim > 1 else values[None, :]
    sums = LineSums(*lines.shape[-2:])
    sums.add(lines, 0)
    return sums.order(rows if values.ndim > 1 else SortBy.NONE, columns)
