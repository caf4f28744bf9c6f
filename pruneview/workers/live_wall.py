"""Small pictures of all weights while a run goes on, at a bounded cost."""

import threading
import time
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from pruneview.sparsity.pictures.display import PLAIN, Display
from pruneview.sparsity.pictures.thumbnail import Thumbnail, ThumbnailWish, thumbnail
from pruneview.sparsity.pictures.tone import Quantity
from pruneview.workers.give_gradient import GiveGradient, no_gradient

# Drawing may take this share of the training thread's time, and no more.
_MOST_OF_TIME = 0.02


class LiveWall:
    """Draws one weight after the other, round and round, as time allows.

    `watch` and `take` may be called from any thread, the rest from the training
    thread. Of each weight only the latest picture is kept.

    Parameters
    ----------
    values, baseline
        Give a weight's values, now and before the run; KeyError where there is none.
    gradient
        Gives that of a weight at a step, or says why there is none.

    Attributes
    ----------
    is_new
        Whether not all of what is wanted has been drawn since it was asked for.
    """

    def __init__(
        self,
        values: Callable[[str], NDArray[Any]],
        baseline: Callable[[str], NDArray[Any]],
        clock: Callable[[], float] = time.monotonic,
        gradient: GiveGradient = no_gradient,
    ) -> None:
        self._values = values
        self._baseline = baseline
        self._clock = clock
        self._gradient = gradient
        self._lock = threading.Lock()
        self._wishes: tuple[ThumbnailWish, ...] = ()
        self._display = PLAIN
        self._drawn: dict[str, Thumbnail] = {}
        self._place = 0
        self.is_new = False
        self._next = 0.0

    def watch(
        self, wishes: tuple[ThumbnailWish, ...], display: Display = PLAIN
    ) -> None:
        """Choose what is drawn from now on; nothing costs nothing."""
        with self._lock:
            self._wishes, self._display = wishes, display
            self._drawn.clear()
            self.is_new = bool(wishes)

    def take(self) -> list[Thumbnail]:
        """Return what was drawn since the last time."""
        with self._lock:
            drawn = list(self._drawn.values())
            self._drawn.clear()
        return drawn

    def on_step(self, step: int) -> None:
        """Draw the next weight, if it is time."""
        if not self._wishes or self._clock() < self._next:
            return
        started = self._clock()
        with self._lock:
            wishes, display = self._wishes, self._display
        if wishes:
            self._place = (self._place + 1) % len(wishes)
            self._draw(wishes[self._place], display, step, rests=False)
        ended = self._clock()
        self._next = ended + (ended - started) / _MOST_OF_TIME

    def draw_all(self, step: int) -> None:
        """Draw every weight as it is when a run has ended."""
        with self._lock:
            wishes, display = self._wishes, self._display
            self.is_new = False
        for wish in wishes:
            self._draw(wish, display, step, rests=True)

    def _draw(
        self, wish: ThumbnailWish, display: Display, step: int, *, rests: bool
    ) -> None:
        path, quantity = wish.weight_path, display.quantity
        wanted = quantity is Quantity.GRADIENT
        try:
            drawn = thumbnail(
                wish,
                self._values(path),
                display,
                # It may have to be read from a disk.
                self._baseline(path) if quantity is Quantity.DIFFERENCE else None,
                self._gradient(path, step, wanted=wanted, rests=rests),
            )
        except KeyError:
            return
        with self._lock:
            if wish in self._wishes:
                self._drawn[path] = drawn
