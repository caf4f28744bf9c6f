"""What sparsity each weight will reach, as far as shapes tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pruneview.pruning.planning.curve import layer_target
from pruneview.pruning.planning.selection import select_weights
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.sparsity.masking.block_masks import block_count
from pruneview.sparsity.masking.m_by_n_masks import m_by_n_zeros
from pruneview.sparsity.masking.masks import kept_count

if TYPE_CHECKING:
    from pruneview.pruning.planning.plan import PruningPlan

TOO_FEW = "too few weights for a finer share"
CUT_SHORT = "its last groups are cut short"
CUT_BLOCKS = "too few blocks, or blocks cut short at the edge"


@dataclass(frozen=True)
class PlannedWeight:
    """What a plan will do to one weight.

    Attributes
    ----------
    path, layer, size
        Of the weight.
    target
        The sparsity its last mask asks for, 0 to 1; None where it is left as it is.
    reached
        The sparsity that mask will have, ties aside; None where only the values
        tell.
    cause
        Why it takes no part, or why it will not reach its target.
    """

    path: str
    layer: str
    size: int
    target: float | None
    reached: float | None
    cause: str = ""


def planned_weights(
    plan: "PruningPlan", weights: Sequence[WeightInfo], last_update: int
) -> tuple[PlannedWeight, ...]:
    """Return what becomes of each weight that can be pruned, in the model's order.

    Parameters
    ----------
    last_update
        The step of the last mask; 0 where there is none.

    Raises
    ------
    ModelError
        Where the plan is impossible on these weights.
    """
    if not weights:
        return ()
    selection = select_weights(plan, weights)
    planned = {
        weight.path: PlannedWeight(
            weight.path, weight.layer, weight.size, None, None, cause
        )
        for weight, cause in selection.left_out
    }
    for weight in selection.taken:
        planned[weight.path] = _plan_one(plan, weight, last_update)
    order = {weight.path: place for place, weight in enumerate(weights)}
    return tuple(sorted(planned.values(), key=lambda one: order[one.path]))


def _plan_one(plan: "PruningPlan", weight: WeightInfo, last: int) -> PlannedWeight:
    target = layer_target(plan, weight.layer, last) if last else 0.0
    reached, cause = _reach(plan, weight, target) if last else (0.0, "")
    return PlannedWeight(weight.path, weight.layer, weight.size, target, reached, cause)


def _reach(
    plan: "PruningPlan", weight: WeightInfo, target: float
) -> tuple[float | None, str]:
    size = weight.size
    shared = plan.scope != "layer" and weight.layer not in dict(plan.layer_sparsity)
    if shared or size == 0:
        return None, ""
    if plan.sparsity_m_by_n is not None:
        reached = m_by_n_zeros(weight.shape, plan.sparsity_m_by_n) / size
        cause = CUT_SHORT
    elif plan.has_blocks:
        blocks = block_count(weight.shape, plan.block_size)
        reached = 1 - kept_count(blocks, target) / blocks
        cause = CUT_BLOCKS
    else:
        reached = 1 - kept_count(size, target) / size
        cause = TOO_FEW
    return reached, cause if differs(reached, target) else ""


def differs(reached: float, target: float) -> bool:
    """Whether two sparsities differ by what a person would see: half a point."""
    return abs(reached - target) >= 0.005
