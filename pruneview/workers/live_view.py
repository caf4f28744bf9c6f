"""When to draw the weight that is being watched, and drawing it."""

import threading
import time
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from pruneview.sparsity.pictures.live import FrameRenderer, LiveFrame, ViewRequest

_FRAME_SECONDS = 1 / 30
# Drawing may take this share of the training thread's time, and no more.
_MOST_OF_TIME = 0.1


class LiveView:
    """Draws one weight at most thirty times a second.

    `watch` may be called from any thread, everything else from the training thread.

    Parameters
    ----------
    values, threshold
        Give a weight's current values and threshold; KeyError where there is none.
    show
        Takes each picture.
    baseline
        Gives a weight's values before the run, or None.
    """

    def __init__(
        self,
        values: Callable[[str], NDArray[Any]],
        threshold: Callable[[str], float],
        show: Callable[[LiveFrame], None],
        clock: Callable[[], float] = time.monotonic,
        baseline: Callable[[str], NDArray[Any] | None] = lambda _path: None,
    ) -> None:
        self._values = values
        self._threshold = threshold
        self._show = show
        self._baseline = baseline
        self._clock = clock
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
        self._renderer = None
        self._seen = None
        self._drawn_step = -1

    def on_step(self, step: int) -> None:
        """Draw, if it is time and there is anything new."""
        if self._wanted is None:
            return
        changed = step != self._drawn_step and self._clock() >= self._next
        if changed or self.is_new:
            self.draw(step)

    def draw(self, step: int) -> None:
        """Draw what is wanted now; nothing where the model has no such weight."""
        with self._lock:
            wanted = self._wanted
        self._seen = wanted
        if wanted is None:
            return
        started = self._clock()
        try:
            values = self._values(wanted.weight_path)
            threshold = self._threshold(wanted.weight_path)
        except KeyError:
            return
        if self._renderer is None or not self._renderer.follow(wanted):
            path = wanted.weight_path
            self._renderer = FrameRenderer(
                wanted, self._clock, lambda: self._baseline(path)
            )
        self._show(self._renderer.render(values, step=step, threshold=threshold))
        ended = self._clock()
        self._drawn_step = step
        self._next = max(
            started + _FRAME_SECONDS, ended + (ended - started) / _MOST_OF_TIME
        )
