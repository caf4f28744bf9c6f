"""What an engine measures over samples."""

from collections.abc import Sequence
from typing import NamedTuple

from pruneview.pruning.events import Evaluation
from pruneview.pruning.subject.objectives import AnyObjective, SeveralObjectives


class Scores(NamedTuple):
    """The loss and the metric over some samples.

    ``others`` are the metrics of a model's further outputs, by name.
    """

    loss: float
    value: float
    others: tuple[tuple[str, float], ...] = ()

    def evaluation(self, metric: str, samples: int, data: str) -> Evaluation:
        """Return them with what they were measured on."""
        return Evaluation(metric, self.value, self.loss, samples, data, self.others)


def scores_in(loss: float, values: Sequence[float], objective: AnyObjective) -> Scores:
    """Return scores from the metric of each output, in the order of the outputs."""
    if not isinstance(objective, SeveralObjectives):
        return Scores(loss, values[0])
    named = dict(zip(objective.metrics, values, strict=True))
    value = named.pop(objective.metric)
    return Scores(loss, value, tuple(named.items()))
