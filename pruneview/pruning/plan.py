"""What a pruning run is asked to do, and what will come of it, before it starts.

Frozen, checked, and free of TensorFlow. The formulas are those of tfmot's
``pruning_schedule`` (Zhu and Gupta, "To prune, or not to prune", 2017,
arXiv:1710.01878), in its float32 arithmetic.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.plan_rules import RULES


class PlanError(ValueError):
    """A plan that cannot be carried out.

    Attributes
    ----------
    problems
        One sentence for each field that is at fault.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


@dataclass(frozen=True)
class PruningPlan:
    """A prune-and-fine-tune run.

    Attributes
    ----------
    schedule
        ``polynomial`` (tfmot's PolynomialDecay) or ``constant`` (ConstantSparsity,
        whose target is `final_sparsity`).
    initial_sparsity, final_sparsity
        Shares of zeros in each pruned weight, 0 up to but not including 1.
    begin_step, end_step, frequency
        In training steps. Masks are computed anew every `frequency` steps from
        `begin_step` to `end_step`; a constant schedule takes -1 as "to the end".
    power
        Exponent of the polynomial.
    epochs, batch_size, learning_rate, optimizer, seed
        Of the fine-tuning; `seed` decides shuffling and every other chance.
    layers
        Paths of the layers that take part, as `pruneview.formats` gives them;
        None for all that can be pruned.
    loss, metric
        Names that Keras knows; None to take them from the model.
    """

    schedule: str = "polynomial"
    initial_sparsity: float = 0.0
    final_sparsity: float = 0.8
    begin_step: int = 0
    end_step: int = 1000
    frequency: int = 100
    power: float = 3.0
    epochs: int = 2
    batch_size: int = 64
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    seed: int = 0
    layers: tuple[str, ...] | None = None
    loss: str | None = None
    metric: str | None = None

    def validate(self) -> dict[str, str]:
        """Return a sentence for each field at fault; empty where all is well."""
        problems = {}
        for field, (holds, allowed) in RULES.items():
            value = getattr(self, field)
            if not holds(value):
                problems[field] = f"{_words(field)} is {value!r}; it must be {allowed}."
        if not problems.keys() & {"schedule", "begin_step", "end_step"}:
            problems |= self._end_problem()
        return problems

    def _end_problem(self) -> dict[str, str]:
        begin, end = self.begin_step, self.end_step
        if self.schedule == "polynomial" and end <= begin:
            allowed = f"greater than the begin step, {begin}"
        elif self.schedule == "constant" and end != -1 and end < begin:
            allowed = f"-1 (to the end of the run) or at least the begin step, {begin}"
        else:
            return {}
        return {"end_step": f"End step is {end}; it must be {allowed}."}

    def check(self) -> None:
        """Raise `PlanError` where `validate` finds anything."""
        problems = self.validate()
        if problems:
            raise PlanError(problems)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict of every field."""
        fields = dataclasses.asdict(self)
        if self.layers is not None:
            fields["layers"] = list(self.layers)
        return fields

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "PruningPlan":
        """Return the plan that `to_json` wrote; fields left out keep defaults.

        Raises
        ------
        PlanError
            Where a field is unknown or its value impossible.
        """
        known = {field.name for field in dataclasses.fields(cls)}
        unknown = sorted(fields.keys() - known)
        if unknown:
            raise PlanError(
                {name: f"{name} is not a field of a pruning plan." for name in unknown}
            )
        values = dict(fields)
        if isinstance(values.get("layers"), list):
            values["layers"] = tuple(values["layers"])
        plan = cls(**values)
        plan.check()
        return plan


def _words(field: str) -> str:
    return field.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Preflight:
    """What is known of a run beforehand.

    ``update_steps`` are the steps at which masks will be computed; ``warnings``
    are sentences on what the person may not have meant.
    """

    steps_per_epoch: int
    steps: int
    update_steps: tuple[int, ...]
    warnings: tuple[str, ...]


def sparsity_curve(
    plan: PruningPlan, steps: Sequence[int] | NDArray
) -> NDArray[np.float32]:
    """Return the schedule's value at each of `steps`: tfmot's, within 1e-6.

    Like tfmot's schedules it has a value at every step, also at those where no
    mask is computed. The plan must be valid.
    """
    at = np.asarray(steps, dtype=np.int64)
    final = np.float32(plan.final_sparsity)
    if plan.schedule == "constant":
        return np.full(at.shape, final, dtype=np.float32)
    span = np.float32(plan.end_step - plan.begin_step)
    passed = (at - plan.begin_step).astype(np.float32) / span
    left = np.float32(1) - np.clip(passed, np.float32(0), np.float32(1))
    fall = np.float32(plan.initial_sparsity - plan.final_sparsity)
    return fall * left ** np.float32(plan.power) + final


def sparsity_at(plan: PruningPlan, step: int) -> float:
    """Return the schedule's value at one step; see `sparsity_curve`."""
    return float(sparsity_curve(plan, [step])[0])


def fires_at(plan: PruningPlan, step: int) -> bool:
    """Return whether masks are computed at `step` (tfmot's rule)."""
    within = step >= plan.begin_step and (step <= plan.end_step or plan.end_step < 0)
    return within and (step - plan.begin_step) % plan.frequency == 0


def preflight(plan: PruningPlan, training_samples: int) -> Preflight:
    """Return what the run will do on that many training samples.

    Raises
    ------
    PlanError
        Where the plan is impossible.
    """
    plan.check()
    steps_per_epoch = math.ceil(training_samples / plan.batch_size)
    steps = steps_per_epoch * plan.epochs
    # The counter advances before the check, so step 0 is never seen.
    last = steps if plan.end_step < 0 else min(steps, plan.end_step)
    first = plan.begin_step or plan.frequency
    updates = tuple(range(first, last + 1, plan.frequency))
    return Preflight(
        steps_per_epoch, steps, updates, tuple(_warnings(plan, steps, updates))
    )


def _warnings(plan: PruningPlan, steps: int, updates: tuple[int, ...]) -> list[str]:
    warnings = []
    if plan.schedule == "polynomial" and plan.initial_sparsity > plan.final_sparsity:
        warnings.append(
            f"The sparsity falls, from {plan.initial_sparsity:.1%} to "
            f"{plan.final_sparsity:.1%}: weights once zero stay zero unless the "
            "target lets them all back."
        )
    if not updates:
        first = plan.begin_step or plan.frequency
        warnings.append(
            f"Nothing will be pruned: the schedule first fires at step {first}, "
            + (
                f"the run has {steps} steps. "
                if first > steps
                else f"after its end step {plan.end_step}. "
            )
            + "Lower the begin step or the frequency, or train for more epochs."
        )
        return warnings
    reached = sparsity_at(plan, updates[-1])
    if plan.final_sparsity - reached > 0.0005:
        cause = (
            f"the run ends at step {steps}, the schedule at step {plan.end_step}"
            if plan.end_step > steps
            else f"its last mask is at step {updates[-1]}, before the end step "
            f"{plan.end_step}"
        )
        warnings.append(
            f"The schedule reaches {reached:.1%}, not {plan.final_sparsity:.1%}: "
            f"{cause}."
        )
    return warnings
