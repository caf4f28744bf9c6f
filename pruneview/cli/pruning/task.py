"""What every request for a run in the terminal has, and what it is carried out with."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from pruneview.pruning.events import Event, LogLine, RunEnded
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.pruning.structured.shrinking.events import ShrinkEnded

Ended = RunEnded | ShrinkEnded


class Task:
    """What a request is carried out with.

    Attributes
    ----------
    during
        What is being done, as a `Failed` event names it.
    """

    def __init__(
        self,
        session: PruningSession,
        emit: Callable[[Event], None],
        control: RunControl,
    ) -> None:
        self._emit = emit
        self._control = control
        self.session = session
        self.during = "data"

    @property
    def stop_requested(self) -> bool:
        """Whether the person has asked to stop."""
        return self._control.stop_requested

    def stop(self) -> None:
        """Let a run end before its next step."""
        self._control.stop()

    def warn(self, sentence: str) -> None:
        """Tell the person."""
        self._emit(LogLine(sentence, "warning"))


class Request(Protocol):
    """What is asked for; ``output`` is where the model goes, None for nowhere."""

    @property
    def output(self) -> Path | None: ...

    @property
    def overwrite(self) -> bool: ...

    @property
    def save_stopped(self) -> bool: ...

    @property
    def report(self) -> bool: ...

    @property
    def only_checkpoint(self) -> bool: ...

    def carry_out(self, task: Task) -> Ended | None:
        """Do it; None where it was stopped before it began."""
