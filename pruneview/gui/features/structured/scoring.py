"""What takes long and runs on the reader pool: the graph, and scores of all units."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import ModelFile, Weight
from pruneview.gui.features.structured.coupling import Coupling
from pruneview.pruning.structured.criteria import score_groups
from pruneview.pruning.structured.graph import graph_of_file
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.workers.reader_pool import Request


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of the units of each group, by one criterion; the lowest go first."""

    criterion: str
    by_group: dict[str, NDArray[np.float64]]


class _FileValues(Mapping[str, NDArray]):
    """Values of a file's weights by path, read as they are needed."""

    def __init__(self, weights: Mapping[str, Weight], request: Request) -> None:
        self._weights = weights
        self._request = request

    def __getitem__(self, path: str) -> NDArray:
        if self._request.cancelled:
            msg = "the scores are not wanted any more"
            raise InterruptedError(msg)
        return self._weights[path].read()

    def __contains__(self, path: object) -> bool:
        return path in self._weights

    def __iter__(self) -> Iterator[str]:
        return iter(self._weights)

    def __len__(self) -> int:
        return len(self._weights)


def build_coupling(model: ModelFile) -> Coupling:
    """Make the graph of an open file; raises ShrinkError."""
    return Coupling(model, graph_of_file(model))


def score(coupling: Coupling, plan: ShrinkPlan, request: Request) -> Scores:
    """Score all units by the plan's criterion; raises ShrinkError."""
    values = _FileValues(coupling.weights, request)
    found = score_groups(coupling.graph, values, plan.criterion, seed=plan.seed)
    return Scores(plan.criterion, found)
