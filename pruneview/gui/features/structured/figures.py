"""Before and after: the figures of two or three models as lines of a table."""

from collections.abc import Callable
from dataclasses import dataclass

from pruneview.gui import units
from pruneview.pruning.structured.measuring.figures import (
    Latency,
    LayerFigures,
    ModelFigures,
)
from pruneview.pruning.structured.shrinking.events import (
    OutputDifference,
    ShrinkEnded,
)

_BATCHES = (1, 32)


@dataclass(frozen=True)
class Line:
    """One line of the table.

    Attributes
    ----------
    cells
        What the models have, in the order of `models_of`.
    ratio
        Of the second to the first, in words.
    remark
        What it was measured on, or how.
    shares
        Share of the first model's that each model has; empty where there is none.
    """

    title: str
    cells: tuple[str, ...]
    ratio: str = ""
    remark: str = ""
    shares: tuple[float, ...] = ()


def models_of(ended: ShrinkEnded) -> tuple[tuple[str, ModelFigures], ...]:
    """Return the models that were measured, with a name for each."""
    found = (("Before", ended.before), ("After", ended.after))
    if ended.unstructured is None:
        return found
    return (*found, ("Unstructured", ended.unstructured))


def total_lines(ended: ShrinkEnded) -> list[Line]:
    """Return the lines about whole models."""
    models = [figures for _, figures in models_of(ended)]
    first = models[0]
    lines = [
        _counted("Parameters", models, lambda m: m.parameters),
        _counted("Parameters not zero", models, lambda m: m.nonzero),
        _counted("MACs", models, lambda m: m.macs, "multiplications for one sample"),
        _sized("Raw size", models, lambda m: m.raw_bytes),
        _sized("Compressed size", models, lambda m: m.deflated_bytes, first.compressor),
        _sized(
            "Peak activation memory",
            models,
            lambda m: m.peak_bytes,
            "tensors alive at once, for one sample",
        ),
    ]
    if all(m.evaluation is not None for m in models):
        lines.append(_metric(models))
    for batch in _BATCHES:
        times = [m.latency_at(batch) for m in models]
        known = [time for time in times if time is not None]
        if len(known) == len(models):
            lines.append(_latency(batch, known))
    if first.uncounted:
        names = ", ".join(first.uncounted[:3])
        lines.append(Line("Not counted in MACs", ("",) * len(models), remark=names))
    return lines


def _metric(models: list[ModelFigures]) -> Line:
    measured = [m.evaluation for m in models if m.evaluation is not None]
    first = measured[0]
    write = units.percent if first.is_fraction else units.value
    shares = tuple(m.value for m in measured) if first.is_fraction else ()
    return Line(
        first.metric.capitalize(),
        tuple(write(m.value) for m in measured),
        remark=f"on {units.count(first.samples)} {first.data} samples",
        shares=shares,
    )


def _latency(batch: int, times: list[Latency]) -> Line:
    def written(time: Latency) -> str:
        low, high = units.duration(time.low), units.duration(time.high)
        return f"{units.duration(time.median)} ({low} to {high})"

    return Line(
        f"Latency, batch {batch}",
        tuple(written(time) for time in times),
        _ratio(times[1].median, times[0].median),
        "median and quartiles of one call",
        tuple(time.median / max(times[0].median, 1e-12) for time in times),
    )


def _counted(
    title: str,
    models: list[ModelFigures],
    number: Callable[[ModelFigures], int],
    remark: str = "",
) -> Line:
    return _line(title, [number(m) for m in models], units.count, remark)


def _sized(
    title: str,
    models: list[ModelFigures],
    number: Callable[[ModelFigures], int],
    remark: str = "",
) -> Line:
    return _line(title, [number(m) for m in models], units.size, remark)


def _line(
    title: str, numbers: list[int], write: Callable[[int], str], remark: str
) -> Line:
    return Line(
        title,
        tuple(write(number) for number in numbers),
        _ratio(numbers[1], numbers[0]),
        remark,
        tuple(number / numbers[0] for number in numbers) if numbers[0] else (),
    )


def _ratio(after: float, before: float) -> str:
    return f"{after / before:.2f}" if before else ""


LAYER_HEADS = (
    "Layer",
    "Parameters",
    "MACs",
    "Raw",
    "Compressed",
    "Output",
    "Alive while it runs",
)
_LAYER: tuple[tuple[str, Callable[[int], str]], ...] = (
    ("parameters", units.count),
    ("macs", units.count),
    ("raw_bytes", units.size),
    ("deflated_bytes", units.size),
    ("output_bytes", units.size),
    ("live_bytes", units.size),
)


def layer_lines(ended: ShrinkEnded) -> list[tuple[str, ...]]:
    """Return the cells of each layer, before and after with an arrow between."""
    after = {layer.path: layer for layer in ended.after.layers}
    lines = []
    for layer in ended.before.layers:
        small = after.get(layer.path)
        lines.append((layer.path, *(_change(layer, small, *one) for one in _LAYER)))
    return lines


def _change(
    before: LayerFigures,
    after: LayerFigures | None,
    field: str,
    write: Callable[[int], str],
) -> str:
    first = write(getattr(before, field))
    if after is None:
        return f"{first} → –"
    last = write(getattr(after, field))
    return first if first == last else f"{first} → {last}"


def difference_words(difference: OutputDifference) -> str:
    """Say how far the small model's outputs are from the masked one's."""
    return (
        f"Largest difference of outputs between the masked and the small model: "
        f"{units.value(difference.largest_relative)} relative, "
        f"{units.value(difference.largest_absolute)} absolute, on "
        f"{units.count(difference.samples)} {difference.inputs}."
    )
