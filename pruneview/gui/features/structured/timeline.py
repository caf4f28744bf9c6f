"""The course of the animation: which unit is how far on its way out, and when."""

import math

import numpy as np
from numpy.typing import NDArray

#: Seconds for fading and for closing up, when all leave together.
_SECONDS_A_PHASE = 1.1
#: Units a second when they leave one by one, and the longest that may take.
_UNITS_A_SECOND = 2.0
_LONGEST_SECONDS = 10.0
#: Progress at which a unit is gone: faded at 1, closed up at 2.
GONE = 2.0


class Timeline:
    """Units leave together, or one after the other.

    Parameters
    ----------
    number
        How many units leave.
    one_by_one
        Whether each waits for the one before it.

    Attributes
    ----------
    now
        Between 0 and `end`, in steps; at a whole number nothing is half-way.
    """

    def __init__(self, number: int, *, one_by_one: bool) -> None:
        self._number = number
        self._one_by_one = one_by_one
        self.now = 0.0
        self._stop = 0.0

    @property
    def end(self) -> float:
        """The last step: with all together, the first fades and the second closes."""
        return float(self._number) if self._one_by_one else GONE

    @property
    def running(self) -> bool:
        return self.now < self._stop

    @property
    def finished(self) -> bool:
        return self.now >= self.end

    def play(self) -> None:
        """Go to the end; from the start where it is there already."""
        if self.finished:
            self.now = 0.0
        self._stop = self.end

    def step(self) -> None:
        """Go on to the next whole step; from the start after the last."""
        if self.finished:
            self.now = 0.0
        self._stop = min(self.end, math.floor(self.now + 1e-9) + 1.0)

    def pause(self) -> None:
        """Stay where it is."""
        self._stop = self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        if self.running:
            self.now = min(self._stop, self.now + seconds * self._speed)

    @property
    def _speed(self) -> float:
        if not self._one_by_one:
            return 1 / _SECONDS_A_PHASE
        to_the_end = self._stop >= self.end and self.end - self.now > 1
        hurry = self._number / _LONGEST_SECONDS if to_the_end else 0.0
        return max(_UNITS_A_SECOND, hurry)

    def progress(self) -> NDArray[np.float64]:
        """Return how far each unit is: 0 stays, 1 has faded, 2 has closed up."""
        if not self._one_by_one:
            return np.full(self._number, _eased(self.now))
        at = GONE * (self.now - np.arange(self._number))
        return np.clip(at, 0.0, GONE)


def _eased(now: float) -> float:
    """Begin and end each phase gently."""
    phase, share = divmod(now, 1.0)
    return phase + share * share * (3 - 2 * share)
