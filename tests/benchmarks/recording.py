"""Size, seeking and cost of recordings; prints JSON.

1,000 mask updates of a model of a million weights, pruned from 0 to 80 % by the
polynomial schedule while its weights drift, with Adam's state in the checkpoints;
without TensorFlow. With ``--run``, the demo's run with and without a recording too.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pruneview.pruning.events import (
    Evaluation,
    Event,
    LogLine,
    MaskUpdated,
    RunStarted,
    StepDone,
    WeightSparsity,
)
from pruneview.pruning.planning.plan import PruningPlan, sparsity_at
from pruneview.pruning.training.recording import Checkpoint, Masks, RunHeader
from pruneview.runs import Recorder, Recording
from pruneview.sparsity.masking.masks import magnitude_mask

LAYERS, WIDTH = 10, 316  # ten layers of some 100,000 weights
UPDATES, FREQUENCY = 1000, 10
SCORE = Evaluation("accuracy", 0.98, 0.05, 1000, "test")


class Imagined:
    """A run whose weights drift at random, so that masks change as in training."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._chance = np.random.default_rng(0)
        self._plan = PruningPlan(
            end_step=UPDATES * FREQUENCY, frequency=FREQUENCY, final_sparsity=0.8
        )
        self._weights = {
            f"dense_{place}/kernel": self._normal(0.05) for place in range(LAYERS)
        }
        self.in_masks = self.in_checkpoints = 0.0

    def _normal(self, scale: float) -> np.ndarray:
        values = self._chance.standard_normal((WIDTH, WIDTH), np.float32)
        return values * np.float32(scale)

    def run(self) -> dict[int, dict[str, np.ndarray]]:
        """Record all updates; return some of the masks."""
        shapes = tuple((path, value.shape) for path, value in self._weights.items())
        recorder = self._recorder
        recorder.begin(
            lambda: RunHeader(self._plan, "demo", "", Path("m.keras"), "", {}, shapes)
        )
        steps = UPDATES * FREQUENCY
        dense = tuple(WeightSparsity(path, WIDTH**2, 0) for path in self._weights)
        recorder.event(
            RunStarted(
                self._plan.to_json(), steps, 100, SCORE, 4, 4, "quick", dense, SCORE
            )
        )
        kept = {}
        for step in range(FREQUENCY, steps + 1, FREQUENCY):
            masks = self._update(step)
            if step % 500 == 0:
                kept[step] = masks
        self.in_checkpoints += timed(lambda: recorder.checkpoint(self._state(steps)))
        return kept

    def _update(self, step: int) -> dict[str, np.ndarray]:
        target = sparsity_at(self._plan, step)
        masks = {}
        for path, value in self._weights.items():
            moved = value + self._normal(0.002) * (value != 0)
            masks[path] = magnitude_mask(moved, target)
            self._weights[path] = np.where(masks[path], moved, np.float32(0))
        recorder = self._recorder
        counted = tuple(
            WeightSparsity(path, value.size, value.size // 2, 0.01234567, 123_456)
            for path, value in self._weights.items()
        )
        recorder.event(StepDone(step, target, target, 0.1234567, 123.4567))
        recorder.event(
            MaskUpdated(step, target, target, SCORE, 1234567, 4000000, "quick", counted)
        )
        recorder.event(LogLine(f"Step {step}: sparsity {target:.1%}, accuracy 98.0 %"))
        self.in_masks += timed(lambda: recorder.masks(step, lambda: masks))
        if recorder.wants_checkpoint():
            self.in_checkpoints += timed(lambda: recorder.checkpoint(self._state(step)))
        return masks

    def _state(self, step: int) -> Callable[[], Checkpoint]:
        state = {f"weight/{path}": value for path, value in self._weights.items()}
        for place, value in enumerate(self._weights.values()):
            state[f"optimizer/{place}"] = value * np.float32(0.1)
            state[f"optimizer/{LAYERS + place}"] = value * value
            state[f"mask/{place}"] = value != 0
        return lambda: Checkpoint(step, False, 0.5, 1.0, 1.0, state)


def timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Return p50, p95 and the maximum in milliseconds."""
    ordered = sorted(1000 * s for s in seconds)
    return {
        "p50": ordered[len(ordered) // 2],
        "p95": ordered[int(len(ordered) * 0.95)],
        "max": ordered[-1],
    }


def size_and_seeking(path: Path) -> dict[str, object]:
    start = time.perf_counter()
    with Recorder.create(path) as recorder:
        run = Imagined(recorder)
        kept = run.run()
    seconds = time.perf_counter() - start
    size = path.stat().st_size
    with_index = [timed(lambda: Recording(path).close()) for _ in range(5)]
    cut = path.with_suffix(".cut")
    cut.write_bytes(path.read_bytes()[:-1])
    without_index = [timed(lambda: Recording(cut).close()) for _ in range(5)]
    chance = np.random.default_rng(1)
    with Recording(path) as recording:
        steps = recording.steps
        seeks = [
            timed(lambda at=at: recording.masks_at(at))
            for at in chance.choice(steps, 300).tolist()
        ]
        playing = [timed(lambda at=at: recording.masks_at(at)) for at in steps]
        for step, masks in kept.items():
            found = recording.masks_at(step)
            assert all(np.array_equal(found[path], masks[path]) for path in masks)
        weights = [
            timed(lambda at=at: recording.weights_at_checkpoint(at))
            for at in recording.checkpoints
        ]
        looked_back = len(recording.looked_back)
    return {
        "mask_updates": len(steps),
        "parameters": LAYERS * WIDTH**2,
        "megabytes": size / 1e6,
        "mask_seek_milliseconds": percentiles(seeks),
        "next_mask_milliseconds": percentiles(playing),
        "weights_milliseconds": percentiles(weights),
        "moments_with_weights": looked_back,
        "open_with_index_milliseconds": 1000 * statistics.median(with_index),
        "open_without_index_milliseconds": 1000 * statistics.median(without_index),
        "record_a_mask_milliseconds": 1000 * run.in_masks / UPDATES,
        "checkpoints_share_of_time": run.in_checkpoints / seconds,
    }


class TimedRecorder(Recorder):
    """Knows how long a run has waited for it."""

    seconds = 0.0

    def event(self, event: Event) -> None:
        self.seconds += timed(lambda: Recorder.event(self, event))

    def masks(self, step: int, masks: Callable[[], Masks]) -> None:
        self.seconds += timed(lambda: Recorder.masks(self, step, masks))

    def checkpoint(self, checkpoint: Callable[[], Checkpoint]) -> None:
        self.seconds += timed(lambda: Recorder.checkpoint(self, checkpoint))


def cost_of_a_run(folder: Path, rounds: int) -> dict[str, float]:
    """Compare the demo's run with and without a recording, taking turns."""
    from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model
    from pruneview.pruning.session import PruningSession, RunControl

    session = PruningSession(lambda _event: None, RunControl())
    session.open(demo_model())
    data = session.load_data(DEMO_DATA)
    session.run(DEMO_PLAN, data)
    plain, recorded, waited = [], [], []
    for place in range(rounds):
        plain.append(session.run(DEMO_PLAN, data).seconds)
        with TimedRecorder.create(folder / f"{place}.run") as recorder:
            recorded.append(session.run(DEMO_PLAN, data, recorder).seconds)
            waited.append(recorder.seconds / recorded[-1])
    return {
        "plain_seconds": statistics.median(plain),
        "recorded_seconds": statistics.median(recorded),
        "recorder_share_of_time": statistics.median(waited),
        "cost": statistics.median(recorded) / statistics.median(plain) - 1,
        "megabytes": (folder / "0.run").stat().st_size / 1e6,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", action="store_true", help="train the demo too")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = {"recording": size_and_seeking(Path(folder) / "a.run")}
        if options.run:
            figures["demo"] = cost_of_a_run(Path(folder), options.rounds)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
