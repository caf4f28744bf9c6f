"""A model made smaller: units chosen, removed, compared, fine-tuned and measured."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from pruneview.pruning.errors import Cancelled
from pruneview.pruning.events import LogLine, Preparing, RunEnded
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.structured.choose import Choice
from pruneview.pruning.structured.graph import DependencyGraph
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.contest import SAYING, contest, figures_of
from pruneview.pruning.structured.shrinking.events import (
    OutputDifference,
    ShrinkEnded,
    ShrinkStarted,
    UnitsRemoved,
)
from pruneview.pruning.structured.shrinking.masking import (
    at_share,
    choose,
    graph_of_weights,
    kept_units,
)
from pruneview.pruning.structured.shrinking.options import ShrinkOptions
from pruneview.pruning.structured.shrinking.outcomes import (
    excluded_layers,
    group_outcomes,
    larger,
    over_all_rounds,
)
from pruneview.pruning.structured.shrinking.removing import remove_units
from pruneview.pruning.structured.shrinking.subject import Subject
from pruneview.pruning.structured.shrinking.training_plans import fine_tuning
from pruneview.pruning.training.hooks import Hooks


class Shrinker:
    """Makes one model smaller, on the calling thread.

    Attributes
    ----------
    small
        The model as it is after the last removal; the subject itself before.
    ended
        What came of it; None before.
    """

    def __init__(
        self,
        subject: Subject,
        plan: ShrinkPlan,
        options: ShrinkOptions,
        hooks: Hooks,
    ) -> None:
        self.small = self._subject = subject
        self.ended: ShrinkEnded | None = None
        self._plan = plan
        self._options = options
        self._hooks = hooks
        self._notes: list[str] = []
        self._difference: OutputDifference | None = None
        self._steps, self._seconds, self._stopped = 0, 0.0, False
        hooks.emit(Preparing("Following what depends on what"))
        self._graph = _graph(subject)
        self._groups = group_outcomes(self._graph, {})

    def announce(self) -> None:
        """Tell what is about to be made smaller."""
        self._hooks.emit(
            ShrinkStarted(
                self._plan.to_json(),
                self._options.method,
                self._options.rounds,
                self._groups,
                excluded_layers(self._graph),
            )
        )

    def at_once(self, training: PruningPlan | None) -> ShrinkEnded:
        """Remove units and fine-tune, once or in rounds.

        Parameters
        ----------
        training
            None for no fine-tuning; its epochs are those of each round.

        Raises
        ------
        ShrinkError, TrainingError
        Cancelled
            Where the person stopped it before anything was removed.
        """
        subject, hooks = self._subject, self._hooks
        plan = fine_tuning(training or PruningPlan(), self._steps_of(training))
        subject.prepare(plan, hooks)
        before = figures_of(subject)
        rounds = self._options.rounds
        # The same share of what is left goes in each round.
        part = _round_share(self._plan, rounds)
        for number in range(1, rounds + 1):
            if self._hooks.control.stop_requested:
                break
            graph = self._graph if number == 1 else _graph(self.small)
            current = self.small
            choice = choose(graph, part, _values(current), current.gradients)
            self._remove(graph, choice, number)
            if training is not None:
                self.small.prepare(plan, hooks)
                self._count(self.small.train(plan, hooks))
        if self.small is subject:
            raise Cancelled
        if training is None:
            self.small.prepare(plan, hooks)
        return self._end(before, training)

    def after_masks(self, training: PruningPlan, ended: RunEnded) -> ShrinkEnded:
        """Remove the units that a gradual run has masked.

        Parameters
        ----------
        training, ended
            The plan of that run, and how it ended.

        Raises
        ------
        ShrinkError
        """
        subject = self._subject
        choice = kept_units(self._graph, subject.engine.masks())
        self._remove(self._graph, choice, 1)
        self._count(ended)
        subject.engine.restore()
        before = dataclasses.replace(
            figures_of(subject, evaluate=False), evaluation=ended.baseline
        )
        self.small.prepare(fine_tuning(training, 1), self._hooks)
        return self._end(before, training)

    def _remove(self, graph: DependencyGraph, choice: Choice, number: int) -> None:
        self._hooks.emit(Preparing("Removing units"))
        bigger = self.small
        removal = remove_units(bigger, graph, choice, seed=self._plan.seed)
        self.small = removal.small
        self._groups = over_all_rounds(self._groups, group_outcomes(graph, choice.keep))
        self._difference = larger(self._difference, removal.difference)
        self._notes += [n for n in removal.notes if n not in self._notes]
        removed = UnitsRemoved(
            number,
            bigger.parameters,
            self.small.parameters,
            group_outcomes(graph, choice.keep),
            removal.difference,
            removal.notes,
        )
        self._hooks.emit(removed)
        self._hooks.emit(LogLine(_line(removed)))
        for note in removal.notes:
            self._hooks.emit(LogLine(note))

    def _count(self, ended: RunEnded) -> None:
        self._steps += ended.step
        self._seconds += ended.seconds
        self._stopped = self._stopped or ended.stopped

    def _steps_of(self, training: PruningPlan | None) -> int:
        data = self._subject.data
        if training is None or data is None:
            return 1
        return math.ceil(len(data.x_train) / training.batch_size) * training.epochs

    def _end(self, before: Any, training: PruningPlan | None) -> ShrinkEnded:
        assert self._difference is not None
        compared = self._options.compare_unstructured and not self._stopped
        measured = contest(
            self._subject,
            self.small,
            before,
            self._options,
            self._hooks,
            training=training if compared else None,
            plan=self._plan,
        )
        self.ended = ShrinkEnded(
            plan=self._plan.to_json(),
            method=self._options.method,
            rounds=self._options.rounds,
            stopped=self._stopped,
            before=measured.before,
            after=measured.after,
            difference=self._difference,
            groups=self._groups,
            excluded=excluded_layers(self._graph),
            notes=(*self._notes, *measured.notes),
            steps=self._steps,
            seconds=self._seconds,
            unstructured=measured.unstructured,
            conditions=(*SAYING, *measured.conditions),
        )
        self._hooks.emit(self.ended)
        return self.ended


def _round_share(plan: ShrinkPlan, rounds: int) -> ShrinkPlan:
    if rounds == 1:
        return plan
    left = 1 - (1 - plan.ratio) ** (1 / rounds)
    part = at_share(plan, left / plan.ratio if plan.ratio else 1.0)
    return dataclasses.replace(
        part,
        ratios={n: 1 - (1 - r) ** (1 / rounds) for n, r in plan.ratios.items()},
    )


def _graph(subject: Subject) -> DependencyGraph:
    return graph_of_weights(subject.model, subject.engine.weights)


def _values(subject: Subject) -> Mapping[str, NDArray[Any]]:
    paths = (info.path for info in subject.engine.weights)
    return dict(zip(paths, subject.engine.arrays(), strict=True))


def _line(removed: UnitsRemoved) -> str:
    units = sum(group.size - group.kept for group in removed.groups)
    touched = sum(group.kept < group.size for group in removed.groups)
    return (
        f"Removed {units} units of {touched} groups: {removed.parameters:,} of "
        f"{removed.parameters_before:,} parameters are left; outputs differ from the "
        f"masked model's by {removed.difference.largest_relative:.1e} at most, "
        f"relative to their largest, on {removed.difference.inputs}."
    )
