"""The weight on show: small ones in memory, large matrices read as they are needed."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import Weight
from pruneview.pruning.pieces import is_large, measure
from pruneview.sparsity.banded import render_bands, render_coarse, sample_rows
from pruneview.sparsity.canvas import Canvas
from pruneview.sparsity.histogram import (
    MagnitudeHistogram,
    magnitude_histogram,
    share_below,
)
from pruneview.sparsity.masks import threshold
from pruneview.sparsity.picture import Block, Picture, Region, render, robust_limit
from pruneview.workers.reader_pool import Request

#: A region of more cells is first drawn coarsely.
_COARSE_FROM = 1 << 22
_SAMPLED = 1 << 18


class SelectedWeight(Protocol):
    """What is known of the weight on show.

    Attributes
    ----------
    limit
        Magnitude at the ends of the colour scale.
    histogram
        None until all values were counted.
    """

    limit: float
    histogram: MagnitudeHistogram | None

    def draw(
        self,
        region: Region,
        block: Block,
        report: Callable[[Picture], None],
        cancelled: Callable[[], bool],
    ) -> Picture | None:
        """Draw a region; `report` is given a coarse picture where it takes long."""

    def value_at(self, index: tuple[int, ...]) -> float:
        """Return one value."""

    def planned_threshold(self, sparsity: float) -> tuple[float, float, bool] | None:
        """Return the threshold of a sparsity, the share below it, whether exact."""


class WholeWeight:
    """A weight whose values are in memory."""

    def __init__(self, weight: Weight, canvas: Canvas) -> None:
        # A copy: a mapped file that is written anew would take the process with it.
        values = np.array(weight.read())
        if values.dtype.kind not in "fiub":
            values = values.astype(np.float32)
        self._values = values
        self._canvas = canvas
        self._cells = canvas.place(values)
        self.histogram: MagnitudeHistogram | None = magnitude_histogram(values)
        self.limit = robust_limit(values)

    def draw(
        self,
        region: Region,
        block: Block,
        report: Callable[[Picture], None],
        cancelled: Callable[[], bool],
    ) -> Picture | None:
        """See `SelectedWeight.draw`; never coarse."""
        return render(self._cells, self._canvas, region, block=block, limit=self.limit)

    def value_at(self, index: tuple[int, ...]) -> float:
        """See `SelectedWeight.value_at`."""
        return float(self._values[index])

    def planned_threshold(self, sparsity: float) -> tuple[float, float, bool] | None:
        """See `SelectedWeight.planned_threshold`; exact."""
        at = threshold(np.abs(self._values), sparsity)
        return at, share_below(self._values, at), True


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
        self.limit = robust_limit(sample_rows(self._rows, canvas, _SAMPLED))

    def with_histogram(self, histogram: MagnitudeHistogram) -> "LargeMatrix":
        """Return the same matrix, all of it counted."""
        counted = LargeMatrix.__new__(LargeMatrix)
        vars(counted).update(vars(self) | {"histogram": histogram})
        return counted

    def draw(
        self,
        region: Region,
        block: Block,
        report: Callable[[Picture], None],
        cancelled: Callable[[], bool],
    ) -> Picture | None:
        """See `SelectedWeight.draw`."""
        if region.height * region.width > _COARSE_FROM:
            report(
                render_coarse(
                    self._rows, self._canvas, region, block=block, limit=self.limit
                )
            )
        return render_bands(
            self._rows,
            self._canvas,
            region,
            block=block,
            limit=self.limit,
            cancelled=cancelled,
        )

    def value_at(self, index: tuple[int, ...]) -> float:
        """See `SelectedWeight.value_at`."""
        window = tuple(slice(i, i + 1) for i in index)
        return float(self._weight.read(window).reshape(-1)[0])

    def planned_threshold(self, sparsity: float) -> tuple[float, float, bool] | None:
        """See `SelectedWeight.planned_threshold`; right to within a bin."""
        if self.histogram is None:
            return None
        return self.histogram.threshold_for(sparsity), sparsity, False

    def _rows(self, start: int, stop: int, step: int) -> NDArray[Any]:
        return self._weight.read((slice(start, stop, step), slice(None)))


def get(weight: Weight, canvas: Canvas, request: Request) -> SelectedWeight:
    """Get a weight ready to be shown, on the reader pool.

    A large matrix is reported as soon as it can be drawn, and returned once all of
    it is counted.
    """
    if not is_large(weight) or len(weight.shape) != 2:
        return WholeWeight(weight, canvas)
    matrix = LargeMatrix(weight, canvas)
    request.report(matrix)
    found = measure(weight, lambda: request.cancelled)
    return (
        matrix if found is None else matrix.with_histogram(found.histogram().merged())
    )
