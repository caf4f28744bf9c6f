"""How fast models open: ``python tests/benchmarks/open_speed.py [FILE ...]``, as JSON.

Without files: a model of 10,000 layers, made in a temporary folder, in both layouts.
Every figure is taken in a process of its own; the best and the median of five.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import h5py
import numpy as np

RUNS = 5
LAYERS = 10_000
PROGRAM = """
import json, resource, sys, time
begun = time.perf_counter()
from pruneview.formats import open_model
imported = time.perf_counter()
model = open_model(sys.argv[1])
opened = time.perf_counter()
weight = max((w for x in model.layers for w in x.weights), key=lambda w: w.size)
weight.read(tuple(slice(0, 512) for _ in weight.shape))
read = time.perf_counter()
print(json.dumps({
    "import_ms": (imported - begun) * 1e3,
    "open_ms": (opened - imported) * 1e3,
    "window_ms": (read - opened) * 1e3,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
    "layers": len(model.layers),
    "parameters": model.parameter_count,
}))
"""


def measure(path: Path) -> dict:
    """Return the medians of several runs, and the best time to open."""
    runs = []
    for _ in range(RUNS):
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        runs.append(json.loads(ended.stdout))
    medians = {
        key: round(statistics.median(r[key] for r in runs), 2) for key in runs[0]
    }
    best = round(min(run["open_ms"] for run in runs), 2)
    return {"file": path.name, **medians, "best_open_ms": best}


def many_layers(folder: Path) -> list[Path]:
    """Write a model of many layers, as `.h5` and as `.keras`."""
    names = [f"dense_{n}" if n else "dense" for n in range(LAYERS)]
    layers = [
        {"class_name": "Dense", "config": {"name": name, "units": 4}} for name in names
    ]
    config = {"class_name": "Sequential", "config": {"name": "many", "layers": layers}}
    kernel, bias = np.ones((4, 4), "float32"), np.ones(4, "float32")
    named = folder / "layers_10000.h5"
    with h5py.File(named, "w") as file:
        file.attrs["model_config"] = json.dumps(config)
        group = file.create_group("model_weights")
        for start in range(0, LAYERS, 1000):
            piece = [name.encode() for name in names[start : start + 1000]]
            group.attrs[f"layer_names{start // 1000}"] = np.array(piece)
        for name in names:
            layer = group.create_group(name)
            listed = [f"{name}/kernel:0".encode(), f"{name}/bias:0".encode()]
            layer.attrs["weight_names"] = np.array(listed)
            layer[f"{name}/kernel:0"], layer[f"{name}/bias:0"] = kernel, bias
    numbered = folder / "w.h5"
    with h5py.File(numbered, "w") as file:
        for name in names:
            group = file.create_group(f"layers/{name}/vars")
            group.attrs["name"] = name
            group["0"], group["1"] = kernel, bias
    archive = folder / "layers_10000.keras"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("config.json", json.dumps(config))
        packed.write(numbered, "model.weights.h5")
    return [named, archive]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        files = [Path(name) for name in sys.argv[1:]] or many_layers(Path(temporary))
        figures = [measure(file) for file in files]
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")
