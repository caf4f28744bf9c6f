"""What making a model smaller reports, beside the events of its fine-tuning."""

from dataclasses import dataclass
from typing import Any

from pruneview.pruning.events import Event
from pruneview.pruning.structured.measuring.figures import ModelFigures


@dataclass(frozen=True)
class GroupOutcome:
    """Units that go together: how many there were, and how many are left.

    ``id``, ``title`` and ``unit_kind`` are those of the dependency graph's group.
    """

    id: str
    title: str
    unit_kind: str
    size: int
    kept: int


@dataclass(frozen=True)
class ExcludedLayer:
    """A layer whose units all stay, and why."""

    path: str
    reason: str


@dataclass(frozen=True)
class OutputDifference:
    """How far the small model's outputs are from those of the masked model.

    Attributes
    ----------
    largest_absolute, largest_relative
        Over all outputs of all samples; relative to the largest magnitude of them.
    samples, inputs
        How many samples, and what they were, in words.
    """

    largest_absolute: float
    largest_relative: float
    samples: int
    inputs: str


@dataclass(frozen=True)
class ShrinkStarted(Event):
    """Units are about to be chosen.

    Attributes
    ----------
    plan
        The `ShrinkPlan` as JSON.
    method, rounds
        See `ShrinkOptions`.
    groups
        Every group that units may be removed from, whole.
    excluded
        What nothing is removed from.
    """

    plan: dict[str, Any]
    method: str
    rounds: int
    groups: tuple[GroupOutcome, ...]
    excluded: tuple[ExcludedLayer, ...]


@dataclass(frozen=True)
class UnitsRemoved(Event):
    """Units were removed, and the model is smaller now; once, or once a round.

    Attributes
    ----------
    round
        From 1.
    parameters_before, parameters
        Before and after this removal.
    groups
        Sizes before this removal, and what is kept.
    difference
        Of the small model to the masked one.
    notes
        Sentences on what could not be kept exactly.
    """

    round: int
    parameters_before: int
    parameters: int
    groups: tuple[GroupOutcome, ...]
    difference: OutputDifference
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ShrinkEnded(Event):
    """The model is small, and measured; it is what is saved from now on.

    Attributes
    ----------
    plan, method, rounds
        As `ShrinkStarted` has them.
    stopped
        Whether the person ended the fine-tuning early.
    before, after
        Figures of the baseline and of the small model.
    difference
        Largest one of all removals, before any fine-tuning that followed.
    groups
        Sizes in the baseline, and what is kept in the end.
    excluded, notes
        What nothing was removed from, and sentences on what could not be kept exactly.
    steps, seconds
        Of the fine-tuning; steps are 0 without data.
    unstructured
        The baseline pruned in single weights to as many parameters as the small model
        has, by as many steps; None where that was not asked for.
    conditions
        Sentences on how the figures were measured.
    """

    plan: dict[str, Any]
    method: str
    rounds: int
    stopped: bool
    before: ModelFigures
    after: ModelFigures
    difference: OutputDifference
    groups: tuple[GroupOutcome, ...]
    excluded: tuple[ExcludedLayer, ...]
    notes: tuple[str, ...]
    steps: int
    seconds: float
    unstructured: ModelFigures | None = None
    conditions: tuple[str, ...] = ()
