"""What a feature is: a part of the window that plugs into it from outside."""

from pathlib import Path
from typing import TYPE_CHECKING

from pruneview.formats import ModelFile, Weight
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import ProgramState
from pruneview.gui.theme import Theme
from pruneview.pruning.events import Event
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program


class Feature:
    """Something the window can do beyond opening, showing and pruning.

    A feature adds its panels when it is made (they must be cheap: the first picture
    waits for them) and hears of what happens through the methods below, all of them
    on the GUI thread. None of them has to be overridden.

    Attributes
    ----------
    actions
        Rows for the table of actions; ``carry_out`` is called with their ids.
    """

    actions: tuple[ActionSpec, ...] = ()

    def __init__(self, program: "Program") -> None:
        self.program = program

    def carry_out(self, name: str) -> None:
        """Do what the action of that id is for: the method of its name."""
        getattr(self, name)()

    def enabled(self, name: str, state: ProgramState) -> bool | None:
        """Return whether an action makes sense now; None: what its row says."""

    def model_opened(self, model: ModelFile) -> None:
        """Another model is on show."""

    def weight_selected(self, weight: Weight) -> None:
        """Another weight is on show."""

    def weights_changed(self, model: ModelFile) -> None:
        """The same model is on show, some of its weights pruned or whole again."""

    def event(self, event: Event) -> None:
        """The training thread has reported something; the controllers know it."""

    def tick(self) -> None:
        """Look what there is to do; called at each frame."""

    def answer(self, answer: Answer) -> bool:
        """Take an answer of the reader pool; False if it is not for this feature."""
        return False

    def opens(self, path: Path) -> bool:
        """Open a file that is no model; False if this feature cannot."""
        return False

    def set_theme(self, theme: Theme) -> None:
        """Dress what Qt's palette does not."""

    def close(self) -> None:
        """The window is closed: end what is under way."""
