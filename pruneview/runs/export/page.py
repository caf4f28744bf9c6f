"""A run as one page that needs nothing else: for a mail, an archive, a printer."""

import html
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from pruneview.pruning.events import WeightSparsity
from pruneview.pruning.report.rows import CostReport, Figure, Row
from pruneview.runs.export import words
from pruneview.runs.export.curves import (
    metric_curve,
    size_curve,
    sparsity_curve,
    target_points,
)
from pruneview.runs.export.heatmaps import heatmaps
from pruneview.runs.export.look import Look
from pruneview.runs.export.style import STYLE
from pruneview.runs.export.svg import chart
from pruneview.runs.export.writing import Progress, write_whole
from pruneview.runs.replay import Replay


@dataclass(frozen=True)
class PageExtras:
    """What is not in the recording.

    Attributes
    ----------
    costs
        Sizes and times, where they were measured.
    version
        Of this program.
    """

    costs: CostReport | None
    version: str


def write_page(
    replay: Replay,
    path: Path,
    look: Look,
    extras: PageExtras,
    progress: Progress | None = None,
) -> None:
    """Write the report of a run.

    Raises
    ------
    ExportError, ExportCancelled, RecordingError
    """
    progress = progress or Progress()
    text = "\n".join(_parts(replay, look, extras, progress))
    write_whole(path, lambda draft: _write(draft, text))


def _write(draft: Path, text: str) -> None:
    draft.write_text(text, encoding="utf-8")


def _parts(
    replay: Replay, look: Look, extras: PageExtras, progress: Progress
) -> Iterable[str]:
    header = replay.recording.header
    title = html.escape(f"{header.model.stem}: a pruning run")
    yield '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    yield f"<title>{title}</title><style>{STYLE}</style></head><body>"
    yield f"<h1>{title}</h1>"
    yield f"<p>{html.escape(_sentence(replay))}</p>"
    yield _summary(replay)
    yield "<h2>The run</h2>"
    yield _charts(replay, look)
    progress.at(0.1)
    yield "<h2>Layer by layer</h2>"
    yield _layers(replay)
    yield from heatmaps(replay, look, progress)
    if extras.costs is not None:
        yield _costs(extras.costs)
    yield "<h2>What it was made of</h2>"
    yield _facts(replay, extras)
    yield "</body></html>"


def _charts(replay: Replay, look: Look) -> str:
    """Return the curves that have a point; a sentence where none has."""
    sparsity, size = sparsity_curve(replay), size_curve(replay)
    drawn = "".join(
        chart(curve, replay.steps, look.sparsity, target)
        for curve, target in (
            (sparsity, target_points(replay)),
            (metric_curve(replay), None),
            (size, None),
        )
        if curve is not None and curve.points
    )
    none = "<p>No masks were computed: sizes and scores are those of the beginning.</p>"
    charts = f"<div class=charts>{drawn}</div>" if drawn else ""
    return charts if replay.updates else none + charts


def _sentence(replay: Replay) -> str:
    ended = replay.ended
    if replay.started is None:
        return "The recording ends before the first step: the run had only been begun."
    if ended is None:
        return (
            f"The recording ends at step {replay.last_step:,} of {replay.steps:,}: "
            "the run was interrupted, failed, or was still going on."
        )
    how = "was stopped" if ended.stopped else "finished"
    return (
        f"The run {how} at step {ended.step:,} of {replay.steps:,} after "
        f"{ended.seconds:.1f} s. {words.percent(ended.sparsity)} of the pruned weights "
        "are exactly zero, counted on the weights themselves."
    )


