"""What the dependency graph and a choice of units come to, as events tell it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.shrinking.events import (
    ExcludedLayer,
    GroupOutcome,
    OutputDifference,
)

if TYPE_CHECKING:
    from pruneview.pruning.structured.graph import DependencyGraph


def group_outcomes(
    graph: "DependencyGraph", keep: Mapping[str, NDArray[np.bool_]]
) -> tuple[GroupOutcome, ...]:
    """Return each group that units can be removed from, with what is kept of it."""
    return tuple(
        GroupOutcome(
            group.id,
            group.title,
            group.unit_kind,
            group.size,
            int(keep[group.id].sum()) if group.id in keep else group.size,
        )
        for group in graph.groups
        if group.removable
    )


def over_all_rounds(
    first: Iterable[GroupOutcome], last: Iterable[GroupOutcome]
) -> tuple[GroupOutcome, ...]:
    """Return sizes as they were before the first round, and what the last kept."""
    kept = {group.id: group.kept for group in last}
    return tuple(
        GroupOutcome(g.id, g.title, g.unit_kind, g.size, kept.get(g.id, g.kept))
        for g in first
    )


def excluded_layers(graph: "DependencyGraph") -> tuple[ExcludedLayer, ...]:
    """Return the layers that nothing is removed from, with the reason."""
    return tuple(ExcludedLayer(one.layer_path, one.reason) for one in graph.excluded)


def larger(one: OutputDifference | None, other: OutputDifference) -> OutputDifference:
    """Return the difference that is larger, relative to the outputs."""
    if one is None or other.largest_relative >= one.largest_relative:
        return other
    return one
