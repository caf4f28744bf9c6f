"""What is said in large letters. No Qt here."""

from dataclasses import dataclass, replace

from pruneview.gui import units
from pruneview.pruning.events import (
    Evaluation,
    Event,
    MaskUpdated,
    RunEnded,
    RunStarted,
    StepDone,
)
from pruneview.runs import Moment

_NONE = "–"


@dataclass(frozen=True)
class Numbers:
    """The figures of a run, as words."""

    step: int = 0
    steps: int = 0
    sparsity: float | None = None
    accuracy: Evaluation | None = None
    size: int | None = None
    baseline: Evaluation | None = None
    baseline_size: int | None = None

    def after(self, event: Event) -> "Numbers":
        """Return the figures once something more has happened."""
        if isinstance(event, RunStarted):
            baseline = event.held_out_baseline or event.baseline
            return Numbers(
                0,
                event.steps,
                0.0,
                baseline,
                event.deflated_bytes,
                baseline,
                event.deflated_bytes,
            )
        if isinstance(event, StepDone):
            return replace(self, step=event.step, sparsity=event.sparsity)
        if isinstance(event, MaskUpdated):
            return replace(
                self,
                step=event.step,
                sparsity=event.sparsity,
                accuracy=event.evaluation,
                size=event.deflated_bytes,
            )
        if isinstance(event, RunEnded):
            return replace(
                self,
                step=event.step,
                sparsity=event.sparsity,
                accuracy=event.final,
                size=event.deflated_bytes,
                baseline=event.baseline,
                baseline_size=event.baseline_deflated_bytes,
            )
        return self

    def at(self, moment: Moment) -> "Numbers":
        """Return the figures of a moment of the run."""
        return replace(
            self,
            step=moment.step,
            sparsity=moment.sparsity,
            accuracy=moment.evaluation,
            size=moment.deflated_bytes,
        )

    @property
    def sparsity_words(self) -> str:
        return _NONE if self.sparsity is None else units.percent(self.sparsity)

    @property
    def metric(self) -> str:
        return self.accuracy.metric if self.accuracy else "accuracy"

    @property
    def accuracy_words(self) -> str:
        return _words(self.accuracy)

    @property
    def size_words(self) -> str:
        return _NONE if self.size is None else units.size(self.size)

    @property
    def baseline_words(self) -> str:
        return _words(self.baseline)

    @property
    def baseline_size_words(self) -> str:
        known = self.baseline_size
        return _NONE if known is None else units.size(known)

    @property
    def step_words(self) -> str:
        if not self.steps:
            return ""
        return f"step {units.count(self.step)} of {units.count(self.steps)}"


def _words(measured: Evaluation | None) -> str:
    if measured is None:
        return _NONE
    if measured.is_fraction:
        return units.percent(measured.value)
    return units.value(measured.value)
