"""The sparsity a plan asks for at each step, and when it computes masks.

Polynomial and constant schedules are those of tfmot's ``pruning_schedule`` (Zhu and
Gupta, "To prune, or not to prune", 2017, arXiv:1710.01878), in its float32
arithmetic. An iterative one removes the same share of what is left in each round
(Frankle and Carbin, "The Lottery Ticket Hypothesis", 2019, arXiv:1803.03635).
"""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.planning.weight_info import WeightInfo

if TYPE_CHECKING:
    from pruneview.pruning.planning.plan import PruningPlan


def sparsity_curve(
    plan: "PruningPlan", steps: Sequence[int] | NDArray
) -> NDArray[np.float32]:
    """Return the schedule's value at each of `steps`: tfmot's, within 1e-6.

    Like tfmot's schedules, polynomial and constant ones have a value at every step,
    also at those where no mask is computed. The plan must be valid.
    """
    at = np.asarray(steps, dtype=np.int64)
    if plan.sparsity_m_by_n is not None:
        zeros, group = plan.sparsity_m_by_n
        return np.where(at >= 1, np.float32(zeros / group), np.float32(0))
    final = np.float32(plan.final_sparsity)
    if plan.schedule == "constant":
        return np.full(at.shape, final, dtype=np.float32)
    if plan.schedule == "one-shot":
        return np.where(at >= first_update(plan), final, np.float32(0))
    if plan.schedule == "iterative":
        return _rounds(plan, at)
    span = np.float32(plan.end_step - plan.begin_step)
    passed = (at - plan.begin_step).astype(np.float32) / span
    left = np.float32(1) - np.clip(passed, np.float32(0), np.float32(1))
    fall = np.float32(plan.initial_sparsity - plan.final_sparsity)
    return fall * left ** np.float32(plan.power) + final


def _rounds(plan: "PruningPlan", at: NDArray) -> NDArray[np.float32]:
    first = first_update(plan)
    rounds = (plan.end_step - first) // plan.frequency + 1
    done = np.clip((at - first) // plan.frequency + 1, 0, rounds)
    kept = 1 - plan.initial_sparsity
    share = (1 - plan.final_sparsity) / kept
    sparsity = 1 - kept * share ** (done / max(rounds, 1))
    return np.where(done > 0, sparsity, 0).astype(np.float32)


def sparsity_at(plan: "PruningPlan", step: int) -> float:
    """Return the schedule's value at one step; see `sparsity_curve`."""
    return float(sparsity_curve(plan, [step])[0])


def first_update(plan: "PruningPlan") -> int:
    """Return the first step at which masks are computed.

    tfmot's counter advances before the check, so step 0 is never seen.
    """
    if plan.sparsity_m_by_n is not None:
        return 1
    if plan.schedule == "one-shot":
        return max(plan.begin_step, 1)
    return plan.begin_step or plan.frequency


def update_steps(plan: "PruningPlan", steps: int) -> range:
    """Return the steps, of a run of `steps`, at which masks are computed."""
    first = first_update(plan)
    if plan.sparsity_m_by_n is not None or plan.schedule == "one-shot":
        return range(first, min(first, steps) + 1)
    last = steps if plan.end_step < 0 else min(steps, plan.end_step)
    return range(first, last + 1, plan.frequency)


def fires_at(plan: "PruningPlan", step: int) -> bool:
    """Return whether masks are computed at `step` (tfmot's rule)."""
    return step in update_steps(plan, step)


def layer_target(plan: "PruningPlan", layer: str, step: int) -> float:
    """Return the sparsity asked of one layer at `step`."""
    final = dict(plan.layer_sparsity).get(layer)
    if final is None:
        return sparsity_at(plan, step)
    return sparsity_at(dataclasses.replace(plan, final_sparsity=final), step)


def overall_target(
    plan: "PruningPlan", weights: Iterable[WeightInfo], step: int, common: float
) -> float:
    """Return the share asked of all `weights` together at `step`.

    ``common`` is what the schedule asks of those without a sparsity of their own.
    """
    own = dict(plan.layer_sparsity)
    if not own:
        return common
    zeros, total = 0.0, 0
    for weight in weights:
        target = (
            layer_target(plan, weight.layer, step) if weight.layer in own else common
        )
        zeros += target * weight.size
        total += weight.size
    return zeros / total if total else 0.0
