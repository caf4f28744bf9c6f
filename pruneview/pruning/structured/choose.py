"""Which units stay: scores and a plan to a choice, and a choice to masks."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.criteria import Scores
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import DependencyGraph, Group, Member, plural
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.tracing.ledger import PRODUCES

#: What a masked unit keeps: statistics, which do nothing once gamma is zero.
_UNMASKED = frozenset({"moving_mean", "moving_variance", "alpha"})


@dataclass(frozen=True, eq=False)
class Choice:
    """Which units of which groups stay.

    Attributes
    ----------
    keep
        By the group's id, True for each unit that stays. Groups that are not named
        stay as they are.
    """

    keep: Mapping[str, NDArray[np.bool_]]

    @property
    def removed(self) -> int:
        """How many units go."""
        return sum(int((~kept).sum()) for kept in self.keep.values())


def choose_units(graph: DependencyGraph, scores: Scores, plan: ShrinkPlan) -> Choice:
    """Return which units stay.

    Parameters
    ----------
    scores
        By the group's id, as `score_groups` returns them.

    Raises
    ------
    ShrinkError
        Where the plan is impossible, names what the model has not, would leave
        nothing of a layer, or where there is nothing to remove.
    """
    plan.check()
    groups = _taking_part(graph, plan)
    ratios = {group.id: _ratio(group, plan) for group in groups}
    if plan.scope == "layer":
        goals = {g.id: _rounded(ratios[g.id] * g.size) for g in groups}
        keep = {g.id: _keep(g, scores[g.id], goals[g.id], plan) for g in groups}
        return Choice(keep)
    return Choice(_globally(groups, scores, ratios, plan))


def unit_masks(graph: DependencyGraph, choice: Choice) -> dict[str, NDArray[np.bool_]]:
    """Return masks under which the units that go are exactly dead; True is kept.

    Parameters
    ----------
    choice
        Which units stay.

    Returns
    -------
    dict of str to ndarray of bool
        By the weight's path, of its shape: the kernel entries that make a unit, its
        bias, gamma and beta. The moving mean too where a normalisation has no gamma.
    """
    masks: dict[str, NDArray[np.bool_]] = {}
    for path, axis, gone in masked_entries(graph, choice):
        mask = masks.setdefault(path, np.ones(graph.shapes[path], bool))
        np.moveaxis(mask, axis, 0)[gone] = False
    return masks


def masked_entries(
    graph: DependencyGraph, choice: Choice
) -> Iterator[tuple[str, int, NDArray[np.bool_]]]:
    """Yield what `unit_masks` masks: weight, axis, and the positions along it."""
    scaled = {
        m.layer for g in graph.groups for m in g.members if m.parameter == "gamma"
    }
    for group in graph.groups:
        keep = choice.keep.get(group.id)
        if keep is None or keep.all():
            continue
        for member in group.members:
            if member.role != PRODUCES or not _is_masked(member, scaled):
                continue
            gone = (member.units >= 0) & ~keep[member.units]
            if gone.any():
                yield member.weight_path, member.axis, gone


def _is_masked(member: Member, scaled: set[str]) -> bool:
    if member.parameter == "moving_mean":
        return member.layer not in scaled
    return member.parameter not in _UNMASKED


def _taking_part(graph: DependencyGraph, plan: ShrinkPlan) -> list[Group]:
    able = [group for group in graph.groups if group.removable]
    if not able:
        reasons = "; ".join(f"{e.layer_path}: {e.reason}" for e in graph.excluded[:3])
        more = f" ({reasons})" if reasons else ""
        raise ShrinkError(f"The model has nothing that can be removed{more}.")
    _check_names(graph, able, plan)
    taken = [
        group
        for group in able
        if (plan.layers is None or {group.id, *group.layers} & set(plan.layers))
        and not {group.id, group.unit_kind, *group.layers} & set(plan.exclude)
    ]
    if not taken:
        raise ShrinkError(
            "Nothing is left to remove: every layer that could lose units is left "
            "out. Exclude less, or choose other layers."
        )
    return taken


def _check_names(graph: DependencyGraph, able: list[Group], plan: ShrinkPlan) -> None:
    names = {name for group in able for name in (group.id, *group.layers)}
    kinds = {group.unit_kind for group in graph.groups}
    others = {e.layer_path for e in graph.excluded}
    for field, given, known in (
        ("ratios", set(plan.ratios), names),
        ("layers", set(plan.layers or ()), names),
        ("exclude", set(plan.exclude), names | kinds | others),
    ):
        for name in sorted(given - known):
            reason = next(
                (e.reason for e in graph.excluded if e.layer_path == name), None
            )
            why = f": {reason}" if reason else ""
            raise ShrinkError(
                f"Nothing can be removed from {name}, which {field} names{why}. "
                f"Choose among {', '.join(dict.fromkeys(g.id for g in able))}."
            )


def _ratio(group: Group, plan: ShrinkPlan) -> float:
    for name in (group.id, *group.layers):
        if name in plan.ratios:
            return plan.ratios[name]
    return plan.ratio


def _rounded(number: float) -> int:
    return math.floor(number + 0.5)


def _keep(
    group: Group, scores: NDArray, goal: int, plan: ShrinkPlan
) -> NDArray[np.bool_]:
    """Remove up to ``goal`` units, the lowest first, as far as floors allow."""
    if plan.floor == 0 and goal >= group.size:
        raise ShrinkError(
            f"The ratio would leave none of the {group.size} "
            f"{plural(group.unit_kind, group.size)} of {', '.join(group.layers)}: "
            f"choose a smaller one, or a floor of at least 1."
        )
    keep = np.ones(group.size, bool)
    left = _Left(group, plan.floor)
    for unit in np.argsort(scores, kind="stable"):
        if goal and left.take(int(unit)):
            keep[unit] = False
            goal -= 1
    return _round_up(group, scores, keep, plan.round_to)


class _Left:
    """How many channels each layer of a group has left."""

    def __init__(self, group: Group, floor: int) -> None:
        self._counts = np.stack(
            [np.bincount(units, minlength=group.size) for units in group.blocks]
        )
        self._left = self._counts.sum(axis=1)
        self._floor = max(floor, 1)

    def take(self, unit: int) -> bool:
        """Take a unit away, where every layer that makes it has enough without."""
        after = self._left - self._counts[:, unit]
        if (after < self._floor)[self._counts[:, unit] > 0].any():
            return False
        self._left = after
        return True


def _round_up(
    group: Group, scores: NDArray, keep: NDArray[np.bool_], multiple: int
) -> NDArray[np.bool_]:
    """Give back the best units until what is left of each layer is a multiple."""
    width = max(1, len(group.blocks[0]) // group.size)
    step = multiple // math.gcd(multiple, width)
    wanted = min(group.size, -(-int(keep.sum()) // step) * step)
    gone = np.flatnonzero(~keep)
    back = gone[np.argsort(-scores[gone], kind="stable")][: wanted - int(keep.sum())]
    keep = keep.copy()
    keep[back] = True
    return keep


def _globally(
    groups: list[Group], scores: Scores, ratios: Mapping[str, float], plan: ShrinkPlan
) -> dict[str, NDArray[np.bool_]]:
    """Remove the lowest of all groups; a group with a ratio of its own goes alone."""
    own = [g for g in groups if {g.id, *g.layers} & set(plan.ratios)]
    keep = {
        g.id: _keep(g, scores[g.id], _rounded(ratios[g.id] * g.size), plan) for g in own
    }
    rest = [g for g in groups if g.id not in keep]
    ranked = sorted(
        (score, place, unit)
        for place, group in enumerate(rest)
        for unit, score in enumerate(_normalised(scores[group.id]))
    )
    goal = _rounded(plan.ratio * len(ranked))
    left = [_Left(group, plan.floor) for group in rest]
    kept = [np.ones(group.size, bool) for group in rest]
    for _, place, unit in ranked:
        if goal and left[place].take(unit):
            kept[place][unit] = False
            goal -= 1
    for group, mask in zip(rest, kept, strict=True):
        keep[group.id] = _round_up(group, scores[group.id], mask, plan.round_to)
    return keep


def _normalised(scores: NDArray) -> list[float]:
    mean = float(scores.mean())
    divided: list[float] = (scores / mean if mean > 0 else scores).tolist()
    return divided
