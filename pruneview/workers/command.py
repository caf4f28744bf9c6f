"""What the training thread is asked for, one thing after another."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class WorkerState(StrEnum):
    """What the worker is doing."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    SAVING = "saving"
    CLOSED = "closed"


@dataclass(frozen=True, eq=False)
class Command:
    """One thing to do; ``during`` names it in a `Failed` event."""

    during: str
    state: WorkerState
    call: Callable[[], object]
