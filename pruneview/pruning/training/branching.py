"""A run that goes on from a step of another one under another plan.

Its steps count on from the branch point, so that its curves lie over those of the run
it comes from up to there, and part from them there; its schedule and the order of its
samples are those that the new plan gives to these step numbers.
"""

from collections.abc import Mapping, Sequence

from numpy.typing import NDArray

from pruneview.pruning.errors import ModelError, RecordingError
from pruneview.pruning.planning.curve import sparsity_at, update_steps
from pruneview.pruning.planning.plan import PlanError, PruningPlan, preflight
from pruneview.pruning.training.engine import Engine
from pruneview.pruning.training.recording import RecordedRun, RunHeader

_LOWER = 0.005  # shares below which a difference is not worth a word


def check_branch(
    run: RecordedRun, step: int, plan: PruningPlan, samples: int | None = None
) -> None:
    """Find out what can be known beforehand of why a run cannot branch.

    Parameters
    ----------
    step
        The last that the branch has in common with the run.
    samples
        To train on; None where they are not counted yet, and the number of steps is
        not checked.

    Raises
    ------
    PlanError
        Its problems are by field of the plan, or ``from_step``.
    RecordingError
        Where the run is of a kind that cannot branch.
    """
    header = run.header
    if header.plan.structured is not None or plan.structured is not None:
        raise RecordingError(
            "A run that removes whole units cannot be branched: which units go is not "
            "part of what a recording keeps. Branch a run of single weights."
        )
    _check_step(run, step)
    plan.check()
    problems = _plan_problems(plan, step)
    if samples is not None and not problems:
        problems = _length_problems(plan, step, samples)
    if problems:
        raise PlanError(problems)


def _check_step(run: RecordedRun, step: int) -> None:
    parent, last = run.header.parent, run.last_step
    least = 1 if parent is None else parent.step
    if last < least:
        raise RecordingError(
            f"{run.path.name} has no step to branch from: its run ended before the "
            "first was known to be trained."
        )
    if least <= step <= last:
        return
    said = f"The step to branch from is {step:,}; it must be from {least:,} to {last:,}"
    if step < least and parent is not None:
        said += (
            f": before, this run is the one in {parent.recording}, from which it was "
            "branched itself. Open that one to branch earlier"
        )
    elif step > last:
        said += ", the last that the recorded run is known to have reached"
    else:
        said += ". From the baseline an ordinary run begins"
    raise PlanError({"from_step": f"{said}."})


def _plan_problems(plan: PruningPlan, step: int) -> dict[str, str]:
    """Return a sentence for each field that leaves nothing to do after a step."""
    after = f"it must be greater than the step of the branch, {step:,}"
    if plan.sparsity_m_by_n is not None:
        zeros, group = plan.sparsity_m_by_n
        return {
            "sparsity_m_by_n": f"Sparsity m by n is {zeros}:{group}; it must be left "
            "out of a branch, since its masks are computed at step 1 only."
        }
    if plan.schedule == "one-shot":
        if plan.begin_step <= step:
            return {"begin_step": f"Begin step is {plan.begin_step:,}; {after}."}
    elif plan.end_step != -1 and plan.end_step <= step:
        return {"end_step": f"End step is {plan.end_step:,}; {after}."}
    return {}


def _length_problems(plan: PruningPlan, step: int, samples: int) -> dict[str, str]:
    flight = preflight(plan, samples)
    if flight.steps <= step:
        least = step // flight.steps_per_epoch + 1
        return {
            "epochs": f"Epochs is {plan.epochs}, which is {flight.steps:,} steps; it "
            f"must be at least {least}, so that steps follow the branch at {step:,}."
        }
    if next_update(plan, step, flight.steps) is None:
        return {
            "frequency": f"Frequency is {plan.frequency:,}; it must be so small that "
            f"masks are computed between step {step:,}, where the run branches, and "
            f"its end at {flight.steps:,}."
        }
    return {}


