"""What ``pruneview report`` prints for people."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pruneview.cli import wording
from pruneview.pruning.report.rows import CostReport, Figure, Row

_SECTIONS_BEFORE = ("sparse", "given", "file", "lite_float", "latency_keras")


def print_report(report: CostReport, console: Console) -> None:
    """Print the figures as a table, then how they were measured and what to change."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", overflow="fold")
    names = [report.dense_name, *([report.pruned_name] if report.pruned_name else [])]
    for name in names:
        heading = Text(wording.printable(name))
        table.add_column(heading, justify="right", overflow="fold")
    if report.pruned_name is not None:
        table.add_column("Pruned / dense", justify="right")
    _add_zeros(table, report)
    for row in report.rows:
        if row.key in _SECTIONS_BEFORE or row.key == "raw":
            table.add_section()
        table.add_row(*_cells(row, alone=report.pruned_name is None))
    console.print(table)
    _print_sentences(report, console)


def _add_zeros(table: Table, report: CostReport) -> None:
    zeros = [report.dense_zeros, *filter(None, [report.pruned_zeros])]
    cells = [f"{wording.share(z.sparsity)}" for z in zeros]
    table.add_row("Zeros in prunable weights", *cells, *([""] * (len(zeros) - 1)))


def _cells(row: Row, *, alone: bool) -> list[str]:
    if alone:
        return [row.title, _value(row, row.dense)]
    change = "" if row.ratio is None else wording.share(row.ratio)
    if row.within_spread:
        change = "no difference"
    return [row.title, _value(row, row.dense), _value(row, row.pruned), change]


def _value(row: Row, figure: Figure | None) -> str:
    if figure is None:
        return "not measured"
    if row.unit == "bytes":
        return f"{wording.count(round(figure.value))} B"
    return wording.duration(figure.value, figure.low, figure.high)


def _print_sentences(report: CostReport, console: Console) -> None:
    _print_heading("What each figure is, and what would make it better", console)
    for row in report.rows:
        _print_line(f"{row.title} ({row.how}): {row.improve}", console)
    if report.conditions:
        _print_heading("How times were measured", console)
    for sentence in report.conditions:
        _print_line(sentence, console)
    missing = dict.fromkeys(why for row in report.rows for why in row.missing)
    remarks = [*missing, *report.notes]
    if report.fidelity is not None:
        remarks.insert(0, report.fidelity.sentence())
    if remarks:
        _print_heading("To be noted", console)
    for sentence in remarks:
        _print_line(sentence, console)


def _print_heading(words: str, console: Console) -> None:
    console.print(Text(words, "bold"))


def _print_line(sentence: str, console: Console) -> None:
    console.print(Text(f"- {wording.printable(sentence)}"))
