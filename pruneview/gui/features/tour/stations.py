"""The stations of the tour: what is said, done and asked at each."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pruneview.gui import units
from pruneview.gui.features.tour.facts import Facts
from pruneview.gui.features.tour.stage import Stage
from pruneview.pruning.events import RunEnded

Words = Callable[[Facts, RunEnded | None], str]
#: Values of a weight up to which its units are looked at one by one.
_LOOKED_AT = 1 << 22


@dataclass(frozen=True)
class Station:
    """One stop.

    Attributes
    ----------
    title
        A few words.
    words
        Two or three sentences with numbers of the open model.
    arrive
        What is done in the window.
    question, answers, right, because
        A check question, the place of the right answer, and why it is right.
    offer
        Words on a button and the action it does, for what a person has to want.
    """

    title: str
    words: Words
    arrive: Callable[[Stage, Facts], None]
    question: str
    answers: tuple[str, ...]
    right: int
    because: str
    offer: tuple[str, str] | None = None


def _all_active(facts: Facts, _result: RunEnded | None) -> str:
    active = facts.size - facts.zeros
    return (
        f"{facts.name} has {units.count(facts.parameters)} parameters; "
        f"{units.count(facts.size)} of them are weights that can be pruned, and "
        f"{units.count(active)} of these are active: not zero. The heatmap shows those "
        f"of {facts.weight.path}, {units.shape(facts.weight.shape)}, one by one."
    )


def _magnitude(facts: Facts, _result: RunEnded | None) -> str:
    half, most = facts.threshold_of_weight(0.5), facts.threshold_of_weight(0.99)
    return (
        f"How strong a connection is shows in its distance from zero, whatever its "
        f"sign. In {facts.weight.path} half of the weights are weaker than "
        f"{units.value(half)}, and only one in a hundred is stronger than "
        f"{units.value(most)}: most do little."
    )


def _threshold(facts: Facts, _result: RunEnded | None) -> str:
    at = facts.threshold_of_weight(0.5)
    return (
        f"Draw a line at {units.value(at)}, and {units.percent(facts.below(at))} of "
        "this weight lie below it: they would become zero, and are marked on the "
        "heatmap. "
        "Drag the line in the histogram to see more or fewer of them go."
    )


def _one_shot(facts: Facts, _result: RunEnded | None) -> str:
    at = facts.threshold_of_all(0.9)
    shares = facts.shares_at(at)
    least, most = (f(shares, key=lambda p: shares[p]) for f in (min, max))
    return (
        f"One threshold of {units.value(at)} makes {units.percent(_over(facts, at))} "
        f"of all these weights zero at once. It does not hit them alike: {most} loses "
        f"{units.percent(shares[most])}, {least} {units.percent(shares[least])}. "
        "Nothing was trained to make up for it."
    )


def _over(facts: Facts, at: float) -> float:
    return facts.known.outcome(at, facts.taken).share


def _schedule(facts: Facts, _result: RunEnded | None) -> str:
    plan, updates = facts.plan, facts.updates
    if len(updates) < 2:
        return (
            "This plan computes its masks once only. A schedule takes many small steps "
            f"towards {units.percent(plan.final_sparsity)} instead: choose polynomial, "
            "with mask updates some steps apart, and see its curve."
        )
    middle = updates[len(updates) // 2]
    return (
        f"The plan makes its zeros in {units.count(len(updates))} mask updates between "
        f"steps {units.count(updates[0])} and {units.count(updates[-1])}. By step "
        f"{units.count(middle)}, half-way, it asks for "
        f"{units.percent(facts.planned(middle))}, and in the end for "
        f"{units.percent(facts.planned(updates[-1]))}: it slows as zeros become dear."
    )


def _fine_tuning(facts: Facts, result: RunEnded | None) -> str:
    if result is not None:
        before, after = result.baseline, result.final
        kind = units.percent if before.is_fraction else units.value
        return (
            f"Your run trained between its mask updates for {units.count(result.step)} "
            f"steps. With {units.percent(result.sparsity)} zeros, {after.metric} on "
            f"the {after.data} data is {kind(after.value)}; before, it was "
            f"{kind(before.value)}."
        )
    left = facts.size * (1 - facts.plan.final_sparsity)
    return (
        "Between mask updates the network trains on, and what is left takes over the "
        f"work of what went: here about {units.count(round(left))} weights for all "
        f"{units.count(facts.size)}. Run it and watch accuracy dip and come back."
    )


def _compression(facts: Facts, result: RunEnded | None) -> str:
    dense = facts.deflated_at(0.0)
    if result is not None:
        before = result.baseline_deflated_bytes
        return (
            f"A zero takes as many bytes as any other number: {units.size(facts.raw)} "
            "stay as they are until a compressor finds the zeros. By "
            f"{result.compressor} the pruned weights take "
            f"{units.size(result.deflated_bytes)} now, {units.size(before)} before."
        )
    at = facts.threshold_of_all(facts.plan.final_sparsity)
    pruned = facts.deflated_at(at)
    assert dense is not None
    assert pruned is not None
    return (
        f"A zero takes as many bytes as any other number: {units.size(facts.raw)}, "
        "pruned or not. Only a compressor finds the zeros: deflated, the model takes "
        f"about {units.size(round(dense))} now and would take about "
        f"{units.size(round(pruned))} at {units.percent(facts.plan.final_sparsity)} "
        "(estimates)."
    )


def _structure(facts: Facts, _result: RunEnded | None) -> str:
    at = facts.threshold_of_weight(0.9)
    words = (
        "Zeros that lie anywhere leave a matrix its shape: the same multiplications, "
        "most of them by zero. "
    )
    weight = facts.weight
    if weight.size <= _LOOKED_AT:
        magnitudes = np.abs(weight.read().astype(np.float32))
        axes = tuple(range(magnitudes.ndim - 1))
        empty = int(np.count_nonzero((magnitudes < at).all(axis=axes)))
        words += (
            f"With 90 % of {weight.path} gone, {units.count(empty)} of its "
            f"{units.count(magnitudes.shape[-1])} units have nothing left and could be "
            "cut out. "
        )
    return words + "Structured pruning removes whole units, and the layer shrinks."


def _now_yours(facts: Facts, _result: RunEnded | None) -> str:
    return (
        f"That was {facts.name}, with its own numbers. Open a model of yours, drag the "
        "threshold, then let a schedule do it with your data. Every key is in F1, "
        "everything else is found with Ctrl+K."
    )


def _show_all(stage: Stage, _facts: Facts) -> None:
    stage.leave_threshold()
    stage.act("show_signed")
    stage.show_largest()


def _show_magnitudes(stage: Stage, _facts: Facts) -> None:
    stage.leave_threshold()
    stage.act("show_magnitudes")
    stage.bring("histogram")


def _try_half(stage: Stage, facts: Facts) -> None:
    stage.bring("histogram")
    stage.try_threshold(facts.threshold_of_weight(0.5))


def _try_much(stage: Stage, facts: Facts) -> None:
    stage.bring("layers")
    stage.try_threshold(facts.threshold_of_all(0.9))


def _show_plan(stage: Stage, _facts: Facts) -> None:
    stage.leave_threshold()
    stage.act("show_signed")
    stage.bring("plan")


def _show_run(stage: Stage, _facts: Facts) -> None:
    stage.leave_threshold()
    stage.bring("charts")


def _try_plan(stage: Stage, facts: Facts) -> None:
    stage.bring("histogram")
    stage.try_threshold(facts.threshold_of_all(facts.plan.final_sparsity))


def _show_structure(stage: Stage, facts: Facts) -> None:
    stage.act("show_signed")
    stage.try_threshold(facts.threshold_of_weight(0.9))


STATIONS = (
    Station(
        "All connections active",
        _all_active,
        _show_all,
        "What is one dot of the heatmap?",
        ("A layer", "A weight, or a few of them", "A sample"),
        1,
        "Each dot is a connection: its colour is the weight's value.",
    ),
    Station(
        "Magnitude",
        _magnitude,
        _show_magnitudes,
        "Which goes first: a weight of 0.01 or one of −0.5?",
        ("0.01", "−0.5, it is negative", "Both alike"),
        0,
        "0.01 is nearer to zero; the sign does not count.",
    ),
    Station(
        "The threshold",
        _threshold,
        _try_half,
        "The threshold rises. What happens to sparsity?",
        ("It falls", "It stays", "It rises"),
        2,
        "More weights lie below a higher line, so more become zero.",
    ),
    Station(
        "One shot",
        _one_shot,
        _try_much,
        "What is wrong with taking so much at once?",
        (
            "Files grow",
            "The rest has no chance to adapt",
            "Nothing is",
        ),
        1,
        "The network was trained with all its weights, and is not trained any more.",
    ),
    Station(
        "The schedule",
        _schedule,
        _show_plan,
        "When does a polynomial schedule take most?",
        ("Early", "At the end", "Evenly"),
        0,
        "Early, while there is most that is not needed; late zeros hurt more.",
    ),
    Station(
        "Fine-tuning",
        _fine_tuning,
        _show_run,
        "Do masked weights come back while the rest trains?",
        ("Yes, they are trained too", "No, the mask holds them at zero"),
        1,
        "The mask is applied after each step: zero stays zero until masks change.",
        ("Run it now", "run"),
    ),
    Station(
        "Compression",
        _compression,
        _try_plan,
        "Why does the raw size not change?",
        (
            "Zeros are stored like any number",
            "Zeros are left out of the file",
        ),
        0,
        "The file keeps the shape; it takes a compressor to use the zeros.",
    ),
    Station(
        "Structured or not",
        _structure,
        _show_structure,
        "Which makes a model faster on any hardware?",
        ("Single zeros", "Whole units taken out", "Neither"),
        1,
        "Smaller matrices are less work everywhere; single zeros need special kernels.",
    ),
    Station(
        "Now your model",
        _now_yours,
        _show_all,
        "Where do you see what a threshold would do before anything is changed?",
        ("In the histogram, by dragging it", "Only after a run"),
        0,
        "What if costs nothing: no file and no weight is touched.",
        ("Open a model…", "open"),
    ),
)
