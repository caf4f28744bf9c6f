"""How another thread pauses and stops a run."""

import threading
from collections.abc import Callable

_GLANCE = 1 / 30  # seconds between ticks while paused


class RunControl:
    """Wishes of the person; every method may be called on any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._paused = False
        self._stop = False

    def pause(self) -> None:
        """Ask the run to wait at the next step."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        """Let a paused run go on."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def stop(self) -> None:
        """Ask the run to end at the next step; a paused one ends too."""
        with self._changed:
            self._stop = True
            self._paused = False
            self._changed.notify_all()

    def reset(self) -> None:
        """Forget earlier wishes, before a new run."""
        with self._changed:
            self._paused = self._stop = False

    @property
    def stop_requested(self) -> bool:
        """Whether `stop` was called since `reset`."""
        return self._stop

    @property
    def paused(self) -> bool:
        """Whether the run is to wait."""
        return self._paused

    def wait_while_paused(self, tick: Callable[[], None] = lambda: None) -> None:
        """Block while paused; `tick` is called some thirty times a second."""
        while True:
            with self._changed:
                if not self._changed.wait_for(lambda: not self._paused, 0):
                    self._changed.wait(_GLANCE)
                if not self._paused:
                    return
            tick()
