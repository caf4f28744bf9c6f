"""A run of an engine from its start or a checkpoint, whatever comes of it."""

from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.events import LogLine, RunEnded
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.subject.objectives import AnyObjective
from pruneview.pruning.training.engine import Engine
from pruneview.pruning.training.hooks import Hooks
from pruneview.pruning.training.loop import PruningLoop
from pruneview.pruning.training.recording import Checkpoint, NotRecorded, RunRecorder


def run_prepared(
    engine: Engine,
    plan: PruningPlan,
    data: DataSet,
    objective: AnyObjective,
    hooks: Hooks,
    *,
    recorder: RunRecorder | None = None,
    checkpoint: Checkpoint | None = None,
) -> RunEnded:
    """Carry out a run that the engine is prepared for.

    After an error the engine is back at its baseline.

    Parameters
    ----------
    recorder
        Keeps masks and checkpoints; events reach it through `hooks`.

    Raises
    ------
    TrainingError, ModelError
    """
    kept = recorder or NotRecorded()

    hooks.emit(LogLine(objective.sentence))
    loop = PruningLoop(
        engine,
        plan,
        data,
        metric=objective.metric,
        emit=hooks.emit,
        control=hooks.control,
        on_step=hooks.on_step,
        recorder=kept,
    )
    try:
        return loop.run(checkpoint)
    except BaseException as error:
        kept.failed(error)
        engine.restore()
        raise
