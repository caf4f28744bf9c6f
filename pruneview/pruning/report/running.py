"""Rows that need a built model: files that Keras and TensorFlow Lite make, times."""

import os
from collections.abc import Sequence

from pruneview.pruning.fidelity.synthetic import describe_inputs
from pruneview.pruning.report import advice
from pruneview.pruning.report.candidates import TITLES, Candidate
from pruneview.pruning.report.lite import LiteKind
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import Figure, Row
from pruneview.sparsity.sizing.sizes import EXACT_LABEL, deflated_size

_HOW = {
    LiteKind.FLOAT: "weights as they are",
    LiteKind.DYNAMIC_RANGE: (
        "dynamic range: weights in 8 bits, where the converter finds it worth it"
    ),
    LiteKind.SPARSE: "the converter's experimental sparse encoding",
}


def running_rows(candidates: Sequence[Candidate]) -> list[Row]:
    """Return the rows of what was made of the candidates."""
    rows = _file_rows(candidates)
    for kind in LiteKind:
        rows += _lite_rows(candidates, kind)
    return rows + _time_rows(candidates)


def _file_rows(candidates: Sequence[Candidate]) -> list[Row]:
    files = [c.file for c in candidates]
    missing = _missing(candidates, [bool(file) for file in files], "file")
    how = "saved as .keras, without optimizer state"
    return [
        Row(
            "file",
            "File that Keras writes",
            "bytes",
            *_columns([_size(file) for file in files]),
            how=how,
            improve=advice.file(),
            missing=missing,
        ),
        Row(
            "file_deflated",
            "File that Keras writes, deflated",
            "bytes",
            *_columns([_deflated(file) for file in files]),
            how=f"the whole file, {EXACT_LABEL}",
            improve=advice.file_deflated(),
            missing=missing,
        ),
    ]


def _lite_rows(candidates: Sequence[Candidate], kind: LiteKind) -> list[Row]:
    improve = {
        LiteKind.FLOAT: advice.lite_float(),
        LiteKind.DYNAMIC_RANGE: advice.lite_dynamic(),
        LiteKind.SPARSE: advice.lite_sparse(),
    }
    files = [c.lite[kind].data if kind in c.lite else b"" for c in candidates]
    missing = _missing(candidates, [bool(file) for file in files], kind)
    return [
        Row(
            f"lite_{kind}",
            TITLES[kind],
            "bytes",
            *_columns([_size(file) for file in files]),
            how=_HOW[kind] + _error_words(candidates, kind),
            improve=improve[kind],
            missing=missing,
        ),
        Row(
            f"lite_{kind}_deflated",
            f"{TITLES[kind]}, deflated",
            "bytes",
            *_columns([_deflated(file) for file in files]),
            how=f"the whole .tflite file, {EXACT_LABEL}",
            improve=advice.lite_deflated(kind is LiteKind.DYNAMIC_RANGE),
            missing=missing,
        ),
    ]


def _time_rows(candidates: Sequence[Candidate]) -> list[Row]:
    share = candidates[-1].pointwise_share
    improve = {
        "keras": advice.latency_keras(),
        LiteKind.FLOAT: advice.latency_lite(share, sparse_file=False),
        LiteKind.DYNAMIC_RANGE: advice.latency_quantized(),
        LiteKind.SPARSE: advice.latency_lite(share, sparse_file=True),
    }
    rows = []
    for what in ("keras", *LiteKind):
        times = [c.times.get(what) for c in candidates]
        is_keras = what == "keras"
        rows.append(
            Row(
                "latency_keras" if is_keras else f"latency_lite_{what}",
                "Time, Keras" if is_keras else f"Time, {TITLES[LiteKind(what)]}",
                "seconds",
                *_columns(times),
                how="the compiled model in TensorFlow"
                if is_keras
                else _xnnpack_words(candidates, LiteKind(what)),
                improve=improve[what],
                missing=_missing(candidates, times, what, f"run {what}"),
            )
        )
    return rows


def _columns(
    values: Sequence[Figure | None],
) -> tuple[Figure | None, Figure | None]:
    return values[0], values[1] if len(values) > 1 else None


def _missing(
    candidates: Sequence[Candidate], there: Sequence[object], *problems: str
) -> tuple[str, ...]:
    """Return why figures are not there: one sentence a candidate."""
    sentences = []
    for candidate, has in zip(candidates, there, strict=True):
        told = (candidate.problems.get(problem) for problem in problems)
        why = candidate.why or next(filter(None, told), "")
        if not has and why:
            sentences.append(f"{candidate.name}: {why}")
    return tuple(sentences)


def _size(data: bytes) -> Figure | None:
    return Figure(len(data)) if data else None


def _deflated(data: bytes) -> Figure | None:
    return Figure(deflated_size(data, quick=False)) if data else None


def _error_words(candidates: Sequence[Candidate], kind: LiteKind) -> str:
    made = [c.lite[kind] for c in candidates if kind in c.lite]
    if any(lite.problem is None and lite.largest_error is None for lite in made):
        return "; its outputs are not those of the Keras model"
    errors = [m.largest_error for m in made if m.largest_error is not None]
    if not errors:
        return ""
    return f"; outputs within {max(errors):.2g} of Keras's largest"


def _xnnpack_words(candidates: Sequence[Candidate], kind: LiteKind) -> str:
    delegated = [c.with_xnnpack.get(kind) for c in candidates]
    known = [value for value in delegated if value is not None]
    if not known:
        return "TensorFlow Lite's interpreter"
    return "with XNNPACK" if all(known) else "XNNPACK took no part of the model"


def conditions_of(
    candidates: Sequence[Candidate], options: ReportOptions
) -> tuple[str, ...]:
    """Return sentences on how times were measured; none where nothing was."""
    built = next((c.built for c in candidates if c.built is not None), None)
    if built is None:
        return ()
    import tensorflow as tf

    processors = (
        len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else (os.cpu_count() or 1)
    )
    keras = tf.config.threading.get_intra_op_parallelism_threads() or processors
    return (
        f"Times are of one call with {options.batch} "
        f"{'sample' if options.batch == 1 else 'samples'}: median and quartiles of "
        f"{options.rounds} rounds after a warm-up, all models in turns, in an order "
        "shuffled every turn.",
        f"TensorFlow uses {keras} {'thread' if keras == 1 else 'threads'}, TensorFlow "
        f"Lite {options.threads}, of {processors} processors.",
        f"Inputs are {describe_inputs(built.inputs)}.",
    )
