"""What would be lost with the open model, and the question about it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pruneview.gui import dialogs
from pruneview.pruning.demo import demo_model

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_RESULT = "What the run has made of it is lost otherwise."
_ONE_SHOT = "The weights were pruned in memory only; that is lost otherwise."


class Unsaved:
    """Knows whether the weights on show are in no file."""

    def __init__(self, program: "Program") -> None:
        self._program = program

    @property
    def exists(self) -> bool:
        """Whether there is a result of a run, or a one-shot prune, that is unsaved."""
        return self._explanation != ""

    @property
    def is_at_stake(self) -> bool:
        """Whether any of it can be saved and is not the demo's, soon made again."""
        model = self._program.document.model
        if model is None or model.path == demo_model():
            return False
        return self.exists and (self._program.run.result is not None or self.can_copy)

    @property
    def can_copy(self) -> bool:
        """Whether weights pruned in memory can be written into a copy of the file."""
        program = self._program
        model = program.document.model
        applied = program.one_shots.applied and program.run.result is None
        return bool(applied) and model is not None and model.abilities.prune

    def ask(self, discard: Callable[[], None]) -> None:
        """Ask what is to become of it; nothing waits for the answer."""
        program = self._program
        dialogs.ask_unsaved(
            program.window, program.commands.save, discard, self._explanation
        )

    @property
    def _explanation(self) -> str:
        program = self._program
        if program.run.result is not None:
            return _RESULT if program.run.has_unsaved_result else ""
        return _ONE_SHOT if program.one_shots.unsaved else ""
