"""A 4 GiB archive in the window against a small file; prints JSON.

Seconds from the start of the process to the first heatmap (coarse), to the exact one
and to the statistics of all weights; the process's memory while browsing::

    python tests/benchmarks/big_window.py [--gib 4] [--repeats 3] [--file BIG.keras]

Memory is VmRSS, all of the process's pages, and RssAnon, those of its own that are no
part of any file; "idle" is the window on the small file. Linux.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from big_archive import make
from startup import default_file
from traced_window import display, marks, wait_for, window


def memory(pid: int) -> dict[str, float]:
    """Return VmRSS and RssAnon in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return {name: int(fields[name].split()[0]) / 1e3 for name in ("VmRSS", "RssAnon")}


def look(file: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Open a file until its statistics are known; TensorFlow is in by then or not."""
    with window(environment, str(file)) as (process, trace):
        peak = {"VmRSS": 0.0, "RssAnon": 0.0}
        before_tensorflow = dict(peak)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            now = memory(process.pid)
            seen = marks(trace)
            peak = {name: max(peak[name], now[name]) for name in peak}
            if "engine_ready" not in seen:
                before_tensorflow = {n: max(before_tensorflow[n], now[n]) for n in now}
            if {"statistics_known", "exact_heatmap", "engine_ready"} <= seen.keys():
                break
            time.sleep(0.01)
        wait_for(trace, "statistics_known", process)
        return {"marks": marks(trace), "peak": peak, "loading": before_tensorflow}


def measure(options: argparse.Namespace, big: Path) -> dict[str, Any]:
    small = default_file()
    runs: dict[str, list[dict[str, Any]]] = {"big": [], "small": []}
    with display() as environment:
        look(small, environment)
        look(big, environment)  # into the page cache
        for _ in range(options.repeats):
            runs["small"].append(look(small, environment))
            runs["big"].append(look(big, environment))
    result: dict[str, Any] = {"big_bytes": big.stat().st_size, "small": small.name}
    for name, several in runs.items():
        for mark in ("first_heatmap", "exact_heatmap", "statistics_known"):
            median = statistics.median(run["marks"][mark] for run in several)
            result[f"{name}_{mark}_s"] = round(median, 3)
        for field in ("VmRSS", "RssAnon"):
            median = statistics.median(run["peak"][field] for run in several)
            result[f"{name}_peak_{field}_MB"] = round(median, 1)
    listed = result["big_first_heatmap_s"]
    seconds = result["big_statistics_known_s"] - listed
    weights = result["big_bytes"] / 4
    return result | {
        "first_heatmap_ratio": round(listed / result["small_first_heatmap_s"], 3),
        "statistics_million_weights_per_s": round(weights / seconds / 1e6, 1),
        "memory_above_idle_MB": round(
            result["big_peak_VmRSS_MB"] - result["small_peak_VmRSS_MB"], 1
        ),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gib", type=float, default=4.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    if options.file is not None:
        print(json.dumps(measure(options, options.file), indent=2))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        big = Path(folder) / "big.keras"
        make(big, options.gib)
        print(json.dumps(measure(options, big), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
