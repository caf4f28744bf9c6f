"""Units masked while a model is trained: the masks of whole rows and columns."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.pruning.structured.choose import Choice, choose_units, unit_masks
from pruneview.pruning.structured.criteria import score_groups
from pruneview.pruning.structured.graph import (
    DependencyGraph,
    Group,
    build_graph,
    config_of,
)
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.training.masking import PlacedMask

if TYPE_CHECKING:
    from pruneview.pruning.structured.graph import Member

Values = Mapping[str, NDArray[Any]]

_NEARLY_ALL = 0.999999


class UnitMasks:
    """Masks for the units of one model, as a plan asks for them.

    Parameters
    ----------
    plan
        Its ratio is what is masked in the end.
    weights
        All weights of the model.

    Raises
    ------
    ShrinkError
        Where the plan is impossible, or there is nothing to remove.
    """

    def __init__(
        self, plan: ShrinkPlan, graph: DependencyGraph, weights: Sequence[WeightInfo]
    ) -> None:
        self._plan = plan
        self._graph = graph
        least = dataclasses.replace(
            plan, ratio=_NEARLY_ALL, ratios={}, scope="layer", floor=1, round_to=1
        )
        alike = {group.id: np.zeros(group.size) for group in graph.groups}
        concerned = unit_masks(graph, choose_units(graph, alike, least))
        #: The weights that have masks, in the model's order.
        self.weights = tuple(info for info in weights if info.path in concerned)

    def masks(
        self, ratio: float, values: Values, gradients: Callable[[], Values]
    ) -> Iterator[PlacedMask]:
        """Yield a mask for each of `weights`.

        Parameters
        ----------
        ratio
            What the schedule asks for now; the plan's own in the end.
        gradients
            Called where the criterion needs them.
        """
        share = ratio / self._plan.ratio if self._plan.ratio else 0.0
        plan = at_share(self._plan, share)
        choice = choose(self._graph, plan, values, gradients)
        found = unit_masks(self._graph, choice)
        for place, info in enumerate(self.weights):
            yield place, found.get(info.path, np.ones(info.shape, np.bool_)), 0.0


def graph_of_weights(model: Any, weights: Sequence[WeightInfo]) -> DependencyGraph:
    """Return the graph of a built model, its weights called as they are here.

    Raises
    ------
    ShrinkError
    """
    shapes = {info.path: info.shape for info in weights}
    return build_graph(config_of(model), shapes)


def choose(
    graph: DependencyGraph,
    plan: ShrinkPlan,
    values: Values,
    gradients: Callable[[], Values],
) -> Choice:
    """Score the units by their weights, and choose those that stay.

    Raises
    ------
    ShrinkError
    """
    needed = gradients() if plan.criterion == "taylor" else None
    scores = score_groups(
        graph, values, plan.criterion, gradients=needed, seed=plan.seed
    )
    return choose_units(graph, scores, plan)


def at_share(plan: ShrinkPlan, share: float) -> ShrinkPlan:
    """Return the plan with every ratio multiplied by `share`."""
    return dataclasses.replace(
        plan,
        ratio=plan.ratio * share,
        ratios={name: ratio * share for name, ratio in plan.ratios.items()},
    )


def kept_units(
    graph: DependencyGraph, masks: Mapping[str, NDArray[np.bool_]]
) -> Choice:
    """Return which units the masks in force keep."""
    return Choice({g.id: _kept(g, masks) for g in graph.groups if g.removable})


def _kept(group: Group, masks: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    keep = np.ones(group.size, np.bool_)
    makers = [
        m for m in group.members if m.role == "produces" and m.weight_path in masks
    ]
    for unit in range(group.size):
        keep[unit] = not makers or any(_lives(m, unit, masks) for m in makers)
    return keep


def _lives(member: "Member", unit: int, masks: Mapping[str, NDArray[np.bool_]]) -> bool:
    mask = masks[member.weight_path]
    return bool(np.take(mask, member.indices(unit), axis=member.axis).any())
