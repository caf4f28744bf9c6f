"""Shows a recorded run in the window: its curves, its log, what it came to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pruneview.gui import units
from pruneview.pruning.events import (
    Event,
    Failed,
    LogLine,
    MaskUpdated,
    StepDone,
)

if TYPE_CHECKING:
    from pruneview.gui.features.recordings.opened import OpenedRecording
    from pruneview.gui.program import Program


def show_recording(program: "Program", opened: "OpenedRecording") -> None:
    """Put a whole recording into the panels."""
    window, presenter = program.window, program.presenter
    started, ended, updates = opened.started, opened.ended, opened.updates
    if started is not None:
        presenter.begin_run(started)
        show_curves(program, opened.events)
    if updates and opened.model is not None:
        for weight in updates[-1].weights:
            window.layers.set_numbers(
                weight.path, zeros=weight.zeros, deflated=weight.deflated_bytes
            )
        window.layers.show_totals(updates[-1].compressor, len(updates[-1].weights))
    header = opened.recording.header
    window.log.write(f"From the recording {opened.path}:")
    versions = ", ".join(f"{name} {v}" for name, v in header.versions.items())
    window.log.write(f"Model {header.model}, data {header.data}, {versions}.")
    for event in opened.events:
        if isinstance(event, LogLine):
            window.log.write(event.text, event.level)
        elif isinstance(event, Failed):
            window.log.write(event.sentence, "error")
    window.log.write(opened.sentence)
    if ended is not None:
        window.results.show_results(ended)
        if opened.outcome == "finished":
            window.show_tab(window.results)


def show_curves(
    program: "Program", events: Sequence[Event], before: int | None = None
) -> None:
    """Add what was recorded to charts that have begun.

    Parameters
    ----------
    before
        The step from which on all is measured anew; None for all there is.
    """
    charts = program.window.charts
    shown = [
        event
        for event in events
        if isinstance(event, StepDone | MaskUpdated)
        and (before is None or event.step <= before)
    ]
    for event in shown[:-1]:
        # Drawn once, with the last: a curve may have thousands of points.
        for name, share in (
            ("target", event.target_sparsity),
            ("counted", event.sparsity),
        ):
            steps, values = charts.sparsity_chart.points(name)
            steps.append(event.step)
            values.append(share * 100)
    if shown:
        last = shown[-1]
        charts.add_sparsity(last.step, last.target_sparsity, last.sparsity)
    for update in shown:
        if isinstance(update, MaskUpdated):
            measured = update.evaluation
            charts.add_update(
                update.step,
                measured.value,
                f"on {units.count(measured.samples)} ({measured.data})",
                update.deflated_bytes,
            )
