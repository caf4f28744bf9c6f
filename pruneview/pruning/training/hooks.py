"""Who is told of a run, and who may end it."""

from collections.abc import Callable
from dataclasses import dataclass

from pruneview.pruning.events import Event
from pruneview.pruning.training.control import RunControl


@dataclass(frozen=True, eq=False)
class Hooks:
    """What connects a run to the rest of the program.

    Attributes
    ----------
    emit
        Told everything that happens.
    control
        Asked at each step.
    on_step
        Called at each step boundary, and while paused, with the step's number.
    """

    emit: Callable[[Event], None]
    control: RunControl
    on_step: Callable[[int], None]
