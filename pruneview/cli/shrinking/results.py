"""The tables at the end of a shrink: the model before and after, layer by layer."""

from collections.abc import Callable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pruneview.cli import wording
from pruneview.pruning.structured.measuring.figures import LayerFigures, ModelFigures
from pruneview.pruning.structured.shrinking.events import ShrinkEnded

_WORDS = {
    "one-shot": "at once",
    "gradual": "gradually",
    "repeat": "in rounds",
}
_NONE = "–"
_SHOWN = 12  # layers that are told apart where many have the same reason


def print_shrunk(ended: ShrinkEnded, console: Console) -> None:
    """Print what became of the model, finished or stopped."""
    console.print(_summary(ended))
    console.print(_layers(ended))
    removed = sum(group.size - group.kept for group in ended.groups)
    units = sum(group.size for group in ended.groups)
    sentences = [
        f"{wording.count(removed)} of {wording.count(units)} units were removed, from"
        f" {sum(g.kept < g.size for g in ended.groups)} groups.",
        _difference(ended),
        *ended.notes,
        *_excluded(ended),
        *ended.conditions,
    ]
    for sentence in sentences:
        console.print(Text(wording.printable(sentence)), soft_wrap=True)
    if ended.steps:
        console.print(
            f"{wording.count(ended.steps)} steps of fine-tuning in"
            f" {ended.seconds:.1f} s"
        )


def _summary(ended: ShrinkEnded) -> Table:
    stopped = ", stopped" if ended.stopped else ""
    rounds = f" ({ended.rounds})" if ended.method == "repeat" else ""
    table = _table(f"Shrunk {_WORDS[ended.method]}{rounds}{stopped}")
    before, after, single = ended.before, ended.after, ended.unstructured
    table.add_column("", overflow="fold")
    headings = ["Before", "After", "Change"]
    if single is not None:
        headings.append("Single weights")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)

    def row(
        title: str,
        value: Callable[[ModelFigures], int],
        words: Callable[[int], str],
    ) -> None:
        one, other = value(before), value(after)
        cells = [words(one), words(other), _change(one, other)]
        if single is not None:
            cells.append(words(value(single)))
        table.add_row(Text(title), *cells)

    _add_quality(table, ended)
    row("Parameters", lambda f: f.parameters, wording.count)
    if single is not None:
        row("  not zero", lambda f: f.nonzero, wording.count)
    row("MACs for one sample", lambda f: f.macs, wording.count)
    row("Size, raw", lambda f: f.raw_bytes, wording.size)
    row(f"Size, {after.compressor}", lambda f: f.deflated_bytes, wording.size)
    row("Activation memory for one sample", lambda f: f.peak_bytes, wording.size)
    _add_times(table, ended)
    return table


def _add_quality(table: Table, ended: ShrinkEnded) -> None:
    one, other = ended.before.evaluation, ended.after.evaluation
    if one is None or other is None:
        return
    name = other.metric.replace("_", " ").capitalize()
    if other.is_fraction:
        change = f"{(other.value - one.value) * 100:+.1f} points"
    else:
        change = f"{other.value - one.value:+.4g}"
    cells = [wording.metric(one), wording.metric(other), change]
    if ended.unstructured is not None:
        third = ended.unstructured.evaluation
        cells.append(_NONE if third is None else wording.metric(third))
    on = f"on {wording.count(other.samples)} {other.data} samples"
    table.add_row(Text(f"{name} {on}"), *cells)
    table.add_section()


def _add_times(table: Table, ended: ShrinkEnded) -> None:
    for after in ended.after.latency:
        times = [
            f.latency_at(after.batch)
            for f in (ended.before, ended.after, ended.unstructured)
            if f is not None
        ]
        words = [
            _NONE if t is None else wording.duration(t.median, t.low, t.high)
            for t in times
        ]
        before = times[0]
        change = "" if before is None else _change(before.median, after.median)
        samples = "sample" if after.batch == 1 else "samples"
        title = f"Time of a call with {after.batch} {samples}"
        table.add_row(title, words[0], words[1], change, *words[2:])


def _layers(ended: ShrinkEnded) -> Table:
    table = _table("Layer by layer")
    table.add_column("", overflow="fold")
    for heading in ("Parameters", "", "MACs", "", "Raw", "", "Live memory", ""):
        table.add_column(heading, justify="right", no_wrap=True)
    after = {layer.path: layer for layer in ended.after.layers}
    for layer in ended.before.layers:
        if layer.parameters or layer.macs:
            small = after.get(layer.path, layer)
            table.add_row(
                Text(wording.printable(layer.path)),
                *_pair(layer, small, lambda x: x.parameters, wording.count),
                *_pair(layer, small, lambda x: x.macs, wording.count),
                *_pair(layer, small, lambda x: x.raw_bytes, wording.size),
                *_pair(layer, small, lambda x: x.live_bytes, wording.size),
            )
    return table


def _pair(
    before: LayerFigures,
    after: LayerFigures,
    value: Callable[[LayerFigures], int],
    words: Callable[[int], str],
) -> tuple[str, str]:
    return words(value(before)), f"→ {words(value(after))}"


def _difference(ended: ShrinkEnded) -> str:
    found = ended.difference
    return (
        f"Outputs of the small model differ from the masked model's by"
        f" {found.largest_absolute:.2g} at most, {found.largest_relative:.1e} of the"
        f" largest output, on {found.samples} samples: {found.inputs}."
    )


def _excluded(ended: ShrinkEnded) -> list[str]:
    by_reason: dict[str, list[str]] = {}
    for layer in ended.excluded:
        by_reason.setdefault(layer.reason, []).append(layer.path)
    sentences = []
    for reason, paths in by_reason.items():
        more = len(paths) - _SHOWN
        named = ", ".join(paths[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        sentences.append(f"Nothing was removed from {named}: {reason}.")
    if ended.before.uncounted:
        named = ", ".join(ended.before.uncounted)
        sentences.append(f"MACs of {named} are not known, and are not counted.")
    return sentences


def _change(before: float, after: float) -> str:
    return f"{(after - before) / before * 100:+.1f} %" if before else ""


def _table(title: str) -> Table:
    return Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        title=title,
        title_justify="left",
        title_style="bold",
    )
