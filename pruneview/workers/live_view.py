"""When to draw the weight that is being watched, and drawing it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pruneview.sparsity.pictures.gradient import Gradient
from pruneview.sparsity.pictures.live import FrameRenderer, LiveFrame, ViewRequest
from pruneview.sparsity.pictures.tone import Quantity
from pruneview.workers.give_gradient import GiveGradient, no_gradient

_FRAME_SECONDS = 1 / 20
# Drawing takes this share of a processor, so that whoever watches a run does not slow
# it down; more only where pictures would come less often than is seen as moving.
_SHARE_OF_TIME = 0.03
_STILL_MOVING = 1 / 8
# Never more than this.
_MOST_OF_TIME = 0.1


@dataclass(frozen=True, eq=False)
class _Sitting:
    """All that is needed to draw a weight as it was at one step."""

    wanted: ViewRequest
    step: int
    values: NDArray[Any]
    threshold: float
    gradient: Gradient | str
    started: float
    cost: float


class LiveView:
    """Draws one weight at most twenty times a second.

    `watch` may be called from any thread, everything else from the training thread.

    Parameters
    ----------
    values, threshold
        Give a weight's current values and threshold; KeyError where there is none.
        The values are a copy.
    show
        Takes each picture; on another thread where there is an `aside`.
    clock, spent
        Seconds of the day, and seconds that the calling thread has computed.
    baseline
        Gives a weight's values before the run, or None.
    aside
        Where pictures are drawn while training goes on; None: right there.
    gradient
        Gives the gradient of a weight at a step, or says why there is none.
    """

    def __init__(
        self,
        values: Callable[[str], NDArray[Any]],
        threshold: Callable[[str], float],
        show: Callable[[LiveFrame], None],
        clock: Callable[[], float] = time.monotonic,
        baseline: Callable[[str], NDArray[Any] | None] = lambda _path: None,
        *,
        spent: Callable[[], float] = time.thread_time,
        aside: Executor | None = None,
        gradient: GiveGradient = no_gradient,
    ) -> None:
        self._values = values
        self._threshold = threshold
        self._show = show
        self._baseline = baseline
        self._clock = clock
        self._spent = spent
        self._aside = aside
        self._gradient = gradient
        self._under_way: Future[None] | None = None
        self._lock = threading.Lock()
        self._wanted: ViewRequest | None = None
        self._seen: ViewRequest | None = None
        self._renderer: FrameRenderer | None = None
        self._next = 0.0
        self._drawn_step = -1

    def watch(self, request: ViewRequest | None) -> None:
        """Choose what is drawn from now on; any thread."""
        with self._lock:
            self._wanted = request

    @property
    def is_new(self) -> bool:
        """Whether what is wanted has not been drawn yet."""
        return self._wanted is not self._seen

    def forget(self) -> None:
        """Take all zeros as old, and draw again: another model, or another run."""
        self._finish()
        self._renderer = None
        self._seen = None
        self._drawn_step = -1

    def on_step(self, step: int) -> None:
        """Draw, if it is time and there is anything new."""
        if self._wanted is None:
            return
        if self._under_way is not None and not self._under_way.done():
            return
        self._finish()
        changed = step != self._drawn_step and self._clock() >= self._next
        if not (changed or self.is_new):
            return
        sitting = self._look(step, rests=False)
        if sitting is None:
            return
        if self._aside is None:
            self._paint(sitting)
        else:
            self._under_way = self._aside.submit(self._paint, sitting)

    def draw(self, step: int) -> None:
        """Draw what is wanted now; nothing where the model has no such weight."""
        self._finish()
        sitting = self._look(step, rests=True)
        if sitting is not None:
            self._paint(sitting)

    def _finish(self) -> None:
        """Wait for a picture that is being drawn; what went wrong is raised here."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def _look(self, step: int, *, rests: bool) -> _Sitting | None:
        with self._lock:
            wanted = self._wanted
        self._seen = wanted
        if wanted is None:
            return None
        wants_gradient = wanted.display.quantity is Quantity.GRADIENT
        try:
            gradient = self._gradient(
                wanted.weight_path, step, wanted=wants_gradient, rests=rests
            )
            # What that has cost it takes care of itself.
            started, spent = self._clock(), self._spent()
            values = self._values(wanted.weight_path)
            threshold = self._threshold(wanted.weight_path)
        except KeyError:
            return None
        self._drawn_step = step
        cost = self._spent() - spent
        return _Sitting(wanted, step, values, threshold, gradient, started, cost)

    def _paint(self, sitting: _Sitting) -> None:
        spent, wanted = self._spent(), sitting.wanted
        if self._renderer is None or not self._renderer.follow(wanted):
            path = wanted.weight_path
            self._renderer = FrameRenderer(
                wanted, self._clock, lambda: self._baseline(path)
            )
        self._show(
            self._renderer.render(
                sitting.values,
                step=sitting.step,
                threshold=sitting.threshold,
                gradient=sitting.gradient,
            )
        )
        cost = sitting.cost + self._spent() - spent
        pause = max(min(cost / _SHARE_OF_TIME, _STILL_MOVING), cost / _MOST_OF_TIME)
        self._next = max(sitting.started + _FRAME_SECONDS, self._clock() + pause)
