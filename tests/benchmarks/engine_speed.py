"""The engine's speed against tfmot's and plain fit; prints JSON.

All in one process, in rounds that take turns, so that what else the machine does falls
on all of them; the medians are compared, of wall time and of processor time. Runs are
timed from the first step to the last, with masks and what is measured after each, and
trainings alone. Compiling is not timed, neither here nor there, but told; so is whether
the run was compiled by XLA. For ``resnet`` name the folder with pretrainedResnet.h5 in
``PRUNEVIEW_MODELS``.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pruneview.pruning.backend import import_backend
from pruneview.pruning.data import DataSet
from pruneview.pruning.demo import demo_model
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.sparsity.masking.masks import mask_and_threshold

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


def resnet(keras: Any) -> Any:
    """Return ResNet8 for CIFAR-10 of mlcommons/tiny."""
    path = Path(os.environ["PRUNEVIEW_MODELS"]) / "pretrainedResnet.h5"
    return keras.models.load_model(path, compile=False)


MAKERS = {"cnn": cnn, "dense": dense, "resnet": resnet}


@dataclass
class Times:
    """Seconds of a way's rounds: on the wall, of the processors, in train steps."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    training: list[float] = field(default_factory=list)
    measuring: list[float] = field(default_factory=list)

    def median(self, kind: str) -> float:
        return statistics.median(getattr(self, kind))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=800, help="of each run")
    parser.add_argument("--networks", nargs="*", default=["cnn", "dense"])
    parser.add_argument("--frequencies", nargs="*", type=int, default=[10, 100])
    options = parser.parse_args()
    versions = import_backend(demo_model())  # oneDNN, as for each of the networks
    figures: dict[str, Any] = {
        name: network(MAKERS[name], options.steps, options.rounds, options.frequencies)
        for name in options.networks
    }
    figures |= {"masks": masks(options.rounds), "versions": versions}
    print(json.dumps(figures, indent=2))


def network(
    make: Callable[[Any], Any], steps: int, rounds: int, frequencies: list[int]
) -> dict[str, Any]:
    """Time one network by every way there is."""
    import keras

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
    few = slice(0, 2 * BATCH)
    model.fit(x[few], y[few], batch_size=BATCH, verbose=0)

    times: dict[str, Times] = {}
    ways: dict[str, Callable[[], None]] = {}

    def fit() -> None:
        model.fit(x, y, batch_size=BATCH, verbose=0)

    ways["fit"] = fit
    for frequency in frequencies:
        ways[f"tfmot_{frequency}"] = tfmot_way(make, frequency, steps, x, y)
    ways["gradients"] = gradients_way(model, steps, x, y)
    compiling, compilers = {}, {}
    for frequency in (*frequencies, 10**6):
        name = f"pruneview_{frequency}" if frequency < 10**6 else "no_masks"
        plan = PruningPlan(
            end_step=steps, frequency=frequency, epochs=1, batch_size=BATCH
        )
        compiling[name] = timed(session.prepare, plan, data)
        compilers[name] = session._model().engine.compiled
        ways[name] = our_way(session, plan, data, times.setdefault(name, Times()))
    for _ in range(rounds):
        for name, way in ways.items():
            taken = times.setdefault(name, Times())
            processor = time.process_time()
            wall = timed(way)
            taken.processor.append(time.process_time() - processor)
            if len(taken.wall) < len(taken.processor):
                taken.wall.append(wall)
    return {
        "steps": steps,
        "batch_size": BATCH,
        "steps_per_second": {n: steps / t.median("wall") for n, t in times.items()},
        "processor_ms_a_step": {
            n: 1000 * t.median("processor") / steps for n, t in times.items()
        },
        "training_alone_steps_per_second": {
            n: steps / t.median("training") for n, t in times.items() if t.training
        },
        "share_of_time_beside_steps": {
            n: t.median("measuring") for n, t in times.items() if t.measuring
        },
        "prepare_seconds": compiling,
        "compiled": {n: c.compiler for n, c in compilers.items()},
        "times_tfmot": {
            f: ratio(times, f"tfmot_{f}", f"pruneview_{f}", "wall") for f in frequencies
        },
        "times_tfmot_of_gradients_alone": {
            f: ratio(times, f"tfmot_{f}", "gradients", "wall") for f in frequencies
        },
        "times_tfmot_by_processor": {
            f: ratio(times, f"tfmot_{f}", f"pruneview_{f}", "processor")
            for f in frequencies
        },
        "times_fit": {
            f: ratio(times, "fit", f"pruneview_{f}", "wall") for f in frequencies
        },
        "cost_of_masks_in_steps": {
            f: ratio(times, f"pruneview_{f}", "no_masks", "training") - 1
            for f in frequencies
        },
    }


def ratio(times: dict[str, Times], one: str, other: str, kind: str) -> float:
    return times[one].median(kind) / times[other].median(kind)


def tfmot_way(
    make: Callable[[Any], Any], frequency: int, steps: int, x: Any, y: Any
) -> Callable[[], None]:
    """Return a run of tfmot's wrapped model, which begins anew at each call."""
    tf_keras, tfmot = import_legacy()
    pruning = tfmot.sparsity.keras
    schedule = pruning.PolynomialDecay(0.0, 0.8, 0, steps, frequency=frequency)
    wrapped = pruning.prune_low_magnitude(make(tf_keras), schedule)
    wrapped.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
    callbacks = [pruning.UpdatePruningStep()]

    def run(count: int) -> None:
        # The callback counts on from here; a schedule that is over prunes no more.
        wrapped.optimizer.iterations.assign(0)
        wrapped.fit(
            x[:count], y[:count], batch_size=BATCH, verbose=0, callbacks=callbacks
        )

    run(2 * BATCH)
    return lambda: run(len(x))


def gradients_way(model: Any, steps: int, x: Any, y: Any) -> Callable[[], None]:
    """Return what no engine can do without: the gradients of each batch, in one go."""
    import keras
    import tensorflow as tf

    loss_of = keras.losses.SparseCategoricalCrossentropy()
    all_x, all_y = tf.constant(x), tf.constant(y)

    def one(step: Any, total: Any) -> tuple[Any, Any]:
        batch = slice(step * BATCH, (step + 1) * BATCH)
        with tf.GradientTape() as tape:
            loss = loss_of(all_y[batch], model(all_x[batch], training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        return step + 1, total + tf.add_n([tf.reduce_max(g) for g in gradients])

    @tf.function(autograph=False)
    def run(count: Any) -> Any:
        return tf.while_loop(
            lambda step, _: step < count,
            one,
            (tf.constant(0), tf.constant(0.0)),
            parallel_iterations=1,
        )

    run(tf.constant(1))

    def whole() -> None:
        run(tf.constant(steps))[1].numpy()

    return whole


def our_way(
    session: PruningSession, plan: PruningPlan, data: DataSet, times: Times
) -> Callable[[], None]:
    """Return a run by the plan, which notes the seconds it took."""

    def run() -> None:
        session.prepare(plan, data)
        ended = session.run(plan, data)
        times.wall.append(ended.seconds)
        training = ended.step / ended.train_steps_per_second
        times.training.append(training)
        times.measuring.append(1 - training / ended.seconds)

    return run


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
