"""Trains a recorded run again up to one of its steps, so that it can branch there."""

import time
from dataclasses import dataclass

import numpy as np

from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.errors import Cancelled, TrainingError
from pruneview.pruning.events import Preparing
from pruneview.pruning.planning.plan import preflight
from pruneview.pruning.planning.schedule import firing_steps, make_schedule, sparsity_of
from pruneview.pruning.training.chunks import Pace, chunks
from pruneview.pruning.training.engine import Engine
from pruneview.pruning.training.hooks import Hooks
from pruneview.pruning.training.recording import Checkpoint, RecordedRun


@dataclass(frozen=True, eq=False)
class TrainedAgain:
    """A recorded run at one of its steps.

    Attributes
    ----------
    checkpoint
        After that step, no mask of a later one computed yet.
    since
        The step whose state was kept; 0 for the baseline.
    different, compared
        Weights whose masks, at the updates on the way, are not the recorded ones; and
        how many were compared.
    """

    checkpoint: Checkpoint
    since: int
    different: int
    compared: int

    @property
    def sentence(self) -> str:
        """Say how the state came about, and how well it agrees with the record."""
        step = self.checkpoint.completed
        if self.since == step:
            return f"The state after step {step:,} was kept in the recording."
        origin = f"the state kept at step {self.since:,}" if self.since else "the start"
        said = (
            f"Steps {self.since + 1:,} to {step:,} were trained again from {origin}, "
            "under the plan of the recorded run"
        )
        if not self.compared:
            return f"{said}; no mask is computed in them."
        if not self.different:
            return f"{said}; all masks on the way equal the recorded ones."
        share = self.different / self.compared
        return (
            f"{said}; masks on the way differ from the recorded ones in "
            f"{self.different:,} of {self.compared:,} weights ({share:.2%}): on "
            "several threads sums round in another order each time."
        )


def train_again(
    engine: Engine, data: DataSet, run: RecordedRun, step: int, hooks: Hooks
) -> TrainedAgain:
    """Bring an engine that is prepared for a recorded run to the end of a step.

    It goes on from the last state that was kept up to there, or from the baseline;
    nothing is measured on the way.

    Raises
    ------
    Cancelled
        The person stopped it.
    TrainingError, RecordingError, ModelError
    """
    began = time.perf_counter()
    plan, kept = run.header.plan, run.checkpoint_before(step)
    done = masked_for = 0
    seconds = training = 0.0
    if kept is not None:
        engine.set_state(kept.state)
        done, seconds, training = kept.completed, kept.seconds, kept.training_seconds
        masked_for = done + 1 if kept.masked else 0
    since = done
    schedule, pace = make_schedule(plan), Pace()
    fires = firing_steps(schedule, preflight(plan, len(data.x_train)).steps)
    ends = fires.copy()
    ends[step + 1 : step + 2] = True
    different = compared = 0
    for chunk in chunks(
        len(data.x_train), plan, ends, done=done, most=lambda: pace.steps
    ):
        if chunk.first > step:
            break
        if hooks.control.stop_requested:
            raise Cancelled
        if fires[chunk.first] and chunk.first != masked_for:
            engine.prune(chunk.first, sparsity_of(schedule, chunk.first))
            if chunk.first in run.steps:
                recorded = run.masks_at(chunk.first)
                for path, mask in engine.masks().items():
                    different += int(np.count_nonzero(mask != recorded[path]))
                    compared += mask.size
        before = time.perf_counter()
        losses = engine.train(chunk.batches)
        spent = time.perf_counter() - before
        training += spent
        pace.took(len(losses), spent)
        if not np.isfinite(losses).all():
            raise TrainingError(
                f"Trained again, the recorded run diverges by step {chunk.last}: "
                "branch from an earlier step, with a lower learning rate."
            )
        share = (chunk.last - since) / (step - since)
        hooks.emit(Preparing(f"Training again up to step {step:,}", share))
    checkpoint = Checkpoint(
        completed=step,
        masked=False,
        sparsity=zero_share(engine),
        seconds=seconds + time.perf_counter() - began,
        training_seconds=training,
        state=engine.state(),
    )
    return TrainedAgain(checkpoint, since, different, compared)


def zero_share(engine: Engine) -> float:
    """Return the share of zeros over the weights that take part, 0 to 1."""
    size = zeros = 0
    for info in engine.pruned:
        values = engine.values(info.path)
        size += values.size
        zeros += values.size - int(np.count_nonzero(values))
    return zeros / size if size else 0.0
