"""What the person may not have meant by a plan, in sentences."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pruneview.pruning.planning.curve import first_update, sparsity_at
from pruneview.pruning.planning.reach import PlannedWeight

if TYPE_CHECKING:
    from pruneview.pruning.planning.plan import PruningPlan

_NAMED = 3


def plan_warnings(
    plan: "PruningPlan",
    steps: int,
    updates: Sequence[int],
    weights: Sequence[PlannedWeight],
) -> tuple[str, ...]:
    """Return a sentence for each thing that may surprise.

    Parameters
    ----------
    steps
        Of the whole run.
    updates
        The steps at which masks are computed.
    weights
        What will become of each; empty where the model is not known.
    """
    warnings = [*_of_the_schedule(plan), *_of_the_weights(weights)]
    if not updates:
        return (*warnings, _never(plan, steps))
    if plan.sparsity_m_by_n is None:
        warnings += _of_the_end(plan, steps, updates[-1])
    if plan.schedule == "iterative" and steps - updates[-1] < plan.frequency - 1:
        warnings.append(
            f"After the weights go back for the last time, at step {updates[-1]}, only "
            f"{steps - updates[-1] + 1} of the {plan.frequency} steps of a round are "
            "left to train them again: train for more epochs."
        )
    return tuple(warnings)


def _of_the_schedule(plan: "PruningPlan") -> list[str]:
    rises = plan.schedule in ("polynomial", "iterative")
    if (
        not rises
        or plan.sparsity_m_by_n
        or (plan.initial_sparsity <= plan.final_sparsity)
    ):
        return []
    return [
        f"The sparsity falls, from {plan.initial_sparsity:.1%} to "
        f"{plan.final_sparsity:.1%}: weights once zero stay zero unless the "
        "target lets them all back."
    ]


def _never(plan: "PruningPlan", steps: int) -> str:
    first = first_update(plan)
    cause = (
        f"the run has {steps} steps"
        if first > steps
        else f"after its end step {plan.end_step}"
    )
    return (
        f"Nothing will be pruned: the schedule first fires at step {first}, {cause}. "
        "Lower the begin step or the frequency, or train for more epochs."
    )


def _of_the_end(plan: "PruningPlan", steps: int, last: int) -> list[str]:
    reached = sparsity_at(plan, last)
    if plan.final_sparsity - reached <= 0.0005:
        return []
    cause = (
        f"the run ends at step {steps}, the schedule at step {plan.end_step}"
        if plan.end_step > steps
        else f"its last mask is at step {last}, before the end step {plan.end_step}"
    )
    return [
        f"The schedule reaches {reached:.1%}, not {plan.final_sparsity:.1%}: {cause}."
    ]


def _of_the_weights(weights: Sequence[PlannedWeight]) -> list[str]:
    """Tell of weights that do not fit the pattern, and of those that fall short."""
    warnings = []
    misfits = [w for w in weights if w.target is None and " axes" in w.cause]
    if misfits:
        needs = misfits[0].cause.partition(",")[0]
        warnings.append(f"{_names(misfits)} will not be pruned: {needs}.")
    for cause in dict.fromkeys(w.cause for w in weights if w.reached is not None):
        short = [w for w in weights if w.cause == cause and w.reached is not None]
        if cause:
            warnings.append(f"{_reaches(short)}: {cause}.")
    return warnings


def _names(weights: Sequence[PlannedWeight]) -> str:
    return _joined([weight.path for weight in weights])


def _reaches(weights: Sequence[PlannedWeight]) -> str:
    said = [f"{w.path} {w.reached:.1%} of {w.target:.1%}" for w in weights]
    return f"The sparsity reached will differ: {_joined(said)}"


def _joined(words: Sequence[str]) -> str:
    more = len(words) - _NAMED
    return ", ".join(words[:_NAMED]) + (f" and {more} more" if more > 0 else "")
