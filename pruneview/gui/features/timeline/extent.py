"""How far a run has come, and where its masks changed. No Qt here."""

import bisect
from collections.abc import Iterable

from pruneview.pruning.events import Event, MaskUpdated, RunEnded, StepDone


class Extent:
    """The steps of a run at which there is something to see.

    Attributes
    ----------
    steps
        Of the whole run.
    reached
        The last step there is.
    stops
        Mask updates, and both ends; in order.
    """

    def __init__(self, steps: int = 0) -> None:
        self.steps = steps
        self.reached = 0
        self.stops: list[int] = [0]

    def reach(self, step: int) -> None:
        """The run has come to a step."""
        self.reached = max(self.reached, step)
        self.steps = max(self.steps, step)

    def add(self, stops: Iterable[int]) -> None:
        """Masks changed at these steps, or the run ended there."""
        self.stops = sorted({*self.stops, *stops})
        self.reach(self.stops[-1])

    def follow(self, event: Event) -> bool:
        """Take in what a run reports; whether it has come any further."""
        if isinstance(event, StepDone):
            self.reach(event.step)
        elif isinstance(event, MaskUpdated | RunEnded):
            self.add([event.step])
        else:
            return False
        return True

    def after(self, step: int) -> int:
        """Return the next stop, or the end."""
        place = bisect.bisect_right(self.stops, step)
        return self.stops[place] if place < len(self.stops) else self.reached

    def before(self, step: int) -> int:
        """Return the stop before, or the beginning."""
        place = bisect.bisect_left(self.stops, step)
        return self.stops[place - 1] if place else 0
