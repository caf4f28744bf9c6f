"""Two models, and all that is made of them to be measured."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from numpy.typing import NDArray

from pruneview.pruning.errors import Cancelled
from pruneview.pruning.events import Event, Preparing
from pruneview.pruning.fidelity.synthetic import synthetic_inputs
from pruneview.pruning.report.built import BuiltModel
from pruneview.pruning.report.latency import measure_latency
from pruneview.pruning.report.lite import (
    LiteError,
    LiteFile,
    LiteKind,
    LiteRunner,
    convert,
)
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import Figure

TITLES = {
    LiteKind.FLOAT: "TensorFlow Lite",
    LiteKind.DYNAMIC_RANGE: "TensorFlow Lite, quantized",
    LiteKind.SPARSE: "TensorFlow Lite, sparse",
}

Contestant = tuple[int, str]


@dataclass(eq=False)
class Candidate:
    """One model with all that was made of it.

    Attributes
    ----------
    built, why
        None where no Keras builds it, and the sentence that says why.
    inputs
        What it is timed on.
    file
        What Keras writes of it.
    lite
        What TensorFlow Lite's converter made.
    problems
        Sentences by ``file``, a `LiteKind`, or ``run`` and a `LiteKind`.
    with_xnnpack
        Whether XNNPACK took over a part; None where TensorFlow does not tell.
    times
        Seconds a call, by ``keras`` or a `LiteKind`.
    """

    name: str
    built: BuiltModel | None
    why: str
    pointwise_share: float
    inputs: list[NDArray] = field(default_factory=list)
    file: bytes = b""
    lite: dict[LiteKind, LiteFile] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)
    with_xnnpack: dict[LiteKind, bool | None] = field(default_factory=dict)
    times: dict[str, Figure] = field(default_factory=dict)


def make_all(
    candidates: Sequence[Candidate],
    options: ReportOptions,
    *,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool],
) -> None:
    """Save, convert and time every candidate that was built.

    Raises
    ------
    Cancelled
    """
    for candidate in candidates:
        if candidate.built is not None:
            _make_files(candidate, candidate.built, options, emit, cancelled)
    _measure_times(candidates, options, emit, cancelled)


def _make_files(
    candidate: Candidate,
    built: BuiltModel,
    options: ReportOptions,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool],
) -> None:
    emit(Preparing(f"Saving {candidate.name} with Keras"))
    with tempfile.TemporaryDirectory(prefix="pruneview-") as folder:
        path = Path(folder) / "model.keras"
        try:
            built.save(path)
            candidate.file = path.read_bytes()
        except Exception as error:  # noqa: BLE001 - Keras raises anything
            candidate.problems["file"] = f"Keras cannot save it ({error})."
    candidate.inputs = synthetic_inputs(built.inputs, options.batch, options.seed)
    for kind in LiteKind:
        if cancelled():
            raise Cancelled
        emit(Preparing(f"Converting {candidate.name} ({TITLES[kind]})"))
        try:
            lite = convert(built, kind, options.batch, candidate.inputs)
        except LiteError as error:
            candidate.problems[kind] = str(error)
            continue
        candidate.lite[kind] = lite
        if lite.problem is not None:
            candidate.problems[f"run {kind}"] = lite.problem


def _measure_times(
    candidates: Sequence[Candidate],
    options: ReportOptions,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool],
) -> None:
    contestants: dict[Contestant, Callable[[], object]] = {}
    for number, candidate in enumerate(candidates):
        if candidate.built is None:
            continue
        contestants[number, "keras"] = _keras_call(candidate, options.batch)
        for kind, lite in candidate.lite.items():
            if lite.problem is None:
                runner = LiteRunner(lite.data, options.threads)
                runner.set_inputs(candidate.inputs)
                candidate.with_xnnpack[kind] = runner.with_xnnpack
                contestants[number, kind] = runner.invoke
    if not contestants:
        return
    stage = "Measuring times"
    emit(Preparing(stage, 0.0))
    times = measure_latency(
        contestants,
        rounds=options.rounds,
        seed=options.seed,
        cancelled=cancelled,
        progress=lambda fraction: emit(Preparing(stage, fraction)),
    )
    for (number, what), figure in times.items():
        candidates[number].times[what] = figure


def _keras_call(candidate: Candidate, batch: int) -> Callable[[], object]:
    import tensorflow as tf

    assert candidate.built is not None
    function = candidate.built.function(batch)
    given = [tf.constant(values) for values in candidate.inputs]
    # To numpy: a result that is asked for has been computed.
    return lambda: [output.numpy() for output in function(*given)]
