"""The report on a model in memory against the file it came from."""

from collections.abc import Callable

from pruneview.pruning.events import Event
from pruneview.pruning.keras3.building import OpenedModel
from pruneview.pruning.report.measure import measure_report
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import CostReport
from pruneview.pruning.report.subject import subject_in_memory, subject_of_file
from pruneview.pruning.training.control import RunControl


def report_on_opened(
    opened: OpenedModel,
    options: ReportOptions | None,
    emit: Callable[[Event], None],
    control: RunControl,
) -> CostReport:
    """Measure what a run has made of a model; see `measure_report`."""
    engine = opened.engine
    # Before the first run there is nothing that trains, and so no state of it.
    state = engine.state() if engine.pruned else {}
    pruned = subject_in_memory(
        f"{opened.path.name}, pruned",
        engine.model,
        arrays=engine.arrays(),
        prunable=[info.prunable for info in engine.weights],
        optimizer=[v for name, v in state.items() if name.startswith("optimizer/")],
        compile_config=opened.compile_config,
    )
    dense = subject_of_file(opened.path)
    return measure_report(
        dense,
        pruned,
        options,
        emit=emit,
        cancelled=lambda: control.stop_requested,
    )
