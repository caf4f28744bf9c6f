"""What is said at each station, with numbers of the open model."""

import numpy as np

from pruneview.gui import units
from pruneview.gui.features.tour.facts import Facts
from pruneview.pruning.events import RunEnded

#: Values of a weight up to which its units are looked at one by one.
_LOOKED_AT = 1 << 22


def all_active(facts: Facts, _result: RunEnded | None) -> str:
    active = facts.size - facts.zeros
    return (
        f"{facts.name} has {units.count(facts.parameters)} parameters; "
        f"{units.count(facts.size)} of them are weights that can be pruned, and "
        f"{units.count(active)} of these are active: not zero. The heatmap shows those "
        f"of {facts.weight.path}, {units.shape(facts.weight.shape)}, one by one."
    )


def magnitude(facts: Facts, _result: RunEnded | None) -> str:
    half, most = facts.threshold_of_weight(0.5), facts.threshold_of_weight(0.99)
    return (
        f"How strong a connection is shows in its distance from zero, whatever its "
        f"sign. In {facts.weight.path} half of the weights are weaker than "
        f"{units.value(half)}, and only one in a hundred is stronger than "
        f"{units.value(most)}: most do little."
    )


def threshold(facts: Facts, _result: RunEnded | None) -> str:
    at = facts.threshold_of_weight(0.5)
    return (
        f"Draw a line at {units.value(at)}, and {units.percent(facts.below(at))} of "
        "this weight lie below it: they would become zero, and are marked on the "
        "heatmap. "
        "Drag the line in the histogram to see more or fewer of them go."
    )


def one_shot(facts: Facts, _result: RunEnded | None) -> str:
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


def schedule(facts: Facts, _result: RunEnded | None) -> str:
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


def fine_tuning(facts: Facts, result: RunEnded | None) -> str:
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


def compression(facts: Facts, result: RunEnded | None) -> str:
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


def structure(facts: Facts, _result: RunEnded | None) -> str:
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


def now_yours(facts: Facts, _result: RunEnded | None) -> str:
    return (
        f"That was {facts.name}, with its own numbers. Open a model of yours, drag the "
        "threshold, then let a schedule do it with your data. Every key is in F1, "
        "everything else is found with Ctrl+K."
    )
