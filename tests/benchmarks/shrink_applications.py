"""Shrinks architectures of keras.applications by half, and prints a line for each.

Random weights; no data are fetched. Seconds are those of the graph and the removal,
without building either model. Pass names to take only those.
"""

import argparse
import gc
import inspect
import json
import os
import sys
import time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from pruneview.pruning.backend import import_backend
from pruneview.pruning.structured.building import build_model, values_of
from pruneview.pruning.structured.choose import choose_units, unit_masks
from pruneview.pruning.structured.compare import compare_outputs
from pruneview.pruning.structured.criteria import score_groups
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import build_graph, config_of
from pruneview.pruning.structured.naming import live_weights
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.removal import shrink_network

SIDE = 96


def architectures() -> dict[str, Any]:
    """Return the functions of keras.applications that make a model, by name."""
    import keras

    return {
        name: value
        for name, value in vars(keras.applications).items()
        if inspect.isfunction(value) and name[0].isupper()
    }


def shrink_one(name: str, make: Any, *, compare: bool) -> dict[str, Any]:
    """Build, shrink and run one architecture; return what came of it."""
    import keras

    keras.backend.clear_session()
    model = make(weights=None, **_size(make))
    started, cpu = time.perf_counter(), time.process_time()
    config, values = config_of(model), values_of(model)
    described = time.perf_counter()
    graph = build_graph(config, {path: v.shape for path, v in values.items()})
    drawn = time.perf_counter()
    row: dict[str, Any] = {
        "name": name,
        "layers": len(model.layers),
        "groups": len(graph.groups),
        "removable": sum(group.removable for group in graph.groups),
        "graph_s": round(drawn - described, 2),
    }
    try:
        scores = score_groups(graph, values, "l2")
        choice = choose_units(graph, scores, ShrinkPlan(ratio=0.5))
        scored = time.perf_counter()
        shrunk = shrink_network(config, values, graph, choice)
        done = time.perf_counter()
        row["graph_and_removal_s"] = round(done - scored + drawn - described, 2)
        row["all_s"] = round(done - started, 2)
        row["all_cpu_s"] = round(time.process_time() - cpu, 2)
        small = build_model(shrunk, like=model)
    except ShrinkError as error:
        return row | {"stopped": str(error)}
    inputs = _inputs(model)
    assert np.isfinite(np.asarray(small(inputs, training=False))).all()
    row["parameters"] = [model.count_params(), small.count_params()]
    row["notes"] = list(shrunk.notes)
    if compare:
        variables = live_weights(model)
        for path, mask in unit_masks(graph, choice).items():
            variables[path].assign(values[path] * mask)
        row["difference"] = compare_outputs(model, small, inputs).largest_relative
    row["excluded"] = sorted({e.reason for e in graph.excluded})
    return row


def _size(make: Any) -> dict[str, Any]:
    """Return a small input for architectures that take any size."""
    if "NASNet" in make.__name__ or "classifier_activation" not in str(
        inspect.signature(make)
    ):
        return {"classifier_activation": None} if "NASNet" in make.__name__ else {}
    return {"input_shape": (SIDE, SIDE, 3), "classifier_activation": None}


def _inputs(model: Any) -> np.ndarray:
    shape = (1, *(SIDE if n is None else n for n in model.inputs[0].shape[1:]))
    return np.random.default_rng(0).uniform(0, 1, shape).astype("float32")


def main() -> int:
    """Run the architectures named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--no-compare", action="store_true")
    options = parser.parse_args()
    import_backend()
    known = architectures()
    for name in options.names or sorted(known):
        try:
            row = shrink_one(name, known[name], compare=not options.no_compare)
        except (ValueError, TypeError, RuntimeError, MemoryError) as error:
            row = {"name": name, "failed": f"{type(error).__name__}: {error}"[:300]}
        print(json.dumps(row), flush=True)
        gc.collect()
    return 0


if __name__ == "__main__":
    sys.exit(main())
