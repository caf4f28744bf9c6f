"""The models of a shrink side by side: before, after, and pruned in single weights."""

import dataclasses
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pruneview.pruning.events import LogLine, Preparing
from pruneview.pruning.fidelity.synthetic import describe_inputs
from pruneview.pruning.legacy.engine import TfmotEngine
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.planning.mending import mended
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.report.built import BuiltModel
from pruneview.pruning.structured.measuring.figures import ModelFigures
from pruneview.pruning.structured.measuring.model import (
    BATCHES,
    measure_latencies,
    model_figures,
)
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.options import ShrinkOptions
from pruneview.pruning.structured.shrinking.subject import Subject
from pruneview.pruning.structured.shrinking.training_plans import unstructured
from pruneview.pruning.training.hooks import Hooks

#: Parameters above which weights are compressed quickly, in every model of a shrink.
_LARGE = 20_000_000

#: How the figures are counted.
SAYING = (
    "MACs are the products that convolutions, matrix products, recurrences and "
    "attention add up, for one sample.",
    "Activation memory is the largest sum of the tensors that live at one time, in the "
    "order of execution, for one sample; weights are not in it.",
)


@dataclass(frozen=True)
class Contest:
    """Figures of the models, and sentences on them."""

    before: ModelFigures
    after: ModelFigures
    unstructured: ModelFigures | None
    notes: tuple[str, ...]
    conditions: tuple[str, ...]


def figures_of(
    subject: Subject, baseline: Subject | None = None, *, evaluate: bool = True
) -> ModelFigures:
    """Measure all but the time; `baseline` is the one to compare with."""
    quick = (baseline or subject).parameters > _LARGE
    figures = model_figures(subject.model, quick=quick)
    if not evaluate:
        return figures
    return dataclasses.replace(figures, evaluation=subject.evaluate())


def contest(
    subject: Subject,
    small: Subject,
    before: ModelFigures,
    options: ShrinkOptions,
    hooks: Hooks,
    *,
    training: PruningPlan | None,
    plan: ShrinkPlan,
) -> Contest:
    """Measure the small model, and the others beside it.

    Parameters
    ----------
    subject, before
        The baseline, prepared, and its figures but for times.
    training
        How the baseline is to be pruned in single weights; None for not at all.

    Raises
    ------
    TrainingError
    """
    hooks.emit(Preparing("Measuring the small model"))
    after = figures_of(small, subject)
    models = {"before": subject.model, "after": small.model}
    single: ModelFigures | None = None
    notes: tuple[str, ...] = ()
    if training is not None:
        single, notes, model = _single_weights(
            subject, after, options, hooks, training=training, plan=plan
        )
        if model is not None:
            models["unstructured"] = model
    subject.engine.restore()
    if not options.timing_rounds or hooks.control.stop_requested:
        return Contest(before, after, single, notes, ())
    hooks.emit(Preparing("Measuring times"))
    times = measure_latencies(models, rounds=options.timing_rounds)
    before = dataclasses.replace(before, latency=times["before"])
    after = dataclasses.replace(after, latency=times["after"])
    if single is not None and "unstructured" in times:
        single = dataclasses.replace(single, latency=times["unstructured"])
    return Contest(before, after, single, notes, _conditions(subject, options))


def _single_weights(
    subject: Subject,
    after: ModelFigures,
    options: ShrinkOptions,
    hooks: Hooks,
    *,
    training: PruningPlan,
    plan: ShrinkPlan,
) -> tuple[ModelFigures | None, tuple[str, ...], Any]:
    """Prune the baseline in single weights; return figures, notes and a copy of it."""
    prunable = sum(info.size for info in subject.engine.weights if info.prunable)
    sparsity = (subject.parameters - after.parameters) / max(prunable, 1)
    if sparsity >= 1:
        return None, ("Single weights cannot be pruned to so few parameters.",), None
    single = unstructured(
        training,
        sparsity=sparsity,
        epochs=training.epochs * options.rounds,
        # tfmot knows no other.
        scope="layer" if isinstance(subject.engine, TfmotEngine) else plan.scope,
    )
    if options.method != "gradual":
        single = dataclasses.replace(single, schedule="one-shot", begin_step=0)
    assert subject.data is not None
    single, _ = mended(single, len(subject.data.x_train))
    hooks.emit(
        LogLine(
            "To compare, the baseline is now pruned in single weights to as many "
            f"parameters ({sparsity:.1%} zeros in what can be pruned), by as many "
            "steps."
        )
    )
    subject.prepare(single, hooks)
    ended = subject.train(single, hooks)
    figures = figures_of(subject, evaluate=False)
    return dataclasses.replace(figures, evaluation=ended.final), (), _copy(subject)


def _copy(subject: Subject) -> Any:
    """Return a copy of the model as it is, for what comes after."""
    model = subject.model
    of_tf_keras = isinstance(subject.engine, TfmotEngine)
    keras = import_legacy()[0] if of_tf_keras else import_module("keras")
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def _conditions(subject: Subject, options: ShrinkOptions) -> tuple[str, ...]:
    batches = " and ".join(map(str, BATCHES))
    inputs = describe_inputs(BuiltModel(subject.model).inputs)
    return (
        f"Times are of one call with {batches} samples: median and quartiles of "
        f"{options.timing_rounds} rounds after a warm-up, all models in turns, in an "
        f"order shuffled every turn, on {inputs}.",
    )
