"""A recording of a run of the demo's model that never was: without TensorFlow."""

from pathlib import Path

import numpy as np

from pruneview.formats import open_model
from pruneview.gui.features.timeline import Timeline
from pruneview.pruning.demo import demo_model
from pruneview.pruning.events import (
    Evaluation,
    LogLine,
    MaskUpdated,
    RunEnded,
    RunStarted,
    StepDone,
    WeightSparsity,
)
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.training.recording import Checkpoint, RunHeader, file_sha256
from pruneview.runs import Recorder
from pruneview.sparsity.masking.masks import magnitude_mask

STEPS, EVERY = 100, 10
PLAN = PruningPlan(final_sparsity=0.8, end_step=80, frequency=EVERY, seed=3)


def score(value: float) -> Evaluation:
    return Evaluation("accuracy", value, 0.1, 300, "test")


def stands_at(timeline: Timeline, step: int) -> bool:
    """Whether that moment is on show, with its heatmap."""
    shown = timeline.shown
    return shown is not None and shown.moment.step == step and shown.frame is not None


def record_demo(path: Path, *, end: bool = True) -> dict[int, dict[str, np.ndarray]]:
    """Record mask updates at 10, 20, ... 80 of 100 steps; return the true masks."""
    with open_model(demo_model()) as model:
        every = [w for layer in model.layers for w in layer.weights]
        values = {w.path: np.array(w.read()) for w in every}
        pruned = [w.path for w in every if w.prunable]
    masks: dict[int, dict[str, np.ndarray]] = {}
    shapes = tuple((name, values[name].shape) for name in pruned)

    def counted(deflated: int) -> tuple[WeightSparsity, ...]:
        return tuple(
            WeightSparsity(
                name, values[name].size, int((values[name] == 0).sum()), 0.01, deflated
            )
            for name in pruned
        )

    def state(step: int) -> Checkpoint:
        kept = {f"weight/{name}": array for name, array in values.items()}
        return Checkpoint(step - 1, True, 0.5, 1.0, 1.0, kept)

    with Recorder.create(path) as recorder:
        recorder.begin(
            lambda: RunHeader(
                PLAN,
                "demo",
                "d",
                demo_model(),
                file_sha256(demo_model()),
                {"keras": "3"},
                shapes,
            )
        )
        before = counted(50_000)
        recorder.event(
            RunStarted(
                PLAN.to_json(),
                STEPS,
                50,
                score(0.98),
                700_000,
                650_000,
                "quick",
                before,
                score(0.98),
            )
        )
        for step in range(EVERY, 81, EVERY):
            share = step / 100
            masks[step] = {}
            for name in pruned:
                masks[step][name] = magnitude_mask(values[name], share)
                values[name] = np.where(masks[step][name], values[name] * 1.1, 0)
            recorder.event(StepDone(step, share, share, 0.5, 100.0))
            recorder.event(
                MaskUpdated(
                    step,
                    share,
                    share,
                    score(0.98 - step / 1000),
                    650_000 - 5_000 * step,
                    650_000,
                    "quick",
                    counted(50_000 - step),
                )
            )
            recorder.event(LogLine(f"Step {step}: sparsity {share:.1%}"))
            recorder.masks(step, lambda step=step: masks[step])
            if step in (10, 40):
                recorder.checkpoint(lambda step=step: state(step))
        if end:
            recorder.event(
                RunEnded(
                    STEPS,
                    False,
                    1.0,
                    90.0,
                    score(0.98),
                    score(0.9),
                    counted(40_000),
                    before,
                    700_000,
                    640_000,
                    240_000,
                    "exact",
                )
            )
    return masks
