"""A plan changed so that its schedule fires and finishes within the run."""

import dataclasses
import math
from typing import Any

from pruneview.pruning.planning.curve import first_update
from pruneview.pruning.planning.plan import PruningPlan, preflight

_SHARE_OF_RUN = 0.75  # the rest is left to recover in
_UPDATES = 10


def mended(plan: PruningPlan, training_samples: int) -> tuple[PruningPlan, str]:
    """Return the plan without what `preflight` warns of in its schedule.

    Warnings that come of the model's shapes are left: only the person can say which
    layers, or what pattern, to choose instead.

    Returns
    -------
    plan, explanation
        The plan itself and "" where nothing is to be mended.

    Raises
    ------
    PlanError
        Where the plan is impossible.
    """
    flight = preflight(plan, training_samples)
    if not flight.warnings:
        return plan, ""
    changes: dict[str, Any] = {}
    if plan.schedule in ("polynomial", "iterative"):
        changes["initial_sparsity"] = min(plan.initial_sparsity, plan.final_sparsity)
    if plan.schedule == "iterative":
        end = changes["end_step"] = max(plan.end_step, first_update(plan))
        needed = end + plan.frequency
        changes["epochs"] = max(plan.epochs, math.ceil(needed / flight.steps_per_epoch))
    else:
        changes |= _within(plan, flight.steps)
    changed = {f: v for f, v in changes.items() if v != getattr(plan, f)}
    said = [f"{_words(f)} {getattr(plan, f)} becomes {v}" for f, v in changed.items()]
    why = f"the run has {flight.steps} steps"
    return dataclasses.replace(plan, **changed), f"{', '.join(said)}: {why}."


def _within(plan: PruningPlan, steps: int) -> dict[str, int]:
    """Return begin, end and frequency such that the last mask is at the end step."""
    begin = plan.begin_step if plan.begin_step < steps else 0
    if plan.schedule == "one-shot":
        return {"begin_step": begin}
    room = steps - begin
    asked = plan.end_step - begin
    length = asked if 0 < asked <= room else max(int(room * _SHARE_OF_RUN), 1)
    frequency = plan.frequency
    if frequency > length:
        frequency = max(length // _UPDATES, 1)
    end = begin + length // frequency * frequency
    if plan.schedule == "constant" and (plan.end_step < 0 or plan.end_step > steps):
        end = plan.end_step
    return {"begin_step": begin, "end_step": end, "frequency": frequency}


def _words(field: str) -> str:
    return field.replace("_", " ")
