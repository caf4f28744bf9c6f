"""The curves of a run as numbers that a picture or a page can draw."""

import math
from dataclasses import dataclass

from pruneview.pruning.events import MaskUpdated, StepDone
from pruneview.runs.replay import Replay

_UNITS = (("kB", 1e3, 100_000), ("MB", 1e6, 1e9), ("GB", 1e9, math.inf))
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Curve:
    """One curve over the steps.

    Attributes
    ----------
    baseline
        The value before the run; None where there is none to compare with.
    low, high
        The ends of the axis of values.
    """

    title: str
    unit: str
    points: Points
    baseline: float | None
    low: float
    high: float


def sparsity_curve(replay: Replay) -> Curve:
    """Return the counted sparsity in per cent."""
    both = {event.step: event.sparsity for event in _reports(replay)}
    points = [(float(step), share * 100) for step, share in sorted(both.items())]
    return Curve("Sparsity", "%", points, None, 0.0, 100.0)


def target_points(replay: Replay) -> Points:
    """Return what the schedule asked for, in per cent."""
    both = {event.step: event.target_sparsity for event in _reports(replay)}
    return [(float(step), share * 100) for step, share in sorted(both.items())]


def metric_curve(replay: Replay) -> Curve | None:
    """Return the metric on held-out data; in per cent where it is a share."""
    started = replay.started
    before = None
    if started is not None:
        before = started.held_out_baseline or started.baseline
    measured = [(update.step, update.evaluation) for update in replay.updates]
    # A run whose loss is no number any more has a metric that is none.
    measured = [(step, score) for step, score in measured if math.isfinite(score.value)]
    if before is not None and not math.isfinite(before.value):
        before = None
    known = [score for _, score in measured] + ([before] if before else [])
    if not known:
        return None
    share = known[0].is_fraction
    factor = 100.0 if share else 1.0
    points = [(float(step), score.value * factor) for step, score in measured]
    baseline = before.value * factor if before else None
    values = [score.value * factor for score in known]
    low, high = min(values), max(values)
    span = max(high - low, abs(high) * 0.05, 1e-9)
    if share:
        low, high = min(90.0, low // 10 * 10), 100.0
    else:
        low, high = low - span * 0.2, high + span * 0.2
    title = known[0].metric.capitalize()
    return Curve(title, "%" if share else "", points, baseline, low, high)


def size_curve(replay: Replay) -> Curve:
    """Return the deflated size of all weights, in the unit that the largest wants."""
    started = replay.started
    before = started.deflated_bytes if started is not None else 0
    largest = max([before, *(update.deflated_bytes for update in replay.updates)])
    unit, factor = next(
        (unit, factor) for unit, factor, most in _UNITS if largest < most
    )
    points = [(float(u.step), u.deflated_bytes / factor) for u in replay.updates]
    baseline = before / factor if before else None
    return Curve(
        "Deflated size", unit, points, baseline, 0.0, max(1, largest) / factor * 1.08
    )


def _reports(replay: Replay) -> list[StepDone | MaskUpdated]:
    return [*replay.progress, *replay.updates]
