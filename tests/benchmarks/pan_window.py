"""Frame gaps while a large matrix is moved and zoomed; prints JSON.

The matrix is float32 in a `.keras` archive on disk. Once its statistics are known, the
view zooms in and out, moves, and jumps, a step at each frame; TensorFlow stays out::

    python tests/benchmarks/pan_window.py [--units 16384] [--file BIG.keras]
    python tests/benchmarks/pan_window.py --units 65536 --sparse

Gaps are milliseconds between the ticks of a 16 ms timer in the window's thread;
"own_cpu" is what of a gap that thread itself computed: the rest it slept, or waited for
other threads or other programs. "gap_without_waited" leaves out when no processor was
free for it. Memory is VmRSS in MB at its highest, less that with
the demo's model on show. Linux.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import big_archive
from traced_window import display

_STEP_MS = 16


def resident() -> float:
    """Return this process's VmRSS in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1e3
    raise SystemExit("no VmRSS in /proc/self/status")


def waited() -> float:
    """Return for how many seconds this thread had no processor to go on."""
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


def moves(plot: Any, units: int) -> list[tuple[str, Any]]:
    """Return the steps, each with the name of its part."""
    box = plot.getPlotItem().vb

    def pan(across: float, down: float) -> Any:
        def step() -> None:
            view = box.viewRect()
            box.translateBy(x=across * view.width(), y=down * view.height())

        return step

    def jump(share: float) -> Any:
        side = units / 3
        start = share * (units - side)
        return lambda: box.setRange(
            xRange=(start, start + side), yRange=(start, start + side), padding=0
        )

    parts: list[tuple[str, Any]] = []
    parts += [("pan_whole", pan(0.004, 0.003))] * 60
    parts += [("zoom_in", lambda: plot.zoom(1.05))] * 100
    parts += [("pan_near", pan(0.02, 0.015))] * 150
    parts += [("zoom_out", lambda: plot.zoom(1 / 1.04))] * 100
    parts += [("pan_far", pan(-0.02, -0.01))] * 100
    parts += [("jump", jump(n / 40)) for n in range(40)]
    return parts


def inside(file: Path, units: int) -> dict[str, Any]:
    """Run the window in this process."""
    from PySide6.QtCore import QSettings, QTimer
    from PySide6.QtWidgets import QApplication

    from pruneview.gui.program import Program
    from pruneview.gui.settings import Settings
    from pruneview.pruning.demo import demo_model
    from pruneview.trace import Trace

    sys.setswitchinterval(0.0005)
    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(f"{folder}/settings.ini", QSettings.Format.IniFormat)
        program = Program(Settings(store), Trace(None))
        program._warm_up = lambda: None
        program.window.show()
        plot = program.window.heatmap.plot
        counted: list[Path] = []

        def have_counted() -> None:
            model = program.document.model
            if model is not None:
                counted.append(model.path)

        program.document.counting.on_counted = have_counted

        def wait_for(done: Any) -> float:
            started = time.monotonic()
            while not done():
                app.processEvents()
                time.sleep(0.005)
                if time.monotonic() - started > 900:
                    raise SystemExit("it took too long")
            return time.monotonic() - started

        program.open(demo_model())
        wait_for(lambda: demo_model() in counted)
        idle = resident()
        program.open(file)
        wait_for(lambda: program.document.model.path == file and plot.picture)
        coarse_again = wait_for(lambda: file in counted and not plot.picture.coarse)
        gaps: dict[str, list[float]] = {}
        busy: list[float] = []
        served: list[float] = []
        peak, last = resident(), [time.perf_counter(), time.thread_time(), waited()]
        steps = iter(moves(plot, units))
        done: list[bool] = []

        def go() -> None:
            nonlocal peak
            now = time.perf_counter()
            try:
                part, step = next(steps)
            except StopIteration:
                done.append(True)
                return
            used, idle = time.thread_time(), waited()
            gaps.setdefault(part, []).append(1e3 * (now - last[0]))
            busy.append(1e3 * (used - last[1]))
            served.append(1e3 * (now - last[0] - (idle - last[2])))
            last[:] = now, used, idle
            step()
            peak = max(peak, resident())

        timer = QTimer(interval=_STEP_MS)
        timer.timeout.connect(go)
        last[:] = time.perf_counter(), time.thread_time(), waited()
        timer.start()
        wait_for_steps(app, done)
        timer.stop()
        pool = program.pool
        settled = wait_for(lambda: not plot._asking.isActive())
        settled += wait_for(lambda: not pool.is_busy("picture"))
        program.window.may_close = lambda: True
        program.window.close()
        program.shut_down()
    every = sorted(gap for part in gaps.values() for gap in part)
    return {
        "units": units,
        "exact_after_s": round(coarse_again, 2),
        "frames": len(every),
        "gap_ms": summary(every),
        "own_cpu_ms": summary(sorted(busy)),
        "gap_without_waited_ms": summary(sorted(served)),
        "parts_ms": {name: summary(sorted(part)) for name, part in gaps.items()},
        "sharp_after_last_move_s": round(settled, 2),
        "idle_MB": round(idle, 1),
        "memory_above_idle_MB": round(peak - idle, 1),
    }


def wait_for_steps(app: Any, done: list[bool]) -> None:
    """Let Qt's own loop run, which sleeps until something is due."""
    from PySide6.QtCore import QEventLoop

    while not done:
        app.processEvents(
            QEventLoop.ProcessEventsFlag.AllEvents
            | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        )


def summary(gaps: list[float]) -> dict[str, float]:
    """Return percentiles of sorted gaps."""

    def at(share: float) -> float:
        return round(gaps[min(len(gaps) - 1, int(share * len(gaps)))], 1)

    return {"p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": at(1.0)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=16_384)
    parser.add_argument("--file", type=Path)
    parser.add_argument(
        "--sparse",
        action="store_true",
        help="a file that is mostly a hole: 65,536 units then take 1 GiB of disk",
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(inside(options.file, options.units), indent=2))
        return 0
    with tempfile.TemporaryDirectory() as folder, display() as environment:
        file = options.file
        if file is None:
            file = Path(folder) / "big.keras"
            if options.sparse:
                file = file.with_suffix(".h5")
                big_archive.make_sparse(file, options.units)
            else:
                big_archive.make(file, options.units**2 / 2**28, options.units)
        command = [sys.executable, __file__, "--inside", "--file", str(file)]
        command += ["--units", str(options.units)]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    sys.exit(main())