def next_update(plan: PruningPlan, step: int, steps: int) -> int | None:
    """Return the first step after `step` at which masks are computed, if any."""
    return next((at for at in update_steps(plan, steps) if at > step), None)


def carry_over(
    state: Mapping[str, NDArray], before: RunHeader, engine: Engine, plan: PruningPlan
) -> list[str]:
    """Give an engine that is prepared for a new plan the state of another one.

    Weights, masks, movements and generators of chance go by what they belong to; the
    state of the optimizer goes on where it is the same optimizer, at the plan's
    learning rate. The rest is as a run begins with it.

    Returns
    -------
    sentences
        On what does not go on.

    Raises
    ------
    ModelError
        Where the weights are not those of the engine's model.
    """
    fresh = engine.state()
    pruned = [info.path for info in engine.pruned]
    names = _names(fresh, state, [path for path, _ in before.pruned], pruned)
    sentences = []
    if not _same_optimizer(fresh, state, before, plan, pruned):
        names = {k: v for k, v in names.items() if not k.startswith("optimizer/")}
        sentences.append(
            f"The optimizer begins anew: what {before.plan.optimizer} had gathered is "
            f"not what {plan.optimizer} goes by here."
        )
    if plan.seed != before.plan.seed:
        names = {k: v for k, v in names.items() if not k.startswith("seed/")}
    if any(k.startswith("weight/") and k not in names for k in fresh):
        raise ModelError(
            "The recorded weights are not those of this model, so no run can branch "
            "from them. Open the file that the run began with."
        )
    carried = fresh | {now: state[then] for now, then in names.items()}
    carried |= {
        name: value
        for name, value in state.items()
        if name.startswith("threshold/") and name.partition("/")[2] in pruned
    }
    engine.set_state(carried)
    engine.learn_at(plan.learning_rate)
    free = [path for path, _ in before.pruned if path not in pruned]
    if free:
        sentences.append(
            f"Not pruned any more under this plan: {', '.join(free)}. Zeros there are "
            "let grow."
        )
    return sentences


def _names(
    fresh: Mapping[str, NDArray],
    state: Mapping[str, NDArray],
    then: Sequence[str],
    now: Sequence[str],
) -> dict[str, str]:
    """Return under which name each part of a fresh state is found in another."""
    names = {}
    for name, value in fresh.items():
        group, _, rest = name.partition("/")
        source = name
        if group in ("mask", "movement") and rest.isdigit():
            # The places of the weights among those that take part.
            path = now[int(rest)]
            source = f"{group}/{then.index(path)}" if path in then else ""
        elif group == "pruning_step" and name not in state:
            source = "pruning_step/0"
        found = state.get(source)
        if found is not None and found.shape == value.shape:
            names[name] = source
    return names


def _same_optimizer(
    fresh: Mapping[str, NDArray],
    state: Mapping[str, NDArray],
    before: RunHeader,
    plan: PruningPlan,
    pruned: Sequence[str],
) -> bool:
    if plan.optimizer != before.plan.optimizer:
        return False
    wrapped = "pruning_step/0" in state
    if wrapped and [path for path, _ in before.pruned] != list(pruned):
        return False  # tfmot's wrappers change the order of the model's variables
    now, then = (
        {k: v.shape for k, v in one.items() if k.startswith("optimizer/")}
        for one in (fresh, state)
    )
    return now == then


def lower_target(
    plan: PruningPlan, step: int, samples: int, sparsity: float
) -> str | None:
    """Say so where the plan asks for fewer zeros than there are; None where not."""
    update = next_update(plan, step, preflight(plan, samples).steps)
    if update is None:
        return None
    target = sparsity_at(plan, update)
    if target > sparsity - _LOWER:
        return None
    return (
        f"At step {update:,} the plan asks for {target:.1%} zeros, fewer than the "
        f"{sparsity:.1%} there are now: weights come back."
    ).replace("%", " %")
