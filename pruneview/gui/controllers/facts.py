"""The facts that decide which actions make sense, gathered from the controllers."""

from pruneview.gui.controllers.document import DocumentController
from pruneview.gui.controllers.history import History
from pruneview.gui.controllers.run import RunController
from pruneview.gui.controllers.state import ProgramState


def state_of(
    document: DocumentController,
    run: RunController,
    history: History,
    *,
    writing: bool,
    pruned: bool,
) -> ProgramState:
    """Return what the program is doing.

    Parameters
    ----------
    writing
        A copy is being written.
    pruned
        The weights on show were pruned in memory, and can be written into one.
    """
    model = document.model
    return ProgramState(
        model_open=model is not None,
        busy=document.opening or writing,
        prunable=model is not None and model.abilities.prune,
        phase=run.phase,
        result=run.result is not None,
        can_undo=history.can_undo,
        can_redo=history.can_redo,
        pruned=pruned,
        undo_words=history.undo_words,
        redo_words=history.redo_words,
    )
