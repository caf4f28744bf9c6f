"""Memory of a run against that of plain fit; prints JSON.

Each way runs in a process of its own, on 784-2048-2048-10 and the same data. What is
compared is the most memory that a process held (its peak resident size).
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

STEPS, BATCH, WIDTH = 40, 128, 2048


def child(way: str, model: Path) -> None:
    from pruneview.pruning.backend import import_backend
    from pruneview.pruning.demo import demo_model

    import_backend(demo_model())
    import keras

    x = np.random.default_rng(0).random((STEPS * BATCH, 784), np.float32)
    y = np.random.default_rng(1).integers(0, 10, len(x))
    if way == "make":
        layers = keras.layers
        made = keras.Sequential(
            [
                keras.Input((784,)),
                layers.Dense(WIDTH, activation="relu"),
                layers.Dense(WIDTH, activation="relu"),
                layers.Dense(10, activation="softmax"),
            ]
        )
        made.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        made.save(model)
    elif way == "fit":
        opened = keras.models.load_model(model)
        opened.fit(x, y, batch_size=BATCH, verbose=0)
        opened.evaluate(x[:1000], y[:1000], verbose=0)
        print(opened.count_params(), max(w.numpy().nbytes for w in opened.weights))
    else:
        from pruneview.pruning.data import DataSet
        from pruneview.pruning.planning.plan import PruningPlan
        from pruneview.pruning.session import PruningSession, RunControl

        session = PruningSession(lambda _event: None, RunControl())
        session.open(model)
        plan = PruningPlan(end_step=STEPS, frequency=10, epochs=1, batch_size=BATCH)
        session.run(plan, DataSet("noise", x, y, x[:1000], y[:1000]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def peak(way: str, model: Path) -> list[int]:
    command = [sys.executable, "-m", "tests.benchmarks.memory", "--way", way]
    output = subprocess.check_output([*command, "--model", str(model)], text=True)
    return [int(word) for word in output.split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--way", choices=["make", "fit", "pruneview"])
    parser.add_argument("--model", type=Path)
    options = parser.parse_args()
    if options.way:
        child(options.way, options.model)
        return
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.keras"
        peak("make", model)
        weights, largest, fit = peak("fit", model)
        (ours,) = peak("pruneview", model)
    allowed = fit + weights // 4 + largest
    figures = {
        "weights": weights,
        "fit_megabytes": fit / 1e6,
        "pruneview_megabytes": ours / 1e6,
        "allowed_megabytes": allowed / 1e6,
        "over_megabytes": (ours - allowed) / 1e6,
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
