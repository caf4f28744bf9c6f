"""The facts that decide which actions make sense, gathered from the controllers."""

from pruneview.gui.controllers.document import DocumentController
from pruneview.gui.controllers.plan import PlanController
from pruneview.gui.controllers.run import RunController
from pruneview.gui.controllers.state import ProgramState


def state_of(
    document: DocumentController,
    run: RunController,
    plan: PlanController,
    *,
    writing: bool,
) -> ProgramState:
    """Return what the program is doing; `writing`: a copy is being written."""
    model = document.model
    return ProgramState(
        model_open=model is not None,
        busy=document.opening or writing,
        prunable=model is not None and model.abilities.prune,
        phase=run.phase,
        result=run.result is not None,
        can_undo=plan.can_undo,
        can_redo=plan.can_redo,
    )
