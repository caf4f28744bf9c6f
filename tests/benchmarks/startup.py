"""How soon the first heatmap is there, against importing Keras and loading the file.

Prints JSON: medians over interleaved repeats, in seconds. Under X11 without a display
it starts Xvfb. The window is the program's own, as a person starts it::

    python tests/benchmarks/startup.py [--repeats 5] [--file MODEL.h5] [--demo]

With ``--demo`` the demo is measured too: when TensorFlow is in, and how long after
the Space key that starts the run the first mask is there (needs xdotool).
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATIENCE = 120.0
LOADER = """
import os, sys
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
keras.models.load_model(sys.argv[1], compile=False)
"""


def default_file() -> Path:
    root = Path(__file__).resolve().parents[2]
    folder = os.environ.get("PRUNEVIEW_MODELS", root.parent / "shared" / "models")
    return Path(folder) / "ad01.h5"


@contextlib.contextmanager
def display() -> Iterator[dict[str, str]]:
    """Yield an environment in which a window can open."""
    environment = dict(os.environ)
    if not sys.platform.startswith("linux") or environment.get("DISPLAY"):
        yield environment
        return
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            yield environment | {"DISPLAY": f":{answer.readline().strip()}"}
    finally:
        server.terminate()
        server.wait()


def marks(trace: Path) -> dict[str, float]:
    """Return the seconds of each mark written so far; the first of each name."""
    if not trace.exists():
        return {}
    seen: dict[str, float] = {}
    for line in trace.read_text().splitlines():
        record = json.loads(line)
        seen.setdefault(record["mark"], record["seconds"])
    return seen


def wait_for(trace: Path, mark: str, process: subprocess.Popen[bytes]) -> float:
    """Return the seconds of `mark` as soon as it is written."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(json.JSONDecodeError):  # a line half written
            seen = marks(trace)
            if mark in seen:
                return seen[mark]
        if process.poll() is not None:
            raise SystemExit(f"the window ended before the mark {mark}")
        time.sleep(0.02)
    raise SystemExit(f"the mark {mark} was not made within {PATIENCE:.0f} s")


@contextlib.contextmanager
def window(
    environment: dict[str, str], *arguments: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start the program; yield its process and its trace, and end it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.jsonl"
        command = [sys.executable, "-m", "pruneview", "--trace", str(trace)]
        process = subprocess.Popen([*command, *arguments], env=environment)
        try:
            yield process, trace
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def first_heatmap(file: Path, environment: dict[str, str]) -> dict[str, float]:
    with window(environment, str(file)) as (process, trace):
        wait_for(trace, "first_heatmap", process)
        return marks(trace)


def keras_load(file: Path) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", LOADER, str(file)],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def press_space(process: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
    found = ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(process.pid)]
    listed = subprocess.run(
        found, env=environment, check=True, capture_output=True, text=True, timeout=30
    )
    number = listed.stdout.split()[0]
    for action in (["windowfocus", "--sync", number], ["key", "space"]):
        subprocess.run(["xdotool", *action], env=environment, check=True, timeout=30)


def demo_run(environment: dict[str, str], *, at_once: bool) -> dict[str, float]:
    """Start the demo's run with Space: at once, or when TensorFlow is in."""
    with window(environment, "demo") as (process, trace):
        ready = wait_for(trace, "first_heatmap" if at_once else "engine_ready", process)
        start = json.loads(trace.read_text().splitlines()[0])["time"]
        press_space(process, environment)
        pressed = time.time() - start
        first = wait_for(trace, "mask_updated", process)
        return {
            "waited_for_s": ready,
            "space_pressed_s": round(pressed, 3),
            "first_mask_s": first,
            "first_mask_after_press_s": round(first - pressed, 3),
        }


def measure(options: argparse.Namespace) -> dict[str, Any]:
    ours: list[dict[str, float]] = []
    keras: list[float] = []
    result: dict[str, Any] = {
        "file": options.file.name,
        "file_bytes": options.file.stat().st_size,
        "cpus": os.cpu_count(),
        "repeats": options.repeats,
    }
    with display() as environment:
        first_heatmap(options.file, environment)  # fills the caches of both
        keras_load(options.file)
        for _ in range(options.repeats):
            ours.append(first_heatmap(options.file, environment))
            keras.append(keras_load(options.file))
        if options.demo:
            result["demo_pressed_when_ready"] = demo_run(environment, at_once=False)
            result["demo_pressed_at_once"] = demo_run(environment, at_once=True)
    medians = {
        mark: round(statistics.median(run[mark] for run in ours), 3)
        for mark in ours[0]
        if all(mark in run for run in ours)
    }
    loading = statistics.median(keras)
    return result | {
        "marks_s": medians,
        "first_heatmap_s": [run["first_heatmap"] for run in ours],
        "keras_load_s": [round(seconds, 3) for seconds in keras],
        "first_heatmap_median_s": medians["first_heatmap"],
        "keras_load_median_s": round(loading, 3),
        "ratio": round(medians["first_heatmap"] / loading, 3),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--file", type=Path, default=default_file())
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args()
    if not options.file.exists():
        print(f"There is no file {options.file}; name one with --file.")
        return 2
    if options.demo and shutil.which("xdotool") is None:
        print("--demo presses a key, and needs xdotool.")
        return 2
    print(json.dumps(measure(options), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
