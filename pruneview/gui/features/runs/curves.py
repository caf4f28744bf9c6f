"""What is kept of a run so that it can be compared with others. No Qt here."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pruneview.pruning.events import Evaluation, MaskUpdated, RunEnded, RunStarted
from pruneview.pruning.planning.plan import PruningPlan

RUNNING = "running"
#: Sparsity at which schedules are compared, unless the plan asks for more.
COMPARED_AT = 0.9


@dataclass
class RunCurves:
    """One run: its plan in words, and what was measured after each mask.

    Attributes
    ----------
    steps, values
        Where the metric was measured on the held-out sample, and what it was; the
        first point is the baseline at step 0, of a branch the last one before it.
    after_first_mask
        The metric right after the first mask, before any step with it.
    outcome
        As `Recording.outcome`, or ``RUNNING``.
    number
        From 1, in the order in which they were listed.
    recording
        Where the run is recorded; None: nowhere.
    origin
        Where it has branched off, in words; "" for the baseline.
    branched_at
        The step from which it goes on from another run; 0 for the baseline.
    """

    title: str
    baseline: Evaluation
    steps: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    sparsities: list[float] = field(default_factory=list)
    after_first_mask: Evaluation | None = None
    first_sparsity: float = 0.0
    ended: RunEnded | None = None
    outcome: str = RUNNING
    number: int = 0
    recording: Path | None = None
    origin: str = ""
    branched_at: int = 0

    @property
    def name(self) -> str:
        """Return the title, and where the run comes from."""
        branched = f", branched from {self.origin}" if self.origin else ""
        return self.title + branched

    @classmethod
    def of(
        cls,
        started: RunStarted,
        number: int,
        recording: Path | None = None,
        others: Sequence["RunCurves"] = (),
    ) -> "RunCurves":
        """Begin with what is known when a run starts.

        Parameters
        ----------
        others
            Listed before; one of them may be that from which this run branched off.
        """
        made = cls._from_baseline(started, number)
        made.number, made.recording = number, recording
        made.branched_at = at = started.branched_at
        if at:
            place = Path(started.branched_from)
            parent = next((o for o in reversed(others) if o.recording == place), None)
            origin = place.name if parent is None else f"run {parent.number}"
            made.origin = f"{origin} at step {at:,}"
            if parent is not None:
                made._part_from(parent)
        return made

    def _part_from(self, parent: "RunCurves") -> None:
        """Begin at the last point of the other's curve before the branch."""
        last = bisect.bisect_right(parent.steps, self.branched_at) - 1
        self.steps, self.values = [parent.steps[last]], [parent.values[last]]
        self.sparsities = [parent.sparsities[last]]

    @classmethod
    def _from_baseline(cls, started: RunStarted, number: int) -> "RunCurves":
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
        if update.step <= self.steps[-1]:
            return  # of the run before the branch, whose curve shows it
        if self.after_first_mask is None:
            self.after_first_mask = update.evaluation
            self.first_sparsity = update.sparsity
        self.steps.append(update.step)
        self.values.append(update.evaluation.value)
        self.sparsities.append(update.sparsity)

    def go_on(self) -> None:
        """The run is continued from where it was."""
        self.ended, self.outcome = None, RUNNING

    def end(self, ended: RunEnded) -> None:
        """Add the end; its metric only where it was measured on the same samples."""
        self.ended, final = ended, ended.final
        self.outcome = "stopped" if ended.stopped else "finished"
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
    final, metric = other.final, first.metric
    # The figures that are compared come first: there may be room for little more.
    return (
        f"At {one_shot.first_sparsity * 100:.0f} % zeros {metric} is {_metric(first)} "
        f"right after they were made at once, {_metric(ended.final)} once that was "
        f"fine-tuned for {ended.step:,} steps, and {_metric(final)} where they were "
        f"made little by little in {other.step:,} steps, with the same data, batches "
        f"and seed. Unpruned it was {_metric(other.baseline)}. The first figure is of "
        f"{first.samples} {first.data} samples, the others of {final.samples} "
        f"{final.data} samples."
    )


def _metric(measured: Evaluation) -> str:
    if measured.is_fraction:
        return f"{measured.value * 100:.1f} %"
    return f"{measured.value:.4g}"
