"""The table at the end of a run: what it cost and what it brought."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pruneview.cli import wording
from pruneview.pruning.events import (
    Evaluation,
    RunEnded,
    WeightOutcome,
    WeightSparsity,
)

_ABBREVIATION = 4


def print_results(ended: RunEnded, console: Console) -> None:
    """Print the results of a run, finished or stopped."""
    how = "stopped at" if ended.stopped else "after"
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        title=f"Results, {how} step {wording.count(ended.step)}",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("", overflow="fold")
    for heading in ("Before", "After", "Change"):
        table.add_column(heading, justify="right", no_wrap=True)
    _add_quality(table, ended.baseline, ended.final)
    table.add_section()
    _add_sparsity(table, ended)
    table.add_section()
    _add_sizes(table, ended)
    console.print(table)
    for outcome in ended.outcomes:
        if outcome.cause:
            console.print(Text(_why(outcome)), soft_wrap=True)
    console.print(
        f"{wording.count(ended.step)} steps in {ended.seconds:.1f} s,"
        f" {ended.train_steps_per_second:.0f} training steps/s"
    )


def _add_quality(table: Table, before: Evaluation, after: Evaluation) -> None:
    on = f"on {wording.count(after.samples)} {after.data} samples"
    for was, now in zip(before.each(), after.each(), strict=True):
        if now.is_fraction:
            change = f"{(now.value - was.value) * 100:+.1f} points"
        else:
            change = f"{now.value - was.value:+.4g}"
        table.add_row(
            Text(f"{_title(now.metric)} {on}"),
            wording.metric(was),
            wording.metric(now),
            change,
        )
    if (before.value, after.value) != (before.loss, after.loss):
        change = f"{after.loss - before.loss:+.4g}"
        table.add_row(
            Text(f"Loss {on}"), f"{before.loss:.4g}", f"{after.loss:.4g}", change
        )


def _title(metric: str) -> str:
    name = metric.replace("_", " ")
    # mse and auc are abbreviations.
    return name.upper() if len(name) <= _ABBREVIATION else name.capitalize()


def _add_sparsity(table: Table, ended: RunEnded) -> None:
    before = {weight.path: weight for weight in ended.baseline_weights}
    total = _sparsity(ended.baseline_weights)
    table.add_row(
        Text(f"Sparsity of {_words(len(ended.weights))}"),
        wording.share(total),
        wording.share(ended.sparsity),
        f"{(ended.sparsity - total) * 100:+.1f} points",
    )
    for weight in ended.weights:
        was = before[weight.path].sparsity if weight.path in before else 0.0
        table.add_row(
            Text("  " + wording.printable(weight.path)),
            wording.share(was),
            wording.share(weight.sparsity),
            f"{(weight.sparsity - was) * 100:+.1f} points",
        )


def _add_sizes(table: Table, ended: RunEnded) -> None:
    raw = wording.size(ended.raw_bytes)
    table.add_row("Size, raw", raw, raw, "")
    before, after = ended.baseline_deflated_bytes, ended.deflated_bytes
    table.add_row(
        Text(f"Size, {ended.compressor}"),
        wording.size(before),
        wording.size(after),
        f"{(after - before) / before * 100:+.1f} %" if before else "",
    )


def _why(outcome: WeightOutcome) -> str:
    path = wording.printable(outcome.path)
    if outcome.target is None:
        return f"{path} was not pruned: {outcome.cause}."
    return (
        f"{path} has {wording.share(outcome.achieved)} zeros of"
        f" {wording.share(outcome.target)} asked for: {outcome.cause}."
    )


def _sparsity(weights: tuple[WeightSparsity, ...]) -> float:
    size = sum(weight.size for weight in weights)
    return sum(weight.zeros for weight in weights) / size if size else 0.0


def _words(number: int) -> str:
    return "the pruned weight" if number == 1 else f"{number} pruned weights"
