"""``pruneview prune --fidelity``: zeros at once, without data and without training."""

from argparse import Namespace
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pruneview.cli import wording
from pruneview.cli.complaints import complain
from pruneview.cli.consoles import consoles
from pruneview.cli.exit_codes import BAD_INPUT, DONE, STOPPED
from pruneview.cli.plan_options import option_name, plan_from
from pruneview.cli.pruning.destination import output_problem
from pruneview.cli.reporting.background import in_background
from pruneview.formats import FormatError
from pruneview.pruning.errors import Cancelled, ModelError
from pruneview.pruning.fidelity.one_shot import OneShot, prune_once
from pruneview.pruning.planning.plan import PlanError
from pruneview.trace import Trace

_HDF5 = (".h5", ".hdf5")


def prune_without_data(options: Namespace, trace: Trace) -> int:
    """Carry out the command and return its exit code."""
    try:
        plan = plan_from(options)
    except PlanError as error:
        for field, sentence in error.problems.items():
            complain(f"{option_name(field)}: {sentence}")
        return BAD_INPUT
    problem = _problem(options)
    if problem is not None:
        return complain(problem)
    streams = consoles()
    try:
        result = in_background(
            lambda emit, cancelled: prune_once(
                options.file,
                options.output,
                plan.final_sparsity,
                layers=plan.layers,
                overwrite=options.overwrite,
                seed=plan.seed,
                emit=emit,
                cancelled=cancelled,
            ),
            streams,
        )
    except (FormatError, ModelError) as error:
        return complain(str(error))
    except Cancelled:
        return STOPPED
    trace.mark("pruned")
    _print(result, streams.out)
    if options.output is not None:
        streams.err.print(f"Saved to {options.output}.")
    else:
        streams.err.print("The pruned model was not saved; --output OUT saves it.")
    return DONE


def _problem(options: Namespace) -> str | None:
    if options.data is not None:
        return (
            "--fidelity prunes without training and measures without data: leave out "
            "--data, or leave out --fidelity."
        )
    unused = [name for name in ("events", "record") if getattr(options, name, None)]
    if unused:
        return f"--{unused[0]} is of a run with training; leave it out."
    output: Path | None = options.output
    if output is None:
        return None
    if _container(output) != _container(options.file):
        return (
            f"--output: without training the copy keeps the format of the file, so "
            f"{output.name} must end in {options.file.suffix}."
        )
    problem = output_problem(output, [options.file], overwrite=options.overwrite)
    return None if problem is None else f"--output: {problem}"


def _container(path: Path) -> str:
    suffix = path.suffix.lower()
    return _HDF5[0] if suffix in _HDF5 else suffix


def _print(result: OneShot, console: Console) -> None:
    table = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        title="Pruned at once, without training",
        title_justify="left",
        title_style="bold",
        show_header=False,
    )
    table.add_column("")
    table.add_column("", justify="right")
    weights = "weight" if result.pruned == 1 else "weights"
    table.add_row(
        f"Zeros in {result.pruned} pruned {weights}", wording.share(result.sparsity)
    )
    table.add_row("Their size, raw", wording.size(result.raw_bytes))
    table.add_row(
        f"Their size, {result.compressor}, before",
        wording.size(result.baseline_deflated_bytes),
    )
    table.add_row(
        f"Their size, {result.compressor}, after", wording.size(result.deflated_bytes)
    )
    fidelity = result.fidelity
    if fidelity is not None:
        if fidelity.agreement is not None:
            table.add_row(
                "Fidelity: same class as the baseline",
                wording.share(fidelity.agreement),
            )
        error = fidelity.relative_error
        table.add_row(
            "Fidelity: relative error of the outputs",
            "not finite" if error is None else f"{error:.3g}",
        )
    console.print(table)
    sentences = [result.why_not]
    if fidelity is not None:
        sentences = [
            fidelity.sentence(),
            "It says how much the outputs have changed; it is not accuracy.",
            fidelity.warning or "",
        ]
    for sentence in filter(None, sentences):
        console.print(Text(wording.printable(sentence)))
