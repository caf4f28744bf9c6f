"""A plan with all that is known of it beforehand: refusals, warnings, what it reaches.

No Qt here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pruneview.formats import ModelFile
from pruneview.pruning.errors import ModelError
from pruneview.pruning.planning.mending import mended
from pruneview.pruning.planning.plan import (
    PlanError,
    Preflight,
    PruningPlan,
    preflight,
)
from pruneview.pruning.planning.reach import PlannedWeight, planned_weights
from pruneview.pruning.planning.weight_info import WeightInfo

_FAR = 10**9  # a step after the end of every schedule
#: What may be at fault where a plan is impossible on a model, and its harmless value.
_ON_THE_MODEL: tuple[tuple[str, Any], ...] = (
    ("layer_sparsity", ()),
    ("exclude", ()),
    ("layers", None),
    ("sparsity_m_by_n", None),
    ("block_size", (1, 1)),
)


@dataclass(frozen=True)
class CheckedPlan:
    """What is known of a plan.

    Attributes
    ----------
    problems
        A sentence for each field at fault.
    preflight
        None where the plan is impossible or the number of samples is not known.
    weights
        What each weight of the model will reach: within the run where its steps are
        known, else by the schedule's end.
    can_mend
        Whether a change of the schedule takes warnings away.
    """

    plan: PruningPlan
    problems: dict[str, str]
    preflight: Preflight | None = None
    weights: tuple[PlannedWeight, ...] = ()
    can_mend: bool = False


def weight_infos(model: ModelFile) -> tuple[WeightInfo, ...]:
    """Return what planning needs to know of a file's weights."""
    return tuple(
        WeightInfo(weight.path, layer.path, weight.shape, weight.prunable, layer.kind)
        for layer in model.layers
        for weight in layer.weights
    )


def check_plan(
    plan: PruningPlan, samples: int | None, weights: Sequence[WeightInfo]
) -> CheckedPlan:
    """Return what is known of a plan.

    Parameters
    ----------
    samples
        That train; None where not known.
    weights
        Of the model; empty where none is open, or nothing in it can be pruned.
    """
    problems = plan.validate()
    if problems:
        return CheckedPlan(plan, problems)
    try:
        if samples:
            known = preflight(plan, samples, weights)
            can_mend = bool(known.warnings) and mended(plan, samples)[0] != plan
            return CheckedPlan(plan, {}, known, known.weights, can_mend)
        return CheckedPlan(plan, {}, None, planned_weights(plan, weights, _FAR))
    except ModelError as error:
        return CheckedPlan(plan, {_at_fault(plan, weights): str(error)})
    except PlanError as error:
        return CheckedPlan(plan, error.problems)


def _at_fault(plan: PruningPlan, weights: Sequence[WeightInfo]) -> str:
    """Return the field without which the plan is possible on these weights."""
    for field, harmless in _ON_THE_MODEL:
        try:
            planned_weights(replace(plan, **{field: harmless}), weights, _FAR)
        except ModelError:
            continue
        return field
    return "layers"
