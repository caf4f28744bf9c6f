"""What is kept of a run so that it can be compared with others. No Qt here."""

from dataclasses import dataclass, field, replace
from typing import Any

from pruneview.pruning.events import Evaluation, MaskUpdated, RunEnded, RunStarted
from pruneview.pruning.planning.plan import PruningPlan

#: Sparsity at which schedules are compared, unless the plan asks for more.
COMPARED_AT = 0.9


@dataclass
class RunCurves:
    """One run: its plan in words, and what was measured after each mask.

    Attributes
    ----------
    steps, values
        Where the metric was measured on the held-out sample, and what it was; the
        first point is the baseline at step 0.
    after_first_mask
        The metric right after the first mask, before any step with it.
    """

    title: str
    baseline: Evaluation
    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    sparsities: list[float] = field(default_factory=list)
    after_first_mask: Evaluation | None = None
    first_sparsity: float = 0.0
    ended: RunEnded | None = None

    @classmethod
    def of(cls, started: RunStarted, number: int) -> "RunCurves":
        """Begin with what is known when a run starts."""
        baseline = started.held_out_baseline or started.baseline
        size = sum(weight.size for weight in started.weights)
        zeros = sum(weight.zeros for weight in started.weights)
        return cls(
            f"{number}: {title_of(started.plan)}",
            baseline,
            [0],
            [baseline.value],
            [zeros / size if size else 0.0],
        )

    def add(self, update: MaskUpdated) -> None:
        """Add what was measured after a mask."""
        if self.after_first_mask is None:
            self.after_first_mask = update.evaluation
            self.first_sparsity = update.sparsity
        self.steps.append(update.step)
        self.values.append(update.evaluation.value)
        self.sparsities.append(update.sparsity)

    def end(self, ended: RunEnded) -> None:
        """Add the end; its metric only where it was measured on the same samples."""
        self.ended = ended
        final = ended.final
        same = (self.baseline.samples, self.baseline.data)
        if (final.samples, final.data) == same:
            self.steps.append(ended.step)
            self.values.append(final.value)
            self.sparsities.append(ended.sparsity)


def title_of(plan: dict[str, Any]) -> str:
    """Say in a few words what a plan (as JSON) does."""
    words = [str(plan["schedule"]), f"to {plan['final_sparsity'] * 100:.0f} %"]
    if plan.get("criterion", "magnitude") != "magnitude":
        words.append(f"by {plan['criterion']}")
    if plan.get("scope", "layer") != "layer":
        words.append(str(plan["scope"]))
    return " ".join(words)


def schedules_to_compare(plan: PruningPlan) -> tuple[PruningPlan, PruningPlan]:
    """Return the same fine-tuning with the zeros made at once, and little by little.

    Steps, data, batches, learning rate and seed are the plan's own in both.
    """
    target = max(plan.final_sparsity, COMPARED_AT)
    gradual = plan.schedule if plan.schedule == "polynomial" else "polynomial"
    plain = replace(plan, final_sparsity=target, layer_sparsity=())
    return (
        replace(plain, schedule="one-shot", begin_step=0, initial_sparsity=0.0),
        replace(plain, schedule=gradual),
    )


def conclusion(one_shot: RunCurves, gradual: RunCurves) -> str:
    """Say what came of `schedules_to_compare`, in numbers that were measured."""
    first, ended, other = one_shot.after_first_mask, one_shot.ended, gradual.ended
    if first is None or ended is None or other is None:
        return ""
    final = other.final
    return (
        f"At {one_shot.first_sparsity * 100:.0f} % zeros made at once, {first.metric} "
        f"is {_metric(first)} before any step of fine-tuning (on {first.samples} "
        f"{first.data} samples) and {_metric(ended.final)} after {ended.step:,} steps; "
        f"made little by little over the same {other.step:,} steps, with the same "
        f"data, batches and seed, it is {_metric(final)} (both on {final.samples} "
        f"{final.data} samples). Unpruned it was {_metric(other.baseline)}."
    )


def _metric(measured: Evaluation) -> str:
    if measured.is_fraction:
        return f"{measured.value * 100:.1f} %"
    return f"{measured.value:.4g}"
