"""Runs in a process of its own, to be killed: ``python -m tests.runs.child``.

``record FOLDER RUN`` records the run that `PLAN` describes on the model and data of
a folder; with the word ``serve`` behind it, it then resumes every recording that is
named on its standard input. Each result is one line of JSON.
"""

import hashlib
import json
import sys
from pathlib import Path

import numpy as np

from pruneview.pruning.events import (
    Event,
    MaskUpdated,
    RunEnded,
    RunStarted,
    StepDone,
)
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.pruning.training import measuring
from pruneview.runs import Recorder, Recording

# 32 steps an epoch, 1,920 in all: some three seconds.
PLAN = PruningPlan(
    final_sparsity=0.85,
    end_step=1600,
    frequency=50,
    epochs=60,
    batch_size=25,
    seed=11,
)
MODEL, DATA = "model.keras", "data.npz"


def make_inputs(folder: Path) -> None:
    """Write a model with every kind of state a run has, and data for it."""
    import keras

    keras.utils.set_random_seed(5)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(8, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(48, activation="relu", name="hidden"),
            layers.Dense(4, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.save(folder / MODEL)
    generator = np.random.default_rng(2)
    y = generator.integers(0, 4, 1000)
    x = generator.normal(size=(1000, 8, 8, 1)) + y[:, None, None, None] / 3
    x = x.astype(np.float32)
    arrays = {"x_train": x[:800], "y_train": y[:800]}
    np.savez(folder / DATA, x_test=x[800:], y_test=y[800:], **arrays)


def digest(arrays: dict[str, np.ndarray]) -> str:
    """Return a digest of names and bits."""
    whole = hashlib.sha256()
    for name in sorted(arrays):
        whole.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
    return whole.hexdigest()


def result(session: PruningSession, ended: RunEnded, run: Path) -> dict[str, object]:
    """Return all that must not depend on an interruption."""
    with Recording(run) as recording:
        checkpoint = recording.checkpoint()
        assert checkpoint is not None
        return {
            "weights": digest(
                {w.path: session.values(w.path) for w in session.weights}
            ),
            "state": digest(dict(checkpoint.state)),
            "masks": [digest(recording.masks_at(step)) for step in recording.steps],
            "updates": [
                {k: v for k, v in update.to_json().items() if k != "seconds"}
                for update in recording.updates
            ],
            "step": ended.step,
            "final": repr(ended.final),
            "starts": sum(isinstance(e, RunStarted) for e in recording.events()),
            "ends": sum(isinstance(e, RunEnded) for e in recording.events()),
        }


def main() -> None:
    """Do what the command line says."""
    # On a busy machine less would be measured after some mask, and differ by it.
    measuring._MOST_OF_TIME = 1.0
    folder, run = Path(sys.argv[2]), Path(sys.argv[3])

    def say(event: Event) -> None:
        if isinstance(event, RunStarted):
            print(0, flush=True)
        elif isinstance(event, StepDone | MaskUpdated):
            print(event.step, flush=True)

    session = PruningSession(say, RunControl())
    session.open(folder / MODEL)
    data = session.load_data(str(folder / DATA))
    with Recorder.create(run) as recorder:
        ended = session.run(PLAN, data, recorder)
    print(json.dumps(result(session, ended, run)), flush=True)
    for line in sys.stdin if "serve" in sys.argv else ():
        path = Path(line.strip())
        with Recorder.continuing(path) as recorder:
            recording = recorder.recording
            assert recording is not None
            checkpoint = recording.checkpoint()
            ended = session.resume(recording, recorder)
        done = 0 if checkpoint is None else checkpoint.completed
        print(json.dumps({"from": done} | result(session, ended, path)), flush=True)


if __name__ == "__main__":
    main()
