"""What does not go together in a wish to make a model smaller."""

from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.options import ShrinkOptions


def check_wish(
    plan: ShrinkPlan,
    options: ShrinkOptions,
    *,
    data: bool,
    training: PruningPlan | None,
    recorded: bool = False,
) -> None:
    """Raise `PlanError` where something is impossible, before anything is done.

    Parameters
    ----------
    data
        Whether there are any.
    training
        None for no fine-tuning.
    recorded
        Whether the run is to be recorded.
    """
    problems = options.validate()
    trains = data and training is not None
    if options.method in ("gradual", "repeat") and not trains:
        problems["method"] = (
            f"Method is {options.method}, which trains before the last removal: give "
            "data, and at least 1 epoch, or choose one-shot."
        )
    if options.compare_unstructured and not trains:
        problems["compare_unstructured"] = (
            "The comparison with single weights needs data and at least 1 epoch: "
            "without training there is nothing to compare."
        )
    if recorded and options.method != "gradual":
        problems["record"] = (
            f"A recording holds masks of one model, and {options.method} makes new "
            "models: choose gradual, or leave out the recording."
        )
    if training is not None:
        problems |= training.validate()
    problems |= plan.validate()
    if problems:
        raise PlanError(problems)
