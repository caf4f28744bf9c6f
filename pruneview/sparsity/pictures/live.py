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
from pruneview.sparsity.pictures.gradient import Gradient, gradient_shown
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

#: Of a scale that follows: how far beyond the values it ends when it is set, and how
#: many times too long it may become.
_ROOM = {Quantity.DIFFERENCE: (1.5, 4.0), Quantity.GRADIENT: (1.2, 2.0)}


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
    are the weight's own, in its shape; nobody writes to them. `gradient` is that by
    the weight, or a sentence that says why there is none; "" where nobody asked.
    """

    request: ViewRequest
    step: int
    values: NDArray[Any]
    picture: Picture
    histogram: MagnitudeHistogram
    threshold: float
    share_below_threshold: float
    wave_births: tuple[float, ...]
    gradient: Gradient | str = ""

    @property
    def shown(self) -> NDArray[Any]:
        """What the picture is of: the weight's gradient, or its values."""
        if self.picture.tone.quantity is not Quantity.GRADIENT:
            return self.values
        assert isinstance(self.gradient, Gradient)
        return self.gradient.values


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
    order
        That of another renderer's pictures; None: by the first values that are drawn.
    """

    def __init__(
        self,
        request: ViewRequest,
        clock: Callable[[], float] = time.monotonic,
        baseline: Callable[[], NDArray[Any] | None] = lambda: None,
        order: Order | None = None,
    ) -> None:
        self.request = request
        self._clock = clock
        self._baseline = baseline
        self._zero: NDArray[np.bool_] | None = None
        self._fresh: NDArray[np.uint8] | None = None
        self._births = [-np.inf] * FRESH_CODES
        self._wave = -1
        self._limit = request.limit
        self._display = request.display
        self._order = order

    def follow(self, request: ViewRequest) -> bool:
        """Take over a request for another view of the same weight, if it is one."""
        if request.weight_path != self.request.weight_path:
            return False
        before, display = self.request.display, request.display
        if (display.rows, display.columns) != (before.rows, before.columns):
            self._order = None
        self.request = request
        return True

    def render(
        self,
        values: NDArray[Any],
        step: int,
        threshold: float = 0.0,
        gradient: Gradient | str = "",
    ) -> LiveFrame:
        """Draw the weight's current values, shape as in the file, or their gradient.

        Values are drawn where the gradient is wanted and there is none.

        Rows and columns that are sorted stay where they were at the first picture:
        lines that change places cannot be watched.
        """
        request = self.request
        self._find_fresh(values)
        return LiveFrame(
            request=request,
            step=step,
            values=values,
            picture=self._draw(values, gradient),
            histogram=magnitude_histogram(values),
            threshold=threshold,
            share_below_threshold=share_below(values, threshold),
            wave_births=tuple(self._births),
            gradient=gradient,
        )

    def _draw(self, values: NDArray[Any], gradient: Gradient | str) -> Picture:
        request, display = self.request, self.request.display
        gradients = gradient_shown(display, values, gradient)
        if gradients is None:
            display = display.of_weights
        differs = display.quantity is Quantity.DIFFERENCE
        baseline = self._baseline() if differs else None
        if baseline is not None and baseline.shape != values.shape:
            baseline = None  # units were removed: there is nothing to compare
        shown = display.of(values, baseline) if gradients is None else gradients
        if self._order is None:
            self._order = order_of(values, display.rows, display.columns)
        order = self._order
        canvas = canvas_for(values.shape, request.arrangement)
        # In a difference zero means unchanged, and that is never news.
        news = self._fresh if not display.follows else None
        fresh = None if news is None else order.place(news)
        kept = None if gradients is None else order.place(values != 0)
        return render(
            canvas.place(order.place(shown)),
            canvas,
            request.region or whole(canvas),
            block=request.block,
            limit=self._limit_of(shown, display),
            fresh=None if fresh is None else canvas.place(fresh),
            tone=display.tone,
            order=order,
            # True between tiles, where nothing is placed.
            zero=None if kept is None else ~canvas.place(kept),
        )

    def _limit_of(self, shown: NDArray[Any], display: Display) -> float:
        request = self.request
        limit = request.limit if display == request.display else None
        if limit is not None or display != self._display:
            self._display, self._limit = display, limit
        if limit is None and display.follows:
            # They grow, or shrink, as a run goes on: the scale follows in wide steps.
            now = robust_limit(shown, display.percentile, 1 << 16)
            room, most = _ROOM[display.quantity]
            if self._limit is None or not self._limit / most < now <= self._limit:
                self._limit = room * now
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