def _summary(replay: Replay) -> str:
    started, ended, last = replay.started, replay.ended, replay.at(replay.last_step)
    if started is None:
        return ""
    if ended is not None:
        rows = [
            (
                f"{ended.final.metric.capitalize()} on {ended.final.samples:,} "
                f"{ended.final.data} samples",
                words.score(ended.baseline),
                words.score(ended.final),
            ),
            (
                f"Size, {ended.compressor}",
                words.size(ended.baseline_deflated_bytes),
                words.size(ended.deflated_bytes),
            ),
        ]
    else:
        before = started.held_out_baseline or started.baseline
        rows = [
            (
                f"{before.metric.capitalize()} on {before.samples:,} "
                f"{before.data} samples",
                words.score(before),
                words.score(last.evaluation),
            ),
            (
                f"Size, {started.compressor}",
                words.size(started.deflated_bytes),
                words.size(last.deflated_bytes),
            ),
        ]
    before_zeros = sum(weight.zeros for weight in started.weights)
    size = sum(weight.size for weight in started.weights)
    zeros = before_zeros / size if size else 0.0
    rows.insert(
        0,
        (
            "Zeros in the pruned weights",
            words.percent(zeros),
            words.percent(last.sparsity if ended is None else ended.sparsity),
        ),
    )
    raw = words.size(started.raw_bytes)
    rows.append(("Size of all weights, raw", raw, raw))
    return _table(("", "before", "after"), rows)


def _layers(replay: Replay) -> str:
    started = replay.started
    before = {} if started is None else {w.path: w for w in started.weights}
    shapes = dict(replay.recording.header.pruned)
    rows = []
    for weight in replay.at(replay.last_step).weights:
        old = before.get(weight.path, WeightSparsity(weight.path, weight.size, 0))
        rows.append(
            (
                weight.path,
                " × ".join(map(str, shapes[weight.path])),
                f"{weight.size:,}",
                words.percent(old.sparsity),
                words.percent(weight.sparsity),
                f"{weight.threshold:.4g}",
                words.size(old.deflated_bytes),
                words.size(weight.deflated_bytes),
            )
        )
    heads = (
        "weight",
        "shape",
        "parameters",
        "zeros before",
        "zeros after",
        "threshold",
        "deflated before",
        "deflated after",
    )
    return _table(heads, rows)


def _costs(report: CostReport) -> str:
    names = [report.dense_name, report.pruned_name or ""]
    rows = [
        (row.title, _figure(row, row.dense), _figure(row, row.pruned), row.how)
        for row in report.rows
    ]
    sentences = "".join(f"<p>{html.escape(s)}</p>" for s in report.conditions)
    table = _table(("", *names, "how"), rows)
    return f"<h2>Sizes and times</h2>{table}{sentences}"


def _figure(row: Row, figure: Figure | None) -> str:
    if figure is None:
        return "–"
    if row.unit == "bytes":
        return words.size(int(figure.value))
    spread = ""
    if figure.low is not None and figure.high is not None:
        spread = f" ({figure.low * 1e3:.2f} to {figure.high * 1e3:.2f})"
    return f"{figure.value * 1e3:.2f} ms{spread}"


def _facts(replay: Replay, extras: PageExtras) -> str:
    header = replay.recording.header
    plan = [(name, str(value)) for name, value in asdict(header.plan).items()]
    made_of = [
        ("model", str(header.model)),
        ("model, SHA-256", header.model_sha256),
        ("data", str(header.data or "arrays of the program that ran it")),
        ("data, SHA-256", header.data_sha256),
        ("recording", replay.recording.path.name),
    ]
    if header.parent is not None:
        origin = f"step {header.parent.step:,} of {header.parent.recording.name}"
        made_of.append(("branched from", origin))
    versions = [*header.versions.items(), ("pruneview (this report)", extras.version)]
    machine = [
        ("machine of this report", platform.platform()),
        ("processor", platform.processor() or platform.machine()),
        ("cores", str(os.cpu_count() or "?")),
    ]
    heads = ("", "")
    return "".join(
        f"<h3>{name}</h3>{_table(heads, rows)}"
        for name, rows in (
            ("Plan", plan),
            ("Model and data", made_of),
            ("Versions", versions),
            ("Hardware", machine),
        )
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    head = "".join(f"<th>{html.escape(name)}</th>" for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    shown = f"<thead><tr>{head}</tr></thead>" if any(heads) else ""
    return f"<table>{shown}<tbody>{body}</tbody></table>"
