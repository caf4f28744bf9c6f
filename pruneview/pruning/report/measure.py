"""The whole report: sizes first, then what needs a built model."""

from collections.abc import Callable, Sequence

from pruneview.pruning.backend import import_backend
from pruneview.pruning.errors import Cancelled, ModelError
from pruneview.pruning.events import Event, Preparing
from pruneview.pruning.fidelity.agreement import (
    Fidelity,
    class_outputs,
    measure_fidelity,
)
from pruneview.pruning.report.candidates import Candidate, make_all
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import CostReport
from pruneview.pruning.report.running import conditions_of, running_rows
from pruneview.pruning.report.stored import stored_rows
from pruneview.pruning.report.subject import Subject


def measure_report(
    dense: Subject,
    pruned: Subject | None,
    options: ReportOptions | None = None,
    *,
    emit: Callable[[Event], None] = lambda _event: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> CostReport:
    """Measure two models, or one, on the calling thread.

    Parameters
    ----------
    dense, pruned
        See `pruneview.pruning.report.subject`; ``pruned`` None for one model alone.
    emit
        Told with `Preparing` what is being measured.
    cancelled
        Asked between measurements.

    Raises
    ------
    Cancelled
        Where `cancelled` turned true.
    """
    options = options or ReportOptions()
    subjects = [dense] if pruned is None else [dense, pruned]

    def check() -> None:
        if cancelled():
            raise Cancelled

    emit(Preparing("Compressing the weights"))
    rows = stored_rows(dense, pruned, check)
    notes = _notes(dense, pruned)
    conditions: tuple[str, ...] = ()
    fidelity = None
    versions: dict[str, str] = {}
    if not options.sizes_only:
        emit(Preparing("Importing TensorFlow"))
        versions = import_backend(dense.path)
        candidates = []
        for subject in subjects:
            check()
            emit(Preparing(f"Building {subject.name}"))
            candidates.append(_candidate(subject))
        make_all(candidates, options, emit=emit, cancelled=cancelled)
        rows += running_rows(candidates)
        conditions = conditions_of(candidates, options)
        if pruned is not None:
            emit(Preparing("Comparing the outputs"))
            fidelity, problem = _fidelity(candidates, options.seed, cancelled)
            notes += problem
    return CostReport(
        dense.name,
        pruned.name if pruned else None,
        dense.zeros,
        pruned.zeros if pruned else None,
        tuple(rows),
        fidelity,
        conditions,
        notes,
        versions,
    )


def _candidate(subject: Subject) -> Candidate:
    try:
        built = subject.build()
        built.check()
    except ModelError as error:
        return Candidate(subject.name, None, str(error), subject.pointwise_share)
    return Candidate(subject.name, built, "", subject.pointwise_share)


def _fidelity(
    candidates: Sequence[Candidate], seed: int, cancelled: Callable[[], bool]
) -> tuple[Fidelity | None, tuple[str, ...]]:
    baseline, pruned = (candidate.built for candidate in candidates)
    if baseline is None or pruned is None:
        return None, ()
    try:
        fidelity = measure_fidelity(
            baseline,
            pruned,
            classifying=class_outputs(baseline),
            seed=seed,
            cancelled=cancelled,
        )
    except ModelError as error:
        return None, (str(error),)
    return fidelity, (fidelity.warning,) if fidelity.warning else ()


def _notes(dense: Subject, pruned: Subject | None) -> tuple[str, ...]:
    if pruned is None:
        return ()
    shapes = [sorted(a.shape for a in s.arrays) for s in (dense, pruned)]
    if shapes[0] == shapes[1]:
        return ()
    return (
        "The two models do not have the same weights in the same shapes: the figures "
        "are those of each, and they differ by more than zeros.",
    )
