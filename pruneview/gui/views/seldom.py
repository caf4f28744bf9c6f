"""Redrawing at once, but at most so often: many small changes cost one drawing."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Seldom:
    """Makes one call out of many that come quickly one after another.

    Parameters
    ----------
    owner
        Whose calls they are; the timer goes with it.
    call
        What is to be done.
    interval
        Milliseconds from one call to the next, at least.
    """

    def __init__(
        self, owner: QObject, call: Callable[[], None], interval: float
    ) -> None:
        self._call = call
        self._interval = interval / 1000
        self._next = 0.0
        self._timer = QTimer(owner, singleShot=True)
        self._timer.timeout.connect(self.now)

    def ask(self) -> None:
        """Call now if the last time is long enough ago, else once that is so."""
        if self._timer.isActive():
            return
        wait = self._next - time.monotonic()
        if wait > 0:
            self._timer.start(round(wait * 1000) + 1)
        else:
            self.now()

    def now(self) -> None:
        """Call in any case; whatever was asked for is done by that."""
        self.drop()
        self._next = time.monotonic() + self._interval
        self._call()

    def drop(self) -> None:
        """Do not make a call that was asked for."""
        self._timer.stop()

    @property
    def pending(self) -> bool:
        """Whether a call is still to come."""
        return self._timer.isActive()
