"""What the training thread is asked for, one thing after another."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pruneview.pruning.planning.plan import PruningPlan


class WorkerState(StrEnum):
    """What the worker is doing."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    SAVING = "saving"
    CLOSED = "closed"


_STATES = {"run": WorkerState.RUNNING, "save": WorkerState.SAVING}


@dataclass(frozen=True, eq=False)
class Command:
    """One thing to do; ``during`` names it in a `Failed` event."""

    during: str
    call: Callable[[], object]

    @property
    def state(self) -> WorkerState:
        """What the worker is doing while it does this."""
        return _STATES.get(self.during, WorkerState.PREPARING)


@dataclass(frozen=True)
class Branch:
    """From which step of a recorded run a new one begins, under which plan.

    ``record`` is where that one is recorded; None for nowhere.
    """

    step: int
    plan: PruningPlan
    record: Path | None
