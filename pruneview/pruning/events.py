"""What a pruning run reports, as it goes. Immutable, and free of TensorFlow."""

import dataclasses
import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Evaluation:
    """A metric measured on held-out data.

    Attributes
    ----------
    metric
        The metric's name, for example ``accuracy``.
    value, loss
        The metric and the loss over those samples.
    samples
        How many samples it was measured on.
    data
        Which part of the data: ``test`` or ``validation``.
    others
        The metrics of a model's further outputs, by name, over the same samples.
    """

    metric: str
    value: float
    loss: float
    samples: int
    data: str
    others: tuple[tuple[str, float], ...] = ()

    @property
    def is_fraction(self) -> bool:
        """Whether the metric is a share between 0 and 1, higher being better."""
        return is_share(self.metric)

    def each(self) -> tuple["Evaluation", ...]:
        """Return this one, and one for each of the others."""
        others = (
            dataclasses.replace(self, metric=metric, value=value, others=())
            for metric, value in self.others
        )
        return (self, *others)


def is_share(metric: str) -> bool:
    """Whether a metric, maybe named with its output, is a share from 0 to 1."""
    name = metric.lower().rpartition(" ")[2]
    return "acc" in name or name == "auc"


@dataclass(frozen=True)
class WeightSparsity:
    """Counted zeros of one pruned weight.

    ``path`` is the weight's path as `pruneview.formats` gives it; ``threshold``
    is the smallest magnitude kept by its mask (0.0 before the first mask);
    ``deflated_bytes`` by the compressor of the event that carries it.
    """

    path: str
    size: int
    zeros: int
    threshold: float = 0.0
    deflated_bytes: int | None = None

    @property
    def sparsity(self) -> float:
        """Share of exact zeros, 0 to 1."""
        return self.zeros / self.size if self.size else 0.0


@dataclass(frozen=True)
class WeightOutcome:
    """Target against achieved sparsity of a weight that can be pruned.

    ``target`` is what the plan asks for by its end, None where the weight takes no
    part; ``cause`` says why it was left out, or why the two differ.
    """

    path: str
    target: float | None
    achieved: float
    cause: str = ""


@dataclass(frozen=True)
class Event:
    """Base class of everything a run reports."""

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict whose ``event`` names the class in snake_case."""
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()
        return {"event": name, **dataclasses.asdict(self)}


@dataclass(frozen=True)
class Preparing(Event):
    """What is being waited for; ``fraction`` is None where it cannot be known."""

    stage: str
    fraction: float | None = None


@dataclass(frozen=True)
class EngineReady(Event):
    """TensorFlow and Keras are imported; a run can start at once."""

    seconds: float
    versions: dict[str, str]


@dataclass(frozen=True)
class RunStarted(Event):
    """The baseline is measured and training is about to begin.

    Sizes are bytes of all the model's weights; ``compressor`` names how
    ``deflated_bytes`` was made. ``baseline`` is measured on all test samples,
    ``held_out_baseline`` on the sample that is measured again after each mask: what
    the curve of a run is to be compared with. Where the run goes on from a step of
    another one under another plan, ``branched_from`` is the recording of that, and
    ``branched_at`` the step; else "" and 0.
    """

    plan: dict[str, Any]
    steps: int
    steps_per_epoch: int
    baseline: Evaluation
    raw_bytes: int
    deflated_bytes: int
    compressor: str
    weights: tuple[WeightSparsity, ...]
    held_out_baseline: Evaluation | None = None
    branched_from: str = ""
    branched_at: int = 0


@dataclass(frozen=True)
class StepDone(Event):
    """Progress of training; sent at most about ten times a second.

    ``sparsity`` is counted over the pruned weights; ``target_sparsity`` is what
    the schedule asks for at this step.
    """

    step: int
    target_sparsity: float
    sparsity: float
    loss: float
    steps_per_second: float


@dataclass(frozen=True)
class MaskUpdated(Event):
    """The schedule fired: masks were computed anew and applied."""

    step: int
    target_sparsity: float
    sparsity: float
    evaluation: Evaluation
    deflated_bytes: int
    baseline_deflated_bytes: int
    compressor: str
    weights: tuple[WeightSparsity, ...]


@dataclass(frozen=True)
class Paused(Event):
    step: int


@dataclass(frozen=True)
class Resumed(Event):
    step: int


@dataclass(frozen=True)
class LogLine(Event):
    """A sentence for the person; ``level`` is info, warning or error."""

    text: str
    level: str = "info"


@dataclass(frozen=True)
class RunEnded(Event):
    """The run is over, by itself or because it was stopped.

    The model in memory holds exact zeros where the masks are; every figure here
    was measured on it after the last step. ``outcomes`` has every weight that could
    be pruned.
    """

    step: int
    stopped: bool
    seconds: float
    train_steps_per_second: float
    baseline: Evaluation
    final: Evaluation
    weights: tuple[WeightSparsity, ...]
    baseline_weights: tuple[WeightSparsity, ...]
    raw_bytes: int
    baseline_deflated_bytes: int
    deflated_bytes: int
    compressor: str
    outcomes: tuple[WeightOutcome, ...] = ()

    @property
    def sparsity(self) -> float:
        """Share of exact zeros over the pruned weights, counted."""
        size = sum(w.size for w in self.weights)
        return sum(w.zeros for w in self.weights) / size if size else 0.0


@dataclass(frozen=True)
class RunCancelled(Event):
    """A run was stopped before its first step; the model is as it was."""


@dataclass(frozen=True)
class Saved(Event):
    path: str
    bytes: int


@dataclass(frozen=True)
class Failed(Event):
    """An operation (``during``: prepare, run, save, data) ended with an error.

    ``sentence`` says what went wrong and what to do next; ``details`` is the
    traceback for the log.
    """

    during: str
    sentence: str
    details: str = ""
