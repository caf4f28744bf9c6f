"""The threshold dragged over a large model in the window; prints JSON.

A model of dense kernels in a `.keras` archive is opened in the real window under a
virtual screen (or offscreen), all weights are counted, and the threshold is moved in
small steps: seconds from each move to the painted answer (heatmap, table, words)::

    python tests/benchmarks/what_if.py [--million 25] [--moves 200] [--file MODEL]

33 ms is one frame of thirty a second.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from big_archive import make

_PATIENCE = 300.0


def wait(done: Any, app: Any) -> float:
    """Return the seconds until `done()`, the window alive meanwhile."""
    start = time.perf_counter()
    while not done():
        app.processEvents()
        if time.perf_counter() - start > _PATIENCE:
            raise SystemExit("the window did not get there in time")
        time.sleep(0.002)
    return time.perf_counter() - start


def measure(file: Path, moves: int) -> dict[str, Any]:
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from pruneview.gui.features.what_if import WhatIf
    from pruneview.gui.program import Program
    from pruneview.gui.settings import Settings
    from pruneview.trace import Trace

    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        program = Program(Settings(store), Trace(None))
        window = program.window
        window.resize(1600, 1000)
        window.show()
        program.open(file)
        panel, feature = window.histogram, program.features.find(WhatIf)
        wait(lambda: panel._histogram is not None and panel._line.movable, app)
        wait(lambda: window.heatmap.plot.picture is not None, app)
        # Its import takes a core and the interpreter's lock for seconds, once.
        ready: list[bool] = []
        program.run.on_ready = lambda: ready.append(True)
        wait(lambda: ready, app)
        feature.prepare()
        counting = wait(
            lambda: (
                feature.known is not None
                and feature.known.is_counted(feature.taken)
                and len(feature.known.curves) == feature.known.measured
            ),
            app,
        )
        highest = panel._histogram.maximum
        panel._move_to(0.01 * highest)  # the buttons below find their room
        app.processEvents()
        times = []
        for at in np.linspace(0.02, 0.6, moves):
            start = time.perf_counter()
            panel._move_to(float(at) * highest)
            # Everything that the move has changed is painted before this returns.
            for widget in (window.heatmap.plot, window.layers.view, panel.plot):
                widget.viewport().repaint()
            times.append((time.perf_counter() - start) * 1e3)
        panel._move_to(0.33 * highest)
        start = time.perf_counter()
        feature.release()
        wait(lambda: feature._exact is not None, app)
        release = time.perf_counter() - start
        exact = feature._exact[1]
        estimate = feature.known.outcome(feature.threshold, feature.taken).deflated
        weights = [w for x in program.document.model.layers for w in x.weights]
        window.may_close = lambda: True
        window.close()
        program.worker.stop()
        program.shut_down()
    return {
        "million_weights": round(sum(w.size for w in weights) / 1e6, 1),
        "weights": len(weights),
        "counted_after_s": round(counting, 2),
        "moves": moves,
        "answer_ms": {
            "p50": round(float(np.percentile(times, 50)), 2),
            "p99": round(float(np.percentile(times, 99)), 2),
            "max": round(max(times), 2),
        },
        "exact_size_after_s": round(release, 2),
        "estimate_off_percent": round(100 * abs(estimate / exact - 1), 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--million", type=float, default=25.0)
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        file = options.file
        if file is None:
            file = Path(folder) / "model.keras"
            make(file, options.million * 4e6 / (1 << 30), units=1024)
        print(json.dumps(measure(file, options.moves), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
