"""A matrix too large to hold: only what is looked at is read."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import Weight
from pruneview.sparsity.banded import (
    ReadRows,
    band_rows,
    render_bands,
    render_coarse,
    sample_rows,
)
from pruneview.sparsity.canvas import Canvas
from pruneview.sparsity.display import Display
from pruneview.sparsity.histogram import MagnitudeHistogram
from pruneview.sparsity.live import ViewRequest
from pruneview.sparsity.order import UNSORTED, LineSums, Order, SortBy
from pruneview.sparsity.picture import Picture, Region, robust_limit, whole

#: A region of more cells is first drawn coarsely.
_COARSE_FROM = 1 << 22
_SAMPLED = 1 << 18


class LargeMatrix:
    """A matrix of which only the rows that are looked at are read.

    Parameters
    ----------
    histogram
        Where it is known already.
    """

    def __init__(
        self,
        weight: Weight,
        canvas: Canvas,
        histogram: MagnitudeHistogram | None = None,
    ) -> None:
        self._weight = weight
        self._canvas = canvas
        self.histogram = histogram
        self._sums: list[LineSums] = []
        self._sample = np.array(sample_rows(self._rows, canvas, _SAMPLED))

    def with_histogram(self, histogram: MagnitudeHistogram) -> "LargeMatrix":
        """Return the same matrix, all of it counted."""
        counted = LargeMatrix.__new__(LargeMatrix)
        vars(counted).update(vars(self) | {"histogram": histogram})
        return counted

    def draw(
        self,
        request: ViewRequest,
        report: Callable[[Picture], None],
        cancelled: Callable[[], bool],
    ) -> Picture | None:
        """See `SelectedWeight.draw`."""
        display, canvas = request.display, self._canvas
        order = self._order(display, cancelled)
        if order is None:
            return None
        region = request.region or whole(canvas)
        read = self._read(display, order)
        limit, tone, block = self.limit_of(display), display.tone, request.block
        if region.height * region.width > _COARSE_FROM:
            coarse = render_coarse(
                read, canvas, region, block=block, limit=limit, tone=tone
            )
            report(replace(coarse, order=order))
        exact = render_bands(
            read,
            canvas,
            region,
            block=block,
            limit=limit,
            tone=tone,
            cancelled=cancelled,
        )
        return None if exact is None else replace(exact, order=order)

    def limit_of(self, display: Display) -> float:
        """See `SelectedWeight.limit_of`; from a sample."""
        if display.limit is not None:
            return display.limit
        return robust_limit(self._sample, display.percentile)

    def value_at(self, index: tuple[int, ...]) -> float:
        """See `SelectedWeight.value_at`."""
        window = tuple(slice(i, i + 1) for i in index)
        return float(self._weight.read(window).reshape(-1)[0])

    def cells(self, region: Region, order: Order) -> Iterator[NDArray[Any]]:
        """See `SelectedWeight.cells`."""
        read = _sorted(self._rows, order)
        step = band_rows(self._canvas, 1)
        for top in range(region.top, region.bottom, step):
            rows = read(top, min(top + step, region.bottom), 1)
            yield rows[:, region.left : region.right]

    def planned_threshold(self, sparsity: float) -> tuple[float, float, bool] | None:
        """See `SelectedWeight.planned_threshold`; right to within a bin."""
        if self.histogram is None:
            return None
        return self.histogram.threshold_for(sparsity), sparsity, False

    def _rows(self, start: int, stop: int, step: int) -> NDArray[Any]:
        return self._weight.read((slice(start, stop, step), slice(None)))

    def _read(self, display: Display, order: Order) -> ReadRows:
        read = _sorted(self._rows, order)
        return lambda start, stop, step: display.of(read(start, stop, step))

    def _order(self, display: Display, cancelled: Callable[[], bool]) -> Order | None:
        """Return the order, all lines read once for it; None where cancelled."""
        if display.rows is display.columns is SortBy.NONE:
            return UNSORTED
        if not self._sums:
            height, step = self._canvas.height, band_rows(self._canvas, 1)
            sums = LineSums(height, self._canvas.width)
            for start in range(0, height, step):
                if cancelled():
                    return None
                sums.add(self._rows(start, min(start + step, height), 1), start)
            self._sums.append(sums)
        return self._sums[0].order(display.rows, display.columns)


def _sorted(read: ReadRows, order: Order) -> ReadRows:
    """Read rows in an order that is not the file's."""
    rows = None if order.rows is None else order.rows.indices
    columns = None if order.columns is None else order.columns.indices

    def read_sorted(start: int, stop: int, step: int) -> NDArray[Any]:
        if rows is None:
            band = read(start, stop, step)
        else:
            wanted = rows[start:stop:step]
            band = np.concatenate([read(row, row + 1, 1) for row in wanted.tolist()])
        return band if columns is None else band[:, columns]

    return read_sorted
