"""Accuracy against sparsity, for each layer alone; nothing is trained.

The layers are pruned by magnitude, as one-shot pruning would (Han et al., 2015,
"Learning both Weights and Connections", call this a layer's sensitivity).
"""

from collections.abc import Callable, Sequence

import numpy as np

from pruneview.pruning.data.samples import Samples
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.events import Evaluation, Event, Preparing
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.planning.selection import select_weights
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.pruning.sensitivity.events import (
    LayerSensitivity,
    SensitivityEnded,
    SensitivityStarted,
)
from pruneview.pruning.training.control import RunControl
from pruneview.pruning.training.engine import Engine
from pruneview.sparsity.masking.masks import magnitude_mask

SPARSITIES = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
_MOST_SAMPLES = 1000


def measure_sensitivity(
    engine: Engine,
    plan: PruningPlan,
    data: DataSet,
    metric: str,
    *,
    emit: Callable[[Event], None],
    control: RunControl,
    sparsities: Sequence[float] = SPARSITIES,
) -> SensitivityEnded:
    """Measure every layer that takes part in the plan.

    The weights are those of the baseline; the model is as before when it returns.

    Parameters
    ----------
    engine
        Prepared for `metric` and data like `data`.
    sparsities
        Shares of zeros, ascending, each from 0 up to but not including 1.

    Raises
    ------
    ModelError
        Where no weight takes part.
    """
    layers: dict[str, list[WeightInfo]] = {}
    for info in select_weights(plan, engine.weights).taken:
        layers.setdefault(info.layer, []).append(info)
    state = engine.state()
    engine.restore()
    try:
        x, y, part = _sample(data, plan.seed)

        def evaluate() -> Evaluation:
            return engine.evaluate(x, y).evaluation(metric, len(x), part)

        baseline = evaluate()
        levels = tuple(sparsities)
        emit(SensitivityStarted(baseline, levels, tuple(layers)))
        measured: list[LayerSensitivity] = []
        for number, (layer, weights) in enumerate(layers.items()):
            share = number / len(layers)
            emit(
                Preparing(
                    f"Pruning {layer} alone, {number + 1} of {len(layers)}", share
                )
            )
            values = _measure_layer(engine, weights, levels, evaluate, control)
            if values is None:
                break
            measured.append(LayerSensitivity(layer, values))
            emit(measured[-1])
    finally:
        engine.set_state(state)
    ended = SensitivityEnded(
        baseline, levels, tuple(measured), complete=len(measured) == len(layers)
    )
    emit(ended)
    return ended


def _measure_layer(
    engine: Engine,
    weights: Sequence[WeightInfo],
    sparsities: Sequence[float],
    evaluate: Callable[[], Evaluation],
    control: RunControl,
) -> tuple[float, ...] | None:
    """Return the metric at each sparsity; None where it was called off."""
    whole = {info.path: engine.values(info.path) for info in weights}
    found = []
    for sparsity in sparsities:
        if control.stop_requested:
            return None
        for path, values in whole.items():
            kept = magnitude_mask(values, sparsity)
            engine.set_values(path, np.where(kept, values, np.zeros_like(values)))
        found.append(evaluate().value)
    for path, values in whole.items():
        engine.set_values(path, values)
    return tuple(found)


def _sample(data: DataSet, seed: int) -> tuple[Samples, Samples, str]:
    """Return held-out samples, at most a thousand, and which part they are of."""
    x, y, part = data.held_out
    if len(x) > _MOST_SAMPLES:
        # Files are often ordered by class; a part of them must not be.
        chosen = np.random.default_rng(seed).permutation(len(x))[:_MOST_SAMPLES]
        chosen.sort()
        x, y = x[chosen], y[chosen]
    return x, y, part
