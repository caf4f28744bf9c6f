"""The same run in the window and without one, in alternation; prints JSON.

Steps a second of both, their ratio, the seconds of processor that threads have taken,
and the gaps between frames of the window's thread, TensorFlow's import included::

    python tests/benchmarks/window_against_terminal.py [--rounds 3] [--model bigger]

The window is the program's own, its animation running, on a display where there is one
and else offscreen. Both record the run, as the window does. A gap's "waited" is when
the window's thread was ready to go on and had no processor. Linux.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

_FRAME_MS = 16
_LOOK_MS = 50
_PATIENCE = 600.0
_BIGGER_STEPS = 1200


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--model", choices=("demo", "bigger"), default="demo")
    parser.add_argument("--inside", choices=("window", "terminal"), help="one run")
    options = parser.parse_args()
    if options.inside:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(_MODES[options.inside](options.model, Path(folder))))
        return 0
    found: dict[str, list[dict[str, Any]]] = {"window": [], "terminal": []}
    for number in range(options.rounds):
        # Whoever goes second finds a warmer machine: take turns at that too.
        for mode in sorted(found, reverse=bool(number % 2)):
            found[mode].append(one(mode, options.model))
    print(json.dumps(summary(options.model, found), indent=2))
    return 0


def one(mode: str, model: str) -> dict[str, Any]:
    """Run in a process of its own."""
    environment = dict(os.environ)
    if not environment.get("DISPLAY"):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    command = [sys.executable, __file__, "--inside", mode, "--model", model]
    ended = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def summary(model: str, found: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    rates = {
        mode: statistics.median(run["steps_per_second"] for run in runs)
        for mode, runs in found.items()
    }
    pairs = zip(found["window"], found["terminal"], strict=True)
    ratios = [a["steps_per_second"] / b["steps_per_second"] for a, b in pairs]
    return {
        "model": model,
        "cpus": os.cpu_count(),
        "steps_per_second": rates,
        "ratio": round(rates["window"] / rates["terminal"], 3),
        "ratio_of_each_round": [round(ratio, 3) for ratio in ratios],
        "runs": found,
    }


def subject(model: str, folder: Path) -> tuple[Path, Any, Any]:
    """Return the model's file, the plan and the data."""
    from pruneview.pruning.data import DataSpec
    from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model
    from pruneview.pruning.planning.plan import PruningPlan

    if model == "demo":
        return demo_model(), DEMO_PLAN, DEMO_DATA
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    code = (
        "import sys, keras; from keras import layers as l; m = keras.Sequential(["
        "l.Input((784,)), l.Dense(1024, 'relu'), l.Dense(1024, 'relu'), l.Dense(10, "
        "'softmax')]); m.compile('adam', 'sparse_categorical_crossentropy', "
        "['accuracy']); m.save(sys.argv[1])"
    )
    file = folder / "bigger.keras"
    # Elsewhere: in this process TensorFlow's import is part of what is measured.
    subprocess.run([sys.executable, "-c", code, str(file)], check=True)
    random = np.random.default_rng(0)
    y = random.integers(0, 10, 8192)
    x = random.normal(size=(8192, 784)).astype("float32")
    x[np.arange(len(y)), y] += 3
    data = folder / "bigger.npz"
    np.savez(
        data,
        x_train=x[1024:],
        y_train=y[1024:],
        x_test=x[:1024],
        y_test=y[:1024],
    )
    plan = PruningPlan(
        final_sparsity=0.8,
        end_step=_BIGGER_STEPS - 200,
        frequency=50,
        epochs=-(-_BIGGER_STEPS * 64 // len(y[1024:])),
        batch_size=64,
    )
    return file, plan, DataSpec.parse(str(data))


def processor_seconds(own: dict[int, str]) -> dict[str, float]:
    """Return what the threads have computed so far, by name."""
    found: dict[str, float] = {}
    for task in Path("/proc/self/task").iterdir():
        try:
            spent = int((task / "schedstat").read_text().split()[0]) / 1e9
        except OSError:  # it has ended
            continue
        name = own.get(int(task.name), "TensorFlow and others")
        found[name] = found.get(name, 0.0) + spent
    return found


def figures(
    ended: Any, before: dict[str, float], after: dict[str, float]
) -> dict[str, Any]:
    spent = {name: round(after[name] - before.get(name, 0.0), 2) for name in after}
    return {
        "steps": ended.step,
        "seconds": round(ended.seconds, 2),
        "steps_per_second": round(ended.step / ended.seconds, 1),
        "processor_s": spent,
    }


def in_terminal(model: str, folder: Path) -> dict[str, Any]:
    from pruneview.pruning.events import Failed, RunEnded
    from pruneview.workers.training_worker import TrainingWorker

    file, plan, data = subject(model, folder)
    worker = TrainingWorker()
    worker.start()
    worker.open(file)
    worker.prepare(plan, data)
    while worker.busy:
        time.sleep(_LOOK_MS / 1000)
    own = names("terminal")
    before = processor_seconds(own)
    worker.run(plan, data, folder / "a.pruneview-run")
    while True:
        time.sleep(_LOOK_MS / 1000)
        for event in worker.events.drain():
            if isinstance(event, Failed):
                raise SystemExit(event.details)
            if isinstance(event, RunEnded):
                after = processor_seconds(own)
                worker.close()
                return figures(event, before, after)


def names(main_thread: str) -> dict[int, str]:
    own = {t.native_id: t.name for t in threading.enumerate() if t.native_id}
    own[os.getpid()] = main_thread
    return own


class Gaps:
    """What passes between two ticks of a timer in the window's thread."""

    def __init__(self) -> None:
        self.part = "start"
        self._schedstat = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        self.found: dict[str, list[tuple[float, float]]] = {}
        self._last = (time.perf_counter(), self._waited())

    def tick(self) -> None:
        now = (time.perf_counter(), self._waited())
        gap = 1e3 * (now[0] - self._last[0]), 1e3 * (now[1] - self._last[1])
        self.found.setdefault(self.part, []).append(gap)
        self._last = now

    def _waited(self) -> float:
        # Opened once: opening it at each tick took as long as the program's own ticks.
        return int(os.pread(self._schedstat, 100, 0).split()[1]) / 1e9

    def summary(self, part: str) -> dict[str, Any]:
        both = np.array(self.found[part])
        p50, p95, p99 = np.percentile(both[:, 0], [50, 95, 99]).round(1)
        return {
            "frames": len(both),
            "p50": float(p50),
            "p95": float(p95),
            "p99": float(p99),
            "max": round(float(both[:, 0].max()), 1),
            "over_100": int((both[:, 0] > 100).sum()),
            "p99_without_waited": round(
                float(np.percentile(both[:, 0] - both[:, 1], 99)), 1
            ),
        }


def in_window(model: str, folder: Path) -> dict[str, Any]:
    from PySide6.QtCore import QEventLoop, QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from pruneview.gui.program import Program
    from pruneview.gui.settings import Settings
    from pruneview.pruning.events import Event, RunEnded
    from pruneview.trace import Trace

    file, plan, data = subject(model, folder)
    sys.setswitchinterval(0.0005)
    app = QApplication([])
    store = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
    program = Program(Settings(store), Trace(None))
    program.window.resize(1600, 1000)
    program.window.show()
    program.open(file)
    gaps, ended, loop = Gaps(), [], QEventLoop()
    timer = QTimer(interval=_FRAME_MS)
    timer.timeout.connect(gaps.tick)
    timer.start()
    until = time.monotonic() + _PATIENCE

    def wait_for(done: Any) -> None:
        def look() -> None:
            if done():
                loop.quit()
            elif time.monotonic() > until:
                raise SystemExit("it took too long")

        looking = QTimer(interval=_LOOK_MS)
        looking.timeout.connect(look)
        looking.start()
        loop.exec()
        looking.stop()

    wait_for(lambda: program.window.heatmap.plot.picture is not None)
    wait_for(lambda: program.worker.busy)
    gaps.part = "import"
    wait_for(lambda: program.run.ready)
    program.plan.start_with(plan, str(data))
    program.run.prepare(plan, data)
    wait_for(lambda: not program.worker.busy)
    gaps.part = "run"
    program.run.record_to = lambda _model: folder / "a.pruneview-run"
    shown, passed_on = [], program.run.on_event
    program.window.heatmap.plot.shown.connect(lambda: shown.append(1))
    own = names("window")
    before = processor_seconds(own)

    def event(event: Event) -> None:
        if isinstance(event, RunEnded):
            ended.append((event, processor_seconds(own)))
        passed_on(event)

    program.run.on_event = event
    program.run.run(plan, data)
    wait_for(lambda: bool(ended))
    timer.stop()
    program.window.may_close = lambda: True
    program.window.close()
    program.shut_down()
    app.processEvents()
    found = figures(ended[0][0], before, ended[0][1])
    found["pictures_per_second"] = round(len(shown) / ended[0][0].seconds, 1)
    found["gap_ms"] = {part: gaps.summary(part) for part in ("import", "run")}
    return found


_MODES = {"window": in_window, "terminal": in_terminal}

if __name__ == "__main__":
    sys.exit(main())
