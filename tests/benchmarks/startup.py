"""How soon the first heatmap is there, against importing Keras and loading the file.

Prints JSON: seconds from the start of the process, medians over interleaved repeats.
Under X11 without a display it starts Xvfb. The window is the program's own, as a
person starts it::

    python tests/benchmarks/startup.py [--repeats 5] [--file MODEL.h5]
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from traced_window import display, marks, wait_for, window

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


def first_heatmap(file: Path, environment: dict[str, str]) -> dict[str, float]:
    with window(environment, str(file)) as (process, trace):
        wait_for(trace, "first_heatmap", process)
        return marks(trace)


def keras_load(file: Path, environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", LOADER, str(file)],
        env=environment,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


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
        keras_load(options.file, environment)
        for _ in range(options.repeats):
            ours.append(first_heatmap(options.file, environment))
            keras.append(keras_load(options.file, environment))
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
    options = parser.parse_args()
    if not options.file.exists():
        print(f"There is no file {options.file}; name one with --file.")
        return 2
    print(json.dumps(measure(options), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
