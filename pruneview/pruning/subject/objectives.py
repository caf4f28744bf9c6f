"""What training minimises, and what is measured, of a model with several outputs.

The losses are summed, each times its weight, as Keras does.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pruneview.pruning.planning.plan import PlanError
from pruneview.pruning.subject.objective import (
    Objective,
    default_metric,
    for_labels,
    suggest_objective,
    with_choices,
)


@dataclass(frozen=True)
class OutputEnd:
    """An output of a model: its name, and what its layer tells of it.

    ``width`` is the length of the last axis.
    """

    name: str
    activation: str | None
    width: int | None


@dataclass(frozen=True)
class SeveralObjectives:
    """A loss and a metric for each output.

    Attributes
    ----------
    outputs
        Their names.
    each
        What is minimised and measured of each.
    weights
        What each loss counts in the sum.
    first
        The place of the output whose metric is the one that is drawn: the first that
        is measured by its accuracy, or that the person named.
    """

    outputs: tuple[str, ...]
    each: tuple[Objective, ...]
    weights: tuple[float, ...]
    first: int = 0

    @property
    def metric(self) -> str:
        """Name of the metric that is drawn, with its output."""
        return self.metrics[self.first]

    @property
    def metrics(self) -> tuple[str, ...]:
        """Name of each output's metric, with the output."""
        return tuple(
            f"{output} {each.metric}"
            for output, each in zip(self.outputs, self.each, strict=True)
        )

    @property
    def sentence(self) -> str:
        """Say all of it."""
        sources = {each.source for each in self.each}
        losses = []
        for output, each, weight in zip(
            self.outputs, self.each, self.weights, strict=True
        ):
            times = "" if weight == 1 else f" times {weight:g}"
            source = "" if len(sources) == 1 else f", from {each.source}"
            losses.append(f"{each.loss}{times} for {output}{source}")
        if len(sources) == 1:
            losses.append(f"all from {sources.pop()}")
        return (
            f"The loss is the sum over {len(self.outputs)} outputs: "
            f"{'; '.join(losses)}. Measured: {', '.join(self.metrics)}; charts show "
            f"{self.metric}."
        )

    def check(self) -> None:
        """Raise `PlanError` where Keras has no such loss or metric."""
        for objective in self.each:
            objective.check()


#: Of a model with one output, or with several.
AnyObjective = Objective | SeveralObjectives


def parts_of(objective: AnyObjective) -> tuple[Objective, ...]:
    """Return what is minimised and measured of each output."""
    return (objective,) if isinstance(objective, Objective) else objective.each


def suggest_several(
    compile_config: Mapping[str, Any] | None,
    outputs: Sequence[OutputEnd],
    labels: Sequence[NDArray] | None = None,
) -> SeveralObjectives:
    """Choose a loss and a metric for each output; see `suggest_objective`.

    An output that the model was compiled without a loss for counts nothing.
    """
    config = compile_config or {}
    names = [output.name for output in outputs]
    losses, metrics, weights = (
        [_entry(config.get(key), names, place) for place in range(len(names))]
        for key in ("loss", "metrics", "loss_weights")
    )
    each = []
    for place, output in enumerate(outputs):
        found = suggest_objective(
            {"loss": losses[place], "metrics": metrics[place]},
            output.activation,
            output.width,
            None if labels is None else labels[place],
        )
        if found.metric == "accuracy" and default_metric(found.loss) != "accuracy":
            # One list of metrics for all outputs, of which it suits some.
            found = dataclasses.replace(found, metric=default_metric(found.loss))
        each.append(found)
    some = any(loss is not None for loss in losses)
    return SeveralObjectives(
        tuple(names),
        tuple(each),
        tuple(
            0.0 if some and loss is None else _number(weight)
            for loss, weight in zip(losses, weights, strict=True)
        ),
        _first_accuracy(each),
    )


def choose_several(
    objectives: SeveralObjectives,
    loss: str | None,
    metric: str | None,
    outputs: Sequence[OutputEnd],
    labels: Sequence[NDArray],
) -> SeveralObjectives:
    """Return `objectives` with what the person chose in their place.

    Parameters
    ----------
    loss, metric
        A name for all outputs, or ``output=name,output=name`` for some.

    Raises
    ------
    PlanError
        Where the model has no output of a name.
    """
    names = [output.name for output in outputs]
    losses, metrics = by_output("loss", loss, names), by_output("metric", metric, names)
    each = []
    for output, objective, values in zip(outputs, objectives.each, labels, strict=True):
        chosen = with_choices(
            objective,
            losses.get(output.name),
            metrics.get(output.name),
            output.activation,
        )
        each.append(for_labels(chosen, values, output.width))
    named = [names.index(name) for name in metrics] if "=" in (metric or "") else []
    first = named[0] if named else _first_accuracy(each)
    return dataclasses.replace(objectives, each=tuple(each), first=first)


def by_output(field: str, text: str | None, outputs: Sequence[str]) -> dict[str, str]:
    """Read a name for all outputs, or ``output=name,output=name`` for some.

    Raises
    ------
    PlanError
        Where there is no output of a name.
    """
    if text is None:
        return {}
    if "=" not in text:
        return dict.fromkeys(outputs, text.strip())
    found = {}
    for part in text.split(","):
        output, _, name = (words.strip() for words in part.partition("="))
        if output not in outputs or not name:
            raise PlanError(
                {
                    field: f"{field.capitalize()} is {text!r}; it must be one name for "
                    "all outputs, or OUTPUT=NAME for some, with commas between them: "
                    f"the outputs are {', '.join(outputs)}."
                }
            )
        found[output] = name
    return found


def _entry(entry: Any, names: Sequence[str], place: int) -> Any:
    """Return what a compile configuration says of one output."""
    if isinstance(entry, Mapping) and not entry.keys().isdisjoint(names):
        return entry.get(names[place])
    if isinstance(entry, list | tuple) and len(entry) == len(names):
        return entry[place]
    return entry


def _number(weight: Any) -> float:
    return float(weight) if isinstance(weight, int | float) else 1.0


def _first_accuracy(each: Sequence[Objective]) -> int:
    places = [p for p, objective in enumerate(each) if objective.metric == "accuracy"]
    return places[0] if places else 0
