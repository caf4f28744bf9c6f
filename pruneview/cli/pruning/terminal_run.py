"""A pruning run shown in the terminal, from the first import to the results."""

import sys
import time
from contextlib import nullcontext, redirect_stdout

from pruneview.cli.complaints import complain, in_words
from pruneview.cli.consoles import consoles
from pruneview.cli.exit_codes import DONE, FAILED, STOPPED
from pruneview.cli.pruning.interrupts import stop_on_interrupt
from pruneview.cli.pruning.results import print_results
from pruneview.cli.pruning.run_display import RunDisplay, run_display
from pruneview.cli.pruning.run_thread import RunThread
from pruneview.cli.pruning.task import Request
from pruneview.cli.reporting.report_table import print_report
from pruneview.cli.shrinking.results import print_shrunk
from pruneview.json_lines import JsonLines
from pruneview.pruning.events import (
    EngineReady,
    Event,
    MaskUpdated,
    RunEnded,
    RunStarted,
)
from pruneview.pruning.session import RunControl
from pruneview.pruning.structured.shrinking.events import ShrinkEnded
from pruneview.trace import Trace
from pruneview.workers.mailbox import EventQueue

_REFRESH_SECONDS = 0.05


def run_in_terminal(request: Request, lines: JsonLines | None, trace: Trace) -> int:
    """Carry out a run, show it, and return the exit code.

    Parameters
    ----------
    request
        What to do; its paths have been checked.
    lines
        Where every event goes as one JSON object, with the ``time`` it happened in
        seconds since 1970; None for nowhere.
    trace
        Gets the marks ``engine_ready``, ``run_started``, ``mask_updated`` and
        ``run_ended``.
    """
    out_is_taken = lines is not None and str(lines.path) == "-"
    streams = consoles(out_is_taken=out_is_taken)
    control = RunControl()
    queue: EventQueue[Event] = EventQueue()
    recorder = _Recorder(lines, control)

    def emit(event: Event) -> None:
        recorder.record(event)
        _mark(trace, event)
        queue.put(event)

    run = RunThread(request, emit, control)
    with (
        # Keras prints while it downloads, and would break a stream of JSON.
        redirect_stdout(sys.stderr) if out_is_taken else nullcontext(),
        run_display(streams) as display,
        stop_on_interrupt(control.stop),
    ):
        run.start()
        announced = False
        while not run.wait(_REFRESH_SECONDS):
            _show_all(queue, display)
            asked = control.stop_requested and not request.only_checkpoint
            if asked and not announced:
                display.say("Stopping. Press Ctrl-C again to end at once.")
                announced = True
        _show_all(queue, display)
    if isinstance(run.ended, RunEnded):
        print_results(run.ended, streams.out)
    for shrunk in recorder.shrunk:
        print_shrunk(shrunk, streams.out)
    if run.report is not None:
        print_report(run.report, streams.out)
    if recorder.problem is not None:
        return complain(recorder.problem, FAILED)
    if run.failure is not None:
        return complain(run.failure.sentence, run.failure_code)
    streams.err.print(_outcome(run, request))
    if request.only_checkpoint and run.saved:
        return DONE
    stopped = run.ended is None or run.ended.stopped
    return STOPPED if stopped else DONE


def _show_all(queue: EventQueue[Event], display: RunDisplay) -> None:
    for event in queue.drain():
        display.show(event)


def _outcome(run: RunThread, request: Request) -> str:
    if run.ended is None:
        return "Stopped before the run began; nothing was saved."
    if run.saved:
        return f"Saved to {request.output}."
    if request.output is None:
        return "The pruned model was not saved; --output OUT saves it."
    return "Stopped; nothing was saved (--save-stopped saves what was reached)."


class _Recorder:
    """Writes events as they happen; a run whose record is lost is stopped."""

    def __init__(self, lines: JsonLines | None, control: RunControl) -> None:
        self._lines = lines
        self._control = control
        self.problem: str | None = None
        #: What has become of a model's size; it is shown after the run.
        self.shrunk: list[ShrinkEnded] = []

    def record(self, event: Event) -> None:
        if isinstance(event, ShrinkEnded):
            self.shrunk.append(event)
        if self._lines is None or self.problem is not None:
            return
        fields = event.to_json()
        if isinstance(event, RunEnded):
            fields["sparsity"] = event.sparsity
        record = {"event": fields.pop("event"), "time": time.time(), **fields}
        try:
            self._lines.write(record)
        except OSError as error:
            self.problem = (
                f"The events could not be written, so the run was stopped:"
                f" {in_words(error)}"
            )
            self._control.stop()


def _mark(trace: Trace, event: Event) -> None:
    """Put the moments of a run into the trace, by the window's names."""
    if isinstance(event, EngineReady):
        trace.mark("engine_ready")
    elif isinstance(event, RunStarted):
        trace.mark("run_started")
    elif isinstance(event, MaskUpdated):
        trace.mark("mask_updated", step=event.step, sparsity=event.sparsity)
    elif isinstance(event, RunEnded):
        trace.mark("run_ended")
