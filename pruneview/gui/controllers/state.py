"""What the program is doing, as far as actions and words depend on it."""

from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """Where a run is."""

    IDLE = "idle"
    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPING = "stopping"
    REPORTING = "reporting"


@dataclass(frozen=True)
class ProgramState:
    """Facts that decide which actions make sense.

    Attributes
    ----------
    model_open
        A model is shown.
    busy
        A file is being opened, or a copy written.
    phase
        Where a run is.
    result
        A pruned model is in memory and can be saved.
    prunable
        Zeros can be written into a copy of the model's file.
    pruned
        The weights on show were pruned in memory, and can be written into a copy.
    can_undo, can_redo
        Whether there is an edit to take back, or to make again.
    undo_words, redo_words
        Which one; "" where there is none.
    """

    model_open: bool = False
    busy: bool = False
    phase: Phase = Phase.IDLE
    result: bool = False
    prunable: bool = False
    can_undo: bool = False
    can_redo: bool = False
    pruned: bool = False
    undo_words: str = ""
    redo_words: str = ""

    @property
    def is_running(self) -> bool:
        return self.phase is not Phase.IDLE
