"""Whether a recorded run can branch at a step, and what that would take. No Qt here."""

from dataclasses import dataclass

from pruneview.gui import units
from pruneview.pruning.data import DataSpec
from pruneview.pruning.errors import DataError
from pruneview.pruning.planning.plan import PruningPlan, preflight
from pruneview.pruning.planning.sample_count import training_samples
from pruneview.pruning.training.branching import check_branch
from pruneview.runs import Recording


@dataclass(frozen=True)
class PossibleBranch:
    """A branch that nothing speaks against, as far as is known before it begins.

    Attributes
    ----------
    kept
        The step up to which the recording's own state leads; 0 for the baseline.
    steps
        Of the whole, from step 0; None where the samples are not counted.
    """

    recording: Recording
    step: int
    plan: PruningPlan
    kept: int
    steps: int | None

    @property
    def question(self) -> str:
        """Ask, in one sentence."""
        step = units.count(self.step)
        return f"Begin a new run at step {step} with the plan in the editor?"

    @property
    def explanation(self) -> str:
        """Say what happens then."""
        step, plan, name = self.step, self.plan, self.recording.path.name
        said = (
            f"It goes on from the weights, masks and optimizer that the run in {name} "
            f"had after step {units.count(step)}. "
        )
        if self.kept < step:
            since = f"the state kept at {self.kept:,}" if self.kept else "the start"
            said += (
                f"Steps {self.kept + 1:,} to {step:,} are trained again for that, from "
                f"{since}, under its own plan. "
            )
        until = "the end" if plan.end_step == -1 else f"step {plan.end_step:,}"
        if plan.schedule == "one-shot":
            until = f"step {plan.begin_step:,}"
        of = f" of {self.steps:,}" if self.steps else ""
        data = self.recording.header.data or "the same arrays"
        return (
            f"{said}\n\nThen the plan in the editor holds: {plan.schedule} to "
            f"{plan.final_sparsity * 100:.4g} % until {until}{of}, learning rate "
            f"{plan.learning_rate:g}, data {data}. Steps count on, so the curves part "
            "at the branch.\n\nThe new run is recorded in a file of its own, with all "
            "that came before; the recorded run stays as it is."
        )


def look(recording: Recording, step: int, plan: PruningPlan) -> PossibleBranch:
    """Find out; reads the recording, any thread.

    Raises
    ------
    PlanError, RecordingError
        With sentences on what speaks against it.
    """
    samples = _samples(recording.header.data)
    check_branch(recording, step, plan, samples)
    kept = recording.checkpoint_before(step)
    return PossibleBranch(
        recording,
        step,
        plan,
        0 if kept is None else kept.completed,
        None if samples is None else preflight(plan, samples).steps,
    )


def function_of(source: str | None) -> str:
    """Return the Python function that gives a run's data; "" where there is none."""
    try:
        spec = DataSpec.parse(source or "")
    except DataError:
        return ""
    return spec.name if spec.kind == "python" else ""


def _samples(source: str | None) -> int | None:
    try:
        return training_samples(DataSpec.parse(source or ""))
    except DataError:
        return None
