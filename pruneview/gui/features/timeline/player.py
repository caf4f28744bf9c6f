"""Where playing has come to. No Qt here."""

from collections.abc import Callable


class Player:
    """Moves evenly over the steps of a run.

    Parameters
    ----------
    clock
        Seconds.

    Attributes
    ----------
    seconds
        What a whole run takes.
    direction
        1, -1, or 0 where nothing is played.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.seconds = 12.0
        self.direction = 0
        self._place = 0.0
        self._at = 0.0

    def choose(self, seconds: float) -> None:
        """Take so long for a whole run from now on."""
        self.seconds = seconds

    def play(self, direction: int, step: int) -> None:
        """Play on from a step, forwards (1) or backwards (-1)."""
        self.direction = direction
        self._place, self._at = float(step), self._clock()

    def stop(self) -> None:
        self.direction = 0

    def move(self, last: int, steps: int) -> int:
        """Return the step that is due now; stops at either end.

        Parameters
        ----------
        last
            The last step there is.
        steps
            Of the whole run, whose length `seconds` is.
        """
        now = self._clock()
        pace = steps / max(self.seconds, 1e-3)
        self._place += self.direction * pace * (now - self._at)
        self._at = now
        if not 0 < self._place < last:
            self._place = min(max(self._place, 0.0), float(last))
            self.stop()
        return round(self._place)
