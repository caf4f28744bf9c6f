"""What a pruning run is asked to do, and what will come of it, before it starts.

Frozen, checked, and free of TensorFlow. What the schedule is at each step is in
`pruneview.pruning.planning.curve`.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pruneview.pruning.planning.curve import (
    fires_at,
    sparsity_at,
    sparsity_curve,
    update_steps,
)
from pruneview.pruning.planning.reach import PlannedWeight, planned_weights
from pruneview.pruning.planning.rules import RULES, conflicts
from pruneview.pruning.planning.warnings import plan_warnings
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.plan import ShrinkPlan

__all__ = [
    "PlanError",
    "Preflight",
    "PruningPlan",
    "fires_at",
    "preflight",
    "sparsity_at",
    "sparsity_curve",
]


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
        ``polynomial`` (tfmot's PolynomialDecay), ``constant`` (ConstantSparsity,
        whose target is `final_sparsity`), ``one-shot`` (the final sparsity at once,
        at `begin_step` or the first step) or ``iterative`` (rounds of `frequency`
        steps; after each the weights that are kept go back to the baseline's).
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
    block_size, block_pooling
        Rows and columns of the blocks that are removed as one from matrices, and
        ``avg`` or ``max``: what stands for the magnitudes of a block.
    sparsity_m_by_n
        Zeros in every n consecutive weights, as (m, n): masks are computed once, at
        step 1, and the schedule is not used; None for no such pattern.
    scope
        ``layer``: every weight reaches the sparsity. ``global``: one threshold over
        all that take part; ``global-normalized``: over magnitudes divided by the
        root mean square of their weight.
    criterion
        What goes first: the smallest ``magnitude``, the smallest magnitude times
        gradient (``taylor``), what moved towards zero (``movement``), or any
        (``random``).
    layer_sparsity
        Final sparsities of single layers, as (layer path, sparsity).
    exclude
        What does not take part: ``first`` or ``last`` of the layers that can be
        pruned, or layers by their kind (``Embedding``) or path.
    engine
        ``native``: Keras 3 and masks of our own; ``tfmot``: tf_keras and tfmot itself;
        ``auto``: native where Keras 3 can build the model.
    structured
        Whole units are masked instead of single weights, and removed at the end; the
        final sparsity is the share of them, which is this plan's ratio. None for
        single weights.
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
    block_size: tuple[int, int] = (1, 1)
    block_pooling: str = "avg"
    sparsity_m_by_n: tuple[int, int] | None = None
    scope: str = "layer"
    criterion: str = "magnitude"
    layer_sparsity: tuple[tuple[str, float], ...] = ()
    exclude: tuple[str, ...] = ()
    engine: str = "auto"
    structured: ShrinkPlan | None = None

    @property
    def has_blocks(self) -> bool:
        """Whether more than single weights are removed as one."""
        return self.block_size != (1, 1)

    def validate(self) -> dict[str, str]:
        """Return a sentence for each field at fault; empty where all is well."""
        problems = {}
        for field, (holds, allowed) in RULES.items():
            value = getattr(self, field)
            if not holds(value):
                problems[field] = f"{_words(field)} is {value!r}; it must be {allowed}."
        if not problems.keys() & {"schedule", "begin_step", "end_step"}:
            problems |= self._end_problem()
        if not problems:
            problems = {
                field: f"{_words(field)} is {getattr(self, field)!r}; it must be {must}"
                for field, must in conflicts(self).items()
            }
        return problems

    def _end_problem(self) -> dict[str, str]:
        begin, end = self.begin_step, self.end_step
        if self.schedule in ("polynomial", "iterative") and end <= begin:
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
        fields = {
            field.name: getattr(self, field.name) for field in dataclasses.fields(self)
        }
        for name, value in fields.items():
            if isinstance(value, tuple):
                fields[name] = list(value)
        fields["layer_sparsity"] = dict(self.layer_sparsity)
        if self.structured is not None:
            fields["structured"] = self.structured.to_json()
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
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in fields.items()
        }
        own = values.get("layer_sparsity")
        if isinstance(own, Mapping):
            values["layer_sparsity"] = tuple(own.items())
        units = values.get("structured")
        if isinstance(units, Mapping):
            values["structured"] = _units_from(units)
        plan = cls(**values)
        plan.check()
        return plan


def _units_from(fields: Mapping[str, Any]) -> ShrinkPlan:
    try:
        return ShrinkPlan.from_json(fields)
    except ShrinkError as error:
        raise PlanError({"structured": str(error)}) from error


def _words(field: str) -> str:
    return field.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Preflight:
    """What is known of a run beforehand.

    ``update_steps`` are the steps at which masks will be computed; ``warnings``
    are sentences on what the person may not have meant; ``weights`` what each weight
    of the model will reach, where the model is known.
    """

    steps_per_epoch: int
    steps: int
    update_steps: tuple[int, ...]
    warnings: tuple[str, ...]
    weights: tuple[PlannedWeight, ...] = ()


def preflight(
    plan: PruningPlan, training_samples: int, weights: Sequence[WeightInfo] = ()
) -> Preflight:
    """Return what the run will do on that many training samples.

    Parameters
    ----------
    weights
        Those of the model, in its order; without them nothing is said of layers.

    Raises
    ------
    PlanError
        Where the plan is impossible.
    ModelError
        Where it is impossible on these weights.
    """
    plan.check()
    steps_per_epoch = math.ceil(training_samples / plan.batch_size)
    steps = steps_per_epoch * plan.epochs
    updates = tuple(update_steps(plan, steps))
    reached = planned_weights(plan, weights, updates[-1] if updates else 0)
    warnings = plan_warnings(plan, steps, updates, reached)
    return Preflight(steps_per_epoch, steps, updates, warnings, reached)
