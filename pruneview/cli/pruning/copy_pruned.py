"""``pruneview prune`` without data: zeros written into a copy of the file."""

from argparse import Namespace
from pathlib import Path

from rich import box
from rich.table import Table
from rich.text import Text

from pruneview.cli import wording
from pruneview.cli.complaints import complain, in_words
from pruneview.cli.consoles import consoles
from pruneview.cli.exit_codes import DONE
from pruneview.cli.inspection.patience import PatientProgress
from pruneview.cli.pruning.destination import same_file
from pruneview.formats import FormatError
from pruneview.json_lines import JsonLines
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.without_training import PrunedFile, prune_file

_PARTS = 1000


def copy_pruned(options: Namespace, plan: PruningPlan) -> int:
    """``pruneview prune FILE --final-sparsity S --output OUT``."""
    for name in ("allow_code", "custom_objects", "record", "report"):
        if getattr(options, name, None):
            words = name.replace("_", "-")
            return complain(f"--{words} is of a run with training: give --data too.")
    problem = _events_problem(options)
    if problem is not None:
        return complain(f"--events: {problem}")
    out = consoles(out_is_taken=options.events == Path("-"))
    try:
        with PatientProgress(out.err, "Pruning weights", _PARTS) as progress:
            done = 0

            def report(share: float) -> None:
                nonlocal done
                now = round(share * _PARTS)
                progress.advance(now - done)
                done = now

            pruned = prune_file(
                options.file,
                options.output,
                plan.final_sparsity,
                layers=plan.layers,
                overwrite=options.overwrite,
                report=report,
            )
    except FormatError as error:
        return complain(str(error))
    if options.events is not None:
        try:
            with JsonLines(options.events, "event") as lines:
                lines.write(pruned.to_json())
        except (OSError, ValueError) as error:
            return complain(f"--events: {in_words(error)}")
    out.out.print(_table(pruned))
    out.out.print(
        f"Saved {wording.printable(pruned.path)}. Nothing was trained: how much"
        " accuracy is left, only data can tell (--data)."
    )
    return DONE


def _events_problem(options: Namespace) -> str | None:
    """Return why the events cannot be written, found out before the work."""
    events: Path | None = options.events
    if events is None or events == Path("-"):
        return None
    if any(same_file(events, path) for path in (options.output, options.file)):
        return f"{events} is used for something else; name another file."
    try:
        JsonLines(events, "event").close()
    except (OSError, ValueError) as error:
        return in_words(error)
    return None


def _table(pruned: PrunedFile) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        title="Pruned by magnitude, without training",
        title_justify="left",
        title_style="bold",
    )
    table.add_column("", overflow="fold")
    for heading in ("Before", "After"):
        table.add_column(heading, justify="right", no_wrap=True)
    size = sum(weight.size for weight in pruned.baseline_weights)
    zeros = sum(weight.zeros for weight in pruned.baseline_weights)
    table.add_row(
        f"Sparsity of {len(pruned.weights)} pruned"
        f" {'weight' if len(pruned.weights) == 1 else 'weights'}",
        wording.share(zeros / size if size else 0.0),
        wording.share(pruned.sparsity),
    )
    for before, after in zip(pruned.baseline_weights, pruned.weights, strict=True):
        table.add_row(
            Text("  " + wording.printable(after.path)),
            wording.share(before.sparsity),
            wording.share(after.sparsity),
        )
    table.add_section()
    table.add_row(
        f"Size of these weights, {pruned.compressor}",
        wording.size(sum(w.deflated_bytes or 0 for w in pruned.baseline_weights)),
        wording.size(sum(w.deflated_bytes or 0 for w in pruned.weights)),
    )
    table.add_row(
        "File on disk",
        wording.size(pruned.baseline_file_bytes),
        wording.size(pruned.file_bytes),
    )
    return table
