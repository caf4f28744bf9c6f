"""A matrix too large to hold: only what is looked at is read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import Weight
from pruneview.gui.controllers.limits import Limits
from pruneview.pruning.in_memory import whole as whole_weight
from pruneview.sparsity.counting.histogram import MagnitudeHistogram
from pruneview.sparsity.pictures.banded import (
    ReadRows,
    band_rows,
    render_bands,
    render_coarse,
    sample_rows,
)
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.live import ViewRequest
from pruneview.sparsity.pictures.order import UNSORTED, LineSums, Order, SortBy
from pruneview.sparsity.pictures.picture import Picture, Region, whole
from pruneview.sparsity.pictures.pyramid import Pyramid
from pruneview.sparsity.pictures.tone import Quantity

#: A region of more cells is first drawn coarsely.
_COARSE_FROM = 1 << 22
#: A region of more cells is then drawn in larger blocks too.
_HUGE_FROM, _COARSER = 1 << 26, 4
_SAMPLED = 1 << 18


@dataclass
class _Kept:
    """What was found in passes over the whole matrix."""

    sums: LineSums | None = None
    orders: dict[tuple[SortBy, SortBy], Order] = field(default_factory=dict)
    pyramids: dict[tuple[SortBy, SortBy], Pyramid] = field(default_factory=dict)


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
        self._before = whole_weight(weight)
        self._canvas = canvas
        self.histogram = histogram
        self._kept = _Kept()
        self._sample = np.array(sample_rows(self._rows, canvas, _SAMPLED))
        self._limits = Limits(self._sample)

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
        request = replace(request, display=request.display.of_weights)
        order = self._order(request.display, cancelled)
        if order is None:
            return None
        wanted = replace(request, region=request.region or whole(self._canvas))
        drawn = self._draw(wanted, order, report, cancelled)
        return None if drawn is None else replace(drawn, order=order)

    def _draw(
        self,
        request: ViewRequest,
        order: Order,
        report: Callable[[Picture], None],
        cancelled: Callable[[], bool],
    ) -> Picture | None:
        display, block, region = request.display, request.block, request.region
        assert region is not None
        limit, tone = self.limit_of(display), display.tone
        read = _sorted(self._rows, order)
        pyramid = self._pyramid(display, order)
        if display.quantity is Quantity.DIFFERENCE:
            read = _differing(read, self._read_before(order), display)
        elif pyramid.fits(block):
            if not pyramid.is_complete:
                report(self._coarse(read, request, order))
            if not pyramid.build(read, cancelled):
                return None
            return pyramid.render(region, block, limit, tone)
        if region.height * region.width > _COARSE_FROM:
            if pyramid.is_complete:
                coarse = pyramid.render(region, pyramid.over(block), limit, tone)
                report(replace(coarse, order=order))
            else:
                report(self._coarse(read, request, order))
        return render_bands(
            read,
            self._canvas,
            region,
            block=block,
            limit=limit,
            tone=tone,
            cancelled=cancelled,
        )

    def _coarse(self, read: ReadRows, request: ViewRequest, order: Order) -> Picture:
        """Draw from a sample; of a huge region from fewer rows, which take longest."""
        region, (down, across) = request.region, request.block
        assert region is not None
        if region.height * region.width > _HUGE_FROM:
            down, across = _COARSER * down, _COARSER * across
        coarse = render_coarse(
            read,
            self._canvas,
            region,
            block=(down, across),
            limit=self.limit_of(request.display),
            tone=request.display.tone,
        )
        return replace(coarse, order=order)

    def limit_of(self, display: Display) -> float:
        """See `SelectedWeight.limit_of`; from a sample."""
        if display.quantity is Quantity.DIFFERENCE and self._before is not None:
            return self._difference_limits.of(display)
        return self._limits.of(display)

    @cached_property
    def _difference_limits(self) -> Limits:
        read_before = self._read_before(UNSORTED)
        assert read_before is not None
        before = np.array(sample_rows(read_before, self._canvas, _SAMPLED))
        return Limits(np.subtract(self._sample, before, dtype=np.float32))

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

    def _read_before(self, order: Order) -> ReadRows | None:
        """Return what reads the file's own rows, where it has other values."""
        before = self._before
        if before is None:
            return None
        return _sorted(
            lambda start, stop, step: before.read(
                (slice(start, stop, step), slice(None))
            ),
            order,
        )

    def _rows(self, start: int, stop: int, step: int) -> NDArray[Any]:
        return self._weight.read((slice(start, stop, step), slice(None)))

    def _pyramid(self, display: Display, order: Order) -> Pyramid:
        key = display.rows, display.columns
        if key not in self._kept.pyramids:
            self._kept.pyramids = {key: Pyramid(self._canvas)}  # one is large enough
        return self._kept.pyramids[key]

    def _order(self, display: Display, cancelled: Callable[[], bool]) -> Order | None:
        """Return the order, all lines read once for it; None where cancelled."""
        kept, key = self._kept, (display.rows, display.columns)
        if key == (SortBy.NONE, SortBy.NONE):
            return UNSORTED
        if kept.sums is None:
            height, step = self._canvas.height, band_rows(self._canvas, 1)
            sums = LineSums(height, self._canvas.width)
            for start in range(0, height, step):
                if cancelled():
                    return None
                sums.add(self._rows(start, min(start + step, height), 1), start)
            kept.sums = sums
        if key not in kept.orders:
            kept.orders[key] = kept.sums.order(display.rows, display.columns)
        return kept.orders[key]


def _differing(
    read: ReadRows, read_before: ReadRows | None, display: Display
) -> ReadRows:
    """Read differences; the file's to itself are zero, but for what is no number."""

    def difference(start: int, stop: int, step: int) -> NDArray[Any]:
        before = None if read_before is None else read_before(start, stop, step)
        return display.of(read(start, stop, step), before)

    return difference


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
