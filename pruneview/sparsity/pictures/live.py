"""The pictures of a weight that a run sends while it trains.

The thread that trains draws them, so that the window only has to show them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.counting.histogram import (
    MagnitudeHistogram,
    magnitude_histogram,
    share_below,
)
from pruneview.sparsity.pictures.blocks import Block
from pruneview.sparsity.pictures.canvas import Arrangement, canvas_for
from pruneview.sparsity.pictures.display import PLAIN, Display
from pruneview.sparsity.pictures.order import Order, order_of
from pruneview.sparsity.pictures.picture import (
    EXACT,
    FRESH_CODES,
    Picture,
    Region,
    render,
    robust_limit,
    whole,
)
from pruneview.sparsity.pictures.tone import Quantity

#: Seconds for which a weight that has become zero is shown as fresh.
FRESH_SECONDS = 0.8


@dataclass(frozen=True)
class ViewRequest:
    """What the window wants to see.

    Attributes
    ----------
    weight_path
        The weight, by its path in the file.
    arrangement
        How axes beyond two are laid out.
    region, block
        Which cells, and how many (down, across) one pixel stands for; region None:
        all.
    limit
        Magnitude at the ends of the colour scale; None: a robust one.
    generation
        Comes back in the answers, so that stale ones can be told.
    display
        What is shown of the weight.
    """

    weight_path: str
    arrangement: Arrangement = Arrangement.SLICES
    region: Region | None = None
    block: Block = EXACT
    limit: float | None = None
    generation: int = 0
    display: Display = PLAIN

    def is_of_same(self, other: "ViewRequest") -> bool:
        """Whether both are of one weight, laid out in one way."""
        wanted = self.weight_path, self.arrangement
        return wanted == (other.weight_path, other.arrangement)


@dataclass(frozen=True)
class LiveFrame:
    """A weight at one step, ready to be shown.

    `wave_births` holds, for each code of fresh zeros, the `time.monotonic` seconds
    at which that wave appeared (minus infinity: never). `threshold` is 0.0 before
    the first mask; `share_below_threshold` is counted over the weights. `values`
    are the weight's own, in its shape; nobody writes to them.
    """

    request: ViewRequest
    step: int
    values: NDArray[Any]
    picture: Picture
    histogram: MagnitudeHistogram
    threshold: float
    share_below_threshold: float
    wave_births: tuple[float, ...]


class FrameRenderer:
    """Draws one weight again and again and knows which zeros are new.

    Parameters
    ----------
    request
        What to draw.
    clock
        Seconds, for the age of fresh zeros.
    baseline
        Gives the weight's values before the run; asked where a difference is shown.
    """

    def __init__(
        self,
        request: ViewRequest,
        clock: Callable[[], float] = time.monotonic,
        baseline: Callable[[], NDArray[Any] | None] = lambda: None,
    ) -> None:
        self.request = request
        self._clock = clock
        self._baseline = baseline
        self._zero: NDArray[np.bool_] | None = None
        self._fresh: NDArray[np.uint8] | None = None
        self._births = [-np.inf] * FRESH_CODES
        self._wave = -1
        self._limit = request.limit
        self._order: Order | None = None

    def follow(self, request: ViewRequest) -> bool:
        """Take over a request for another view of the same weight, if it is one."""
        if request.weight_path != self.request.weight_path:
            return False
        before, display = self.request.display, request.display
        if (display.rows, display.columns) != (before.rows, before.columns):
            self._order = None
        if request.limit is not None:
            self._limit = request.limit
        elif display != before:
            self._limit = None
        self.request = request
        return True

    def render(
        self, values: NDArray[Any], step: int, threshold: float = 0.0
    ) -> LiveFrame:
        """Draw the weight's current values, shape as in the file.

        Rows and columns that are sorted stay where they were at the first picture:
        lines that change places cannot be watched.
        """
        request = self.request
        self._find_fresh(values)
        return LiveFrame(
            request=request,
            step=step,
            values=values,
            picture=self._draw(values),
            histogram=magnitude_histogram(values),
            threshold=threshold,
            share_below_threshold=share_below(values, threshold),
            wave_births=tuple(self._births),
        )

    def _draw(self, values: NDArray[Any]) -> Picture:
        request, display = self.request, self.request.display
        differs = display.quantity is Quantity.DIFFERENCE
        baseline = self._baseline() if differs else None
        if baseline is not None and baseline.shape != values.shape:
            baseline = None  # units were removed: there is nothing to compare
        shown = display.of(values, baseline)
        if self._order is None:
            self._order = order_of(values, display.rows, display.columns)
        order = self._order
        canvas = canvas_for(values.shape, request.arrangement)
        # In a difference zero means unchanged, and that is never news.
        fresh = None if differs or self._fresh is None else order.place(self._fresh)
        return render(
            canvas.place(order.place(shown)),
            canvas,
            request.region or whole(canvas),
            block=request.block,
            limit=self._limit_of(shown),
            fresh=None if fresh is None else canvas.place(fresh),
            tone=display.tone,
            order=order,
        )

    def _limit_of(self, shown: NDArray[Any]) -> float:
        display = self.request.display
        if self.request.limit is None and display.quantity is Quantity.DIFFERENCE:
            # Differences begin at nothing and grow: the scale follows in wide steps.
            now = robust_limit(shown, display.percentile, 1 << 16)
            if self._limit is None or not self._limit / 4 < now <= self._limit:
                self._limit = 1.5 * now
        if self._limit is None:
            self._limit = robust_limit(shown, display.percentile)
        return self._limit

    def _find_fresh(self, values: NDArray[Any]) -> None:
        now = self._clock()
        zero = values == 0
        before, self._zero = self._zero, zero
        if before is None:
            return
        for wave, birth in enumerate(self._births):
            if self._fresh is not None and now - birth > FRESH_SECONDS:
                self._births[wave] = -np.inf
                if np.isfinite(birth):
                    self._fresh[self._fresh == wave + 1] = 0
        if not np.isfinite(self._births).any():
            self._fresh = None
        new = zero & ~before
        if not new.any():
            return
        if self._fresh is None:
            self._fresh = np.zeros(values.shape, np.uint8)
        self._wave = (self._wave + 1) % FRESH_CODES
        self._fresh[self._fresh == self._wave + 1] = 0
        self._fresh[new] = self._wave + 1
        self._births[self._wave] = now
