"""The engine's speed against tfmot's and plain fit; prints JSON.

All in one process, in rounds that take turns, so that what else the machine does falls
on all of them; the medians are compared. Whole runs are timed, with what they measure
after each mask, and trainings alone.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from pruneview.pruning.backend import import_backend
from pruneview.pruning.data import DataSet
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.sparsity.masks import mask_and_threshold

BATCH = 128


def cnn(keras: Any) -> Any:
    """Return the network of tfmot's tutorial on MNIST."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(12, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def dense(keras: Any) -> Any:
    """Return a network of 784-1024-1024-10."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(1024, activation="relu"),
            layers.Dense(1024, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=200, help="of each run")
    parser.add_argument("--networks", nargs="*", default=["cnn", "dense"])
    options = parser.parse_args()
    versions = import_backend()
    makers = {"cnn": cnn, "dense": dense}
    figures = {
        name: network(makers[name], options.steps, options.rounds)
        for name in options.networks
    }
    figures |= {"masks": masks(options.rounds), "versions": versions}
    print(json.dumps(figures, indent=2))


def network(make: Callable[[Any], Any], steps: int, rounds: int) -> dict[str, Any]:
    """Time one network by every way there is."""
    import keras

    tf_keras, tfmot = import_legacy()
    model = make(keras)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    generator = np.random.default_rng(0)
    x = generator.random((steps * BATCH, *model.input_shape[1:]), np.float32)
    y = generator.integers(0, 10, len(x))
    held_out = slice(0, 1000)
    data = DataSet("noise", x, y, x[held_out], y[held_out])
    session = PruningSession(lambda _event: None, RunControl())
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.keras")
        session.open(Path(folder) / "model.keras")

    ways: dict[str, Callable[[], float]] = {
        "fit": lambda: timed(model.fit, x, y, batch_size=BATCH, verbose=0)
    }
    pruning = tfmot.sparsity.keras
    for frequency in (10, 100):
        schedule = pruning.PolynomialDecay(0.0, 0.8, 0, steps, frequency=frequency)
        wrapped = pruning.prune_low_magnitude(make(tf_keras), schedule)
        wrapped.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
        ways[f"tfmot_{frequency}"] = lambda wrapped=wrapped: timed(
            wrapped.fit,
            x,
            y,
            batch_size=BATCH,
            verbose=0,
            callbacks=[pruning.UpdatePruningStep()],
        )
    trained: dict[str, list[float]] = {}
    for name, frequency in (("10", 10), ("100", 100), ("no_masks", 10**6)):
        plan = PruningPlan(
            end_step=steps, frequency=frequency, epochs=1, batch_size=BATCH
        )
        ways[f"pruneview_{name}"] = lambda plan=plan, name=name: ours(
            session, plan, data, trained.setdefault(name, [])
        )
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            taken = way()
            if turn:  # the first one compiles
                seconds[name].append(taken)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    alone = {name: statistics.median(v[1:]) for name, v in trained.items()}
    return {
        "steps": steps,
        "batch_size": BATCH,
        "steps_per_second": {name: steps / value for name, value in median.items()},
        "training_alone_steps_per_second": alone,
        "times_tfmot": {
            f: median[f"tfmot_{f}"] / median[f"pruneview_{f}"] for f in (10, 100)
        },
        "times_tfmot_training_alone": {
            f: median[f"tfmot_{f}"] * alone[str(f)] / steps for f in (10, 100)
        },
        "times_fit_training_alone": {
            f: median["fit"] * alone[str(f)] / steps for f in (10, 100)
        },
        "cost_of_masks": 1 - alone["100"] / alone["no_masks"],
    }


def ours(
    session: PruningSession, plan: PruningPlan, data: DataSet, trained: list[float]
) -> float:
    """Run by the plan; return the seconds it took, evaluations included."""
    session.prepare(plan, data)
    ended = session.run(plan, data)
    trained.append(ended.train_steps_per_second)
    return ended.seconds


def masks(rounds: int) -> dict[str, float]:
    """Time masks of a kernel of 16 M weights, and tfmot's own."""
    import tensorflow as tf

    import_legacy()
    from tensorflow_model_optimization.python.core.sparsity.keras import pruning_impl

    pruning = pruning_impl.Pruning(
        training_step_fn=lambda: 0,
        pruning_vars=[],
        pruning_schedule=lambda _step: (True, tf.constant(0.8)),
        block_size=(1, 1),
        block_pooling_type="AVG",
    )
    weights = np.random.default_rng(0).normal(size=(4096, 4096)).astype(np.float32)
    tensor = tf.constant(weights)
    update = tf.function(pruning._update_mask)

    def theirs() -> None:
        update(tensor)[0].numpy()

    tfmot, numpy = [], []
    for _ in range(rounds):
        tfmot.append(timed(theirs))
        numpy.append(timed(mask_and_threshold, weights, 0.8))
    slow, fast = statistics.median(tfmot), statistics.median(numpy)
    return {
        "tfmot_weights_per_second": weights.size / slow,
        "pruneview_weights_per_second": weights.size / fast,
        "times_tfmot": slow / fast,
    }


def timed(call: Callable[..., object], *args: object, **options: object) -> float:
    """Return the seconds a call takes."""
    start = time.perf_counter()
    call(*args, **options)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
