"""A model is shrunk, and its outputs compared with those of the masked model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pruneview.pruning.structured.building import shrink_model, values_of
from pruneview.pruning.structured.choose import Choice, choose_units, unit_masks
from pruneview.pruning.structured.compare import Difference, compare_outputs
from pruneview.pruning.structured.criteria import score_groups
from pruneview.pruning.structured.graph import DependencyGraph, graph_of_model
from pruneview.pruning.structured.naming import live_weights
from pruneview.pruning.structured.plan import ShrinkPlan

#: Float32 sums in another order; the masked units themselves are exactly dead.
TOLERANCE = 1e-5


@dataclass(frozen=True)
class Comparison:
    """What came of shrinking a model."""

    graph: DependencyGraph
    choice: Choice
    small: Any
    notes: tuple[str, ...]
    difference: Difference

    def sizes(self) -> dict[str, tuple[int, ...]]:
        return {p: tuple(v.shape) for p, v in live_weights(self.small).items()}


def randomise(model: Any, seed: int = 0) -> Any:
    """Give every weight a value that shows when it lands in the wrong place."""
    generator = np.random.default_rng(seed)
    for path, variable in live_weights(model).items():
        shape = tuple(variable.shape)
        fan = max(1, int(np.prod(shape[:-1]))) if len(shape) > 1 else 1
        values = generator.normal(size=shape) / np.sqrt(fan)
        if path.endswith(("variance", "gamma")):
            values = generator.uniform(0.5, 1.5, shape)
        variable.assign(values.astype(np.float32))
    return model


def samples(model: Any, count: int = 3) -> list[np.ndarray]:
    generator = np.random.default_rng(1)
    arrays = []
    for tensor in model.inputs:
        shape = (count, *(7 if n is None else n for n in tensor.shape[1:]))
        if "int" in str(tensor.dtype):
            arrays.append(generator.integers(0, 5, shape).astype("int32"))
        else:
            arrays.append(generator.normal(size=shape).astype("float32"))
    return arrays


def shrink_and_compare(
    model: Any, plan: ShrinkPlan | None = None, *, masked: bool = True
) -> Comparison:
    """Shrink a built model and compare it with the same model, its units masked."""
    plan = plan or ShrinkPlan(criterion="random", seed=3)
    graph, values = graph_of_model(model), values_of(model)
    choice = choose_units(graph, score_groups(graph, values, plan.criterion), plan)
    small, notes = shrink_model(model, choice, graph=graph)
    variables = live_weights(model)
    for path, mask in unit_masks(graph, choice).items() if masked else ():
        variables[path].assign(values[path] * mask)
    difference = compare_outputs(model, small, samples(model))
    for path, array in values.items():
        variables[path].assign(array)
    return Comparison(graph, choice, small, notes, difference)
