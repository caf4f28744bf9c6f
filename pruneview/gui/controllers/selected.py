"""The weight on show, and how its pictures are made from the file."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import Weight
from pruneview.gui.controllers.large import LargeMatrix
from pruneview.gui.controllers.limits import Limits
from pruneview.pruning.in_memory import whole as as_in_file
from pruneview.pruning.pieces import is_large, measure
from pruneview.sparsity.counting.histogram import (
    MagnitudeHistogram,
    magnitude_histogram,
    share_below,
)
from pruneview.sparsity.masking.masks import threshold
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.display import PLAIN, Display
from pruneview.sparsity.pictures.live import ViewRequest
from pruneview.sparsity.pictures.order import Order, order_of
from pruneview.sparsity.pictures.picture import (
    Picture,
    Region,
    render,
    robust_limit,
    whole,
)
from pruneview.sparsity.pictures.tone import Quantity
from pruneview.workers.reader_pool import Request

#: Of a difference's largest values nobody reads more than this tells.
_SAMPLED = 1 << 16


class SelectedWeight(Protocol):
    """What is known of the weight on show.

    Attributes
    ----------
    histogram
        None until all values were counted.
    """

    histogram: MagnitudeHistogram | None

    def draw(
        self,
        request: ViewRequest,
        report: Callable[[Picture], None],
        cancelled: Callable[[], bool],
    ) -> Picture | None:
        """Draw what is wanted; `report` is given a coarse picture if it takes long."""

    def limit_of(self, display: Display) -> float:
        """Return the magnitude at the ends of the colour scale."""

    def value_at(self, index: tuple[int, ...]) -> float:
        """Return one value."""

    def cells(self, region: Region, order: Order) -> Iterator[NDArray[Any]]:
        """Yield the values of a region of the canvas in bands of whole rows."""

    def planned_threshold(self, sparsity: float) -> tuple[float, float, bool] | None:
        """Return the threshold of a sparsity, the share below it, whether exact."""


class WholeWeight:
    """A weight whose values are in memory.

    Parameters
    ----------
    before
        The weight in its file, where that has other values: what differences are to.
    """

    def __init__(
        self,
        values: NDArray[Any],
        canvas: Canvas,
        histogram: MagnitudeHistogram,
        before: Weight | None = None,
    ) -> None:
        self._before = before
        if values.dtype.kind not in "fiub":
            values = values.astype(np.float32)
        self._values = values
        self._canvas = canvas
        self._order: tuple[Display, Order] | None = None
        self._limits = Limits(self._values)
        self._drawn: tuple[Display, NDArray[Any]] | None = None
        self.histogram: MagnitudeHistogram | None = histogram

    def draw(
        self,
        request: ViewRequest,
        report: Callable[[Picture], None],
        cancelled: Callable[[], bool],
    ) -> Picture | None:
        """See `SelectedWeight.draw`; never coarse."""
        display, canvas = request.display.of_weights, self._canvas
        order = self._order_of(display)
        known = self._drawn
        if known is None or known[0] != display:
            cells = canvas.place(order.place(self._shown(display)))
            known = self._drawn = (display, cells)
        return render(
            known[1],
            canvas,
            request.region or whole(canvas),
            block=request.block,
            limit=self.limit_of(display),
            tone=display.tone,
            order=order,
        )

    def limit_of(self, display: Display) -> float:
        """See `SelectedWeight.limit_of`."""
        differs = display.quantity is Quantity.DIFFERENCE
        if differs and self._before is not None and display.limit is None:
            return robust_limit(self._shown(display), display.percentile, _SAMPLED)
        return self._limits.of(display)

    def _shown(self, display: Display) -> NDArray[Any]:
        differs = display.quantity is Quantity.DIFFERENCE
        before = self._before.read() if differs and self._before is not None else None
        return display.of(self._values, before)

    def value_at(self, index: tuple[int, ...]) -> float:
        """See `SelectedWeight.value_at`."""
        return float(self._values[index])

    def cells(self, region: Region, order: Order) -> Iterator[NDArray[Any]]:
        """See `SelectedWeight.cells`."""
        placed = self._canvas.place(order.place(self._values))
        yield placed[region.top : region.bottom, region.left : region.right]

    def planned_threshold(self, sparsity: float) -> tuple[float, float, bool] | None:
        """See `SelectedWeight.planned_threshold`; exact."""
        at = threshold(np.abs(self._values), sparsity)
        return at, share_below(self._values, at), True

    def _order_of(self, display: Display) -> Order:
        known = self._order
        if known is None or (known[0].rows, known[0].columns) != (
            display.rows,
            display.columns,
        ):
            order = order_of(self._values, display.rows, display.columns)
            known = self._order = (display, order)
        return known[1]


def get(weight: Weight, canvas: Canvas, request: Request) -> SelectedWeight:
    """Get a weight ready to be shown, on the reader pool.

    A large matrix is reported as soon as it can be drawn, and returned once all of
    it is counted.
    """
    if not is_large(weight) or len(weight.shape) != 2:
        # A copy: a mapped file that is written anew would take the process with it.
        values = np.array(weight.read())
        whole_weight = WholeWeight(
            values, canvas, magnitude_histogram(values), as_in_file(weight)
        )
        whole_weight.limit_of(PLAIN)  # here, where nobody waits for it
        return whole_weight
    matrix = LargeMatrix(weight, canvas)
    request.report(matrix)
    found = measure(weight, lambda: request.cancelled)
    return (
        matrix if found is None else matrix.with_histogram(found.histogram().merged())
    )
