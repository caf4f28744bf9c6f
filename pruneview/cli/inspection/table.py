"""What ``pruneview inspect`` prints for people."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pruneview.cli import wording
from pruneview.cli.inspection.measure import Figures, MeasuredLayer, figures
from pruneview.formats import ModelFile
from pruneview.sparsity.sizing.sizes import EXACT_LABEL

# A narrower terminal shows a layer's kind and first weight below its name.
_WIDE = 140


def print_inspection(
    model: ModelFile, layers: Sequence[MeasuredLayer], console: Console
) -> None:
    """Print the facts of a file, its layers as a table, and what is to be noted."""
    for name, words in _facts(model):
        line = Text.assemble((f"{name:<11}", "bold"), wording.printable(words))
        console.print(line, soft_wrap=True)
    console.print(_layer_table(layers, wide=console.width >= _WIDE))
    console.print(f"Deflated: {EXACT_LABEL}, one stream a weight.")
    for item in model.code:
        _print_remark(f"Code, not run: {item.layer_path}: {item.description}", console)
    for note in model.notes:
        _print_remark(f"Note: {note}", console)


def _print_remark(sentence: str, console: Console) -> None:
    console.print(Text(wording.printable(sentence)))


def _facts(model: ModelFile) -> list[tuple[str, str]]:
    abilities = model.abilities
    able = [
        words
        for holds, words in (
            (abilities.look, "look"),
            (abilities.prune, "prune"),
            (abilities.prune_and_train, f"prune and train ({abilities.engine})"),
        )
        if holds
    ]
    return [
        ("File", str(model.path)),
        ("Model", model.name),
        ("Format", model.format),
        ("Keras", model.keras_version or "version not stated"),
        ("Input", _shapes(model.input_shapes)),
        ("Output", _shapes(model.output_shapes)),
        ("Optimizer", _optimizer(model)),
        ("Can", f"{', '.join(able) or 'nothing'}. {abilities.reason}"),
    ]


def _shapes(shapes: Iterable[Iterable[int | None]] | None) -> str:
    if not shapes:
        return "not stated"
    return ", ".join(wording.shape(shape) for shape in shapes)


def _optimizer(model: ModelFile) -> str:
    if not model.optimizer_variable_count:
        return "no state"
    return (
        f"{wording.count(model.optimizer_variable_count)} variables,"
        f" {wording.size(model.optimizer_bytes)} (not in the totals)"
    )


def _layer_table(layers: Sequence[MeasuredLayer], *, wide: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_footer=True, padding=(0, 1, 0, 0))
    weights = [m for layer in layers for m in layer.weights]
    total = _cells(figures(weights))
    prunable = _cells(figures(m for m in weights if m.weight.prunable))
    table.add_column("Layer", "Total\nPrunable", overflow="fold")
    if wide:
        table.add_column("Kind")
        table.add_column("Weights", overflow="fold")
    headings = ("Parameters", "Zeros", "Sparsity", "Bytes", "Deflated")
    for heading, of_all, of_prunable in zip(headings, total, prunable, strict=True):
        table.add_column(
            heading, f"{of_all}\n{of_prunable}", justify="right", no_wrap=True
        )
    for measured in layers:
        cells = _cells(figures(measured.weights)) if measured.weights else ()
        table.add_row(*(_columns(measured) if wide else _lines(measured)), *cells)
    return table


def _columns(measured: MeasuredLayer) -> tuple[Text, ...]:
    layer = measured.layer
    return (
        Text("  " * layer.depth + wording.printable(layer.name)),
        Text(wording.printable(layer.kind)),
        Text(", ".join(_weights(measured))),
    )


def _lines(measured: MeasuredLayer) -> tuple[Text, ...]:
    layer, weights = measured.layer, _weights(measured)
    below = " ".join([wording.printable(layer.kind), *weights[:1]])
    if len(weights) > 1:
        below += f" +{len(weights) - 1}"
    indent = "  " * layer.depth
    name = f"{indent}{wording.printable(layer.name)}\n"
    return (Text.assemble(name, (f"{indent}  {below}", "dim")),)


def _weights(measured: MeasuredLayer) -> list[str]:
    return [
        f"{wording.printable(m.weight.name)} {wording.shape(m.weight.shape)}"
        + (" (unreadable)" if m.error else "")
        for m in measured.weights
    ]


def _cells(sums: Figures) -> tuple[str, ...]:
    return (
        wording.count(sums.parameters),
        wording.count(sums.zeros),
        wording.share(sums.sparsity),
        wording.size(sums.bytes),
        wording.size(sums.deflated_bytes),
    )
