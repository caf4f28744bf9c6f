"""`pruneview prune` over every file of a folder of models that can be trained.

Prints one JSON object for each file: what the run reached, or the sentence of its
refusal. The data are synthetic, of the shapes that the built model has: they show
that a run goes through, and say nothing of accuracy.

Usage: python tests/benchmarks/shared_models.py FOLDER
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from pruneview.formats import FormatError, open_model
from pruneview.pruning.backend import import_backend
from pruneview.pruning.errors import ModelError
from pruneview.pruning.subject.opened import suggest_for
from pruneview.pruning.subject.opening import open_with_engine
from pruneview.pruning.subject.trust import Trust

_SAMPLES = 192
_PLAN = ("--final-sparsity", "0.8", "--end-step", "8", "--frequency", "2")
_PLAN += ("--epochs", "2", "--batch-size", "32")


def main() -> None:
    folder = Path(sys.argv[1])
    for path in sorted(folder.iterdir()):
        try:
            with open_model(path) as model:
                able, code = model.abilities, bool(model.code)
        except FormatError as error:
            _print({"file": path.name, "refused": str(error)})
            continue
        if not able.prune_and_train and not (code and able.engine):
            _print({"file": path.name, "refused": able.reason})
            continue
        try:
            found = _prune(path, code=code)
        except ModelError as error:
            found = {"refused": str(error)}
        _print({"file": path.name, "engine": able.engine, **found})


def _prune(path: Path, *, code: bool) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data.npz"
        _write_data(path, data, code=code)
        out = Path(scratch) / "out.h5"
        command = [sys.executable, "-m", "pruneview", "prune", str(path)]
        command += ["--data", str(data), "--output", str(out), *_PLAN]
        command += ["--events", str(Path(scratch) / "events.jsonl")]
        command += ["--allow-code"] if code else []
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - started
        if done.returncode:
            return {"exit": done.returncode, "said": done.stderr.strip()[-400:]}
        lines = (Path(scratch) / "events.jsonl").read_text().splitlines()
        ended = next(
            event
            for event in map(json.loads, reversed(lines))
            if event.get("event") == "run_ended"
        )
        return {
            "exit": 0,
            "seconds": round(seconds, 1),
            "sparsity": round(ended["sparsity"], 4),
            "saved_bytes": out.stat().st_size,
        }


def _write_data(path: Path, data: Path, *, code: bool) -> None:
    """Write noise that fits the model's one input and one output."""
    import_backend()
    opened = open_with_engine(path, "auto", Trust(code, None))
    shapes = opened.shapes
    chance = np.random.default_rng(0)
    x = chance.normal(size=(_SAMPLES, *shapes.inputs[0])).astype(np.float32)
    loss = suggest_for(opened, None).loss
    width = shapes.outputs[0][-1]
    if loss == "sparse_categorical_crossentropy":
        y = chance.integers(0, width, (_SAMPLES, *shapes.outputs[0][:-1]))
    elif "categorical" in loss:
        places = chance.integers(0, width, (_SAMPLES, *shapes.outputs[0][:-1]))
        y = np.eye(width, dtype=np.float32)[places]
    elif shapes.outputs[0] == shapes.inputs[0]:
        y = x
    else:
        y = chance.normal(size=(_SAMPLES, *shapes.outputs[0])).astype(np.float32)
    np.savez(data, x_train=x, y_train=y, x_test=x[:64], y_test=y[:64])


def _print(found: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
