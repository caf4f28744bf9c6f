"""How soon a run answers Stop and Pause, at moments chosen at random; prints JSON.

Runs of 784-1024-1024-10 and of the demo, on a thread of their own; wishes come from
another one. Stop is answered by the log's line that training is over, and the run has
ended once its result is measured on the whole test set and compressed exactly.
"""

import argparse
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from pruneview.pruning.backend import import_backend
from pruneview.pruning.data import DataSet
from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model
from pruneview.pruning.events import Event, LogLine, Paused, RunEnded
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.session import PruningSession, RunControl
from tests.benchmarks.engine_speed import BATCH, dense


class Asked:
    """A session that notes when its events come, by their kind."""

    def __init__(self) -> None:
        self.control = RunControl()
        self.session = PruningSession(self._note, self.control)
        self.seen: dict[str, threading.Event] = {}
        self.at: dict[str, float] = {}

    def _note(self, event: Event) -> None:
        name = {Paused: "paused", RunEnded: "ended"}.get(type(event), "")
        if isinstance(event, LogLine) and event.text.startswith("Stopped after"):
            name = "stopped"
        if name:
            self.at.setdefault(name, time.perf_counter())
            self.seen.setdefault(name, threading.Event()).set()

    def ask(self, plan: PruningPlan, data: DataSet, delay: float) -> dict[str, float]:
        """Pause a run after a delay, let it go on, stop it; return what it took."""
        self.seen = {n: threading.Event() for n in ("paused", "stopped", "ended")}
        self.at.clear()
        self.control.reset()
        thread = threading.Thread(target=self.session.run, args=(plan, data))
        thread.start()
        time.sleep(delay)
        paused = time.perf_counter()
        self.control.pause()
        self.seen["paused"].wait(60)
        self.control.resume()
        time.sleep(delay / 2)
        stopped = time.perf_counter()
        self.control.stop()
        thread.join()
        return {
            "pause": self.at["paused"] - paused,
            "stop": self.at["stopped"] - stopped,
            "stop_to_end": self.at["ended"] - stopped,
        }


def answers(asked: Asked, plan: PruningPlan, data: DataSet, times: int) -> object:
    asked.session.prepare(plan, data)
    chance = np.random.default_rng(0)
    taken = [asked.ask(plan, data, chance.uniform(1.5, 3)) for _ in range(times)]
    return {
        wish: {
            "median_ms": 1000 * statistics.median(t[wish] for t in taken),
            "max_ms": 1000 * max(t[wish] for t in taken),
        }
        for wish in taken[0]
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=8)
    options = parser.parse_args()
    import_backend(demo_model())
    import keras

    asked = Asked()
    asked.session.open(demo_model())
    data = asked.session.load_data(DEMO_DATA)
    plan = PruningPlan(**{**vars(DEMO_PLAN), "epochs": 1000, "end_step": 20_000})
    figures = {"demo": answers(asked, plan, data, options.times)}
    model = dense(keras)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "model.keras")
        asked.session.open(Path(folder) / "model.keras")
    x = np.random.default_rng(0).random((100 * BATCH, 784), np.float32)
    y = np.random.default_rng(1).integers(0, 10, len(x))
    noise = DataSet("noise", x, y, x[:1000], y[:1000])
    plan = PruningPlan(end_step=20_000, frequency=10, epochs=300, batch_size=BATCH)
    figures["dense"] = answers(asked, plan, noise, options.times)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
