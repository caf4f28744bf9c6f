"""A run without TensorFlow, as the loop would tell it to a recorder."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

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
from pruneview.pruning.training.recording import Checkpoint, RunHeader
from pruneview.runs import Recorder
from pruneview.sparsity.masking.masks import magnitude_mask

SHAPES = (("a/kernel", (13, 7)), ("b/kernel", (3, 3, 2, 5)))
PLAN = PruningPlan(final_sparsity=0.9, end_step=100, frequency=10, seed=5)
HEADER = RunHeader(
    plan=PLAN,
    data="demo",
    data_sha256="d" * 64,
    model=Path("model.keras"),
    model_sha256="m" * 64,
    versions={"keras": "3"},
    pruned=SHAPES,
)
SCORE = Evaluation("accuracy", 0.9, 0.2, 100, "test")


class ImaginedRun:
    """Masks that grow, weights that move; every ten steps one of each."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        generator = np.random.default_rng(1)
        self.weights = {
            path: generator.normal(size=shape).astype(np.float32)
            for path, shape in SHAPES
        }
        self.masks: dict[int, dict[str, np.ndarray]] = {}

    def begin(self) -> None:
        self.recorder.begin(lambda: HEADER)
        weights = tuple(WeightSparsity(path, 9, 0) for path, _ in SHAPES)
        self.recorder.event(
            RunStarted(PLAN.to_json(), 100, 50, SCORE, 10, 9, "quick", weights)
        )

    def checkpoint(self, step: int) -> Checkpoint:
        state = {f"weight/{path}": value for path, value in self.weights.items()}
        state |= {f"mask/{path}": value != 0 for path, value in self.weights.items()}
        state["optimizer/0"] = np.array(step, np.int64)
        return Checkpoint(step - 1, True, step / 100, step / 10, step / 20, state)

    def update(self, step: int) -> None:
        for path, value in self.weights.items():
            mask = magnitude_mask(value, step / 110)
            self.weights[path] = np.where(mask, value * np.float32(1.5), 0)
        current = {path: value != 0 for path, value in self.weights.items()}
        self.masks[step] = current
        self.recorder.event(StepDone(step, step / 110, 0.5, float("nan"), 50.0))
        self.recorder.event(
            MaskUpdated(step, step / 110, 0.5, SCORE, 5, 9, "quick", ())
        )
        self.recorder.event(LogLine(f"Step {step}"))
        self.recorder.masks(step, lambda: current)

    def end(self, step: int) -> None:
        self.recorder.event(
            RunEnded(step, False, 1.0, 2.0, SCORE, SCORE, (), (), 10, 9, 5, "exact")
        )


def record(
    path: Path, steps: int = 100, **choices: Callable[[str], None]
) -> ImaginedRun:
    """Write a whole recording with a checkpoint at each mask."""
    with Recorder.create(path, **choices) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        for step in range(10, steps + 1, 10):
            run.update(step)
            recorder.checkpoint(lambda step=step: run.checkpoint(step))
        run.end(steps)
    return run
