"""Target against achieved sparsity of each weight, with the cause of a difference."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pruneview.pruning.events import WeightOutcome
from pruneview.pruning.planning.curve import layer_target
from pruneview.pruning.planning.reach import differs, planned_weights
from pruneview.pruning.planning.weight_info import WeightInfo

if TYPE_CHECKING:
    from pruneview.pruning.planning.plan import PruningPlan

_FAR = 10**9  # a step after the end of every schedule


def weight_outcomes(
    plan: "PruningPlan",
    weights: Sequence[WeightInfo],
    sparsities: Mapping[str, float],
    last_update: int,
    *,
    stopped: bool,
) -> tuple[WeightOutcome, ...]:
    """Return what became of each weight that can be pruned, in the model's order.

    Parameters
    ----------
    sparsities
        Counted shares of zeros, by path.
    last_update
        The step of the last mask that was computed; 0 where there was none.
    stopped
        Whether the person ended the run.
    """
    outcomes = []
    for planned in planned_weights(plan, weights, last_update):
        achieved = sparsities[planned.path]
        if planned.target is None:
            target, cause = None, planned.cause
        else:
            target = layer_target(plan, planned.layer, _FAR)
            cause = ""
            if differs(achieved, target):
                asked = None if planned.target == target else planned.target
                cause = _stage(asked, last_update, stopped=stopped) or _pattern(
                    plan, planned.layer, planned.cause, achieved - target
                )
        outcomes.append(WeightOutcome(planned.path, target, achieved, cause))
    return tuple(outcomes)


def _stage(asked: float | None, last_update: int, *, stopped: bool) -> str:
    """Return how far the schedule came, where that is the cause."""
    if not last_update:
        return "stopped before the first mask" if stopped else "no mask was computed"
    if asked is None:
        return ""
    when = f"the last mask, at step {last_update}, asked for {asked:.1%}"
    return f"stopped: {when}" if stopped else f"the run ended early: {when}"


def _pattern(plan: "PruningPlan", layer: str, cause: str, more: float) -> str:
    if cause:
        return cause
    if plan.scope != "layer" and layer not in dict(plan.layer_sparsity):
        return "one threshold over all layers decides"
    if more > 0:
        return "further weights are zero by themselves"
    return "weights that tie at the threshold are all kept"
