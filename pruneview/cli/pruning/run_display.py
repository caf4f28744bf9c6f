"""A run as it goes, in the terminal: a bar with log lines above it, or plain lines."""

import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from pruneview.cli import wording
from pruneview.cli.consoles import Consoles
from pruneview.pruning.events import (
    EngineReady,
    Event,
    LogLine,
    MaskUpdated,
    Preparing,
    RunStarted,
    StepDone,
)

_STYLES = {"warning": "yellow", "error": "red"}
_SECONDS_OF_SILENCE = 10.0


class RunDisplay(Protocol):
    """Shows events; used as a context manager."""

    def show(self, event: Event) -> None:
        """Show what has happened."""

    def say(self, sentence: str) -> None:
        """Show a sentence that is no event."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


def run_display(streams: Consoles) -> RunDisplay:
    """Return the display that suits the terminal, or the lack of one."""
    if streams.err.is_terminal:
        return BarDisplay(streams)
    return PlainDisplay(streams)


class BarDisplay:
    """A progress bar on standard error; log lines pass above it."""

    def __init__(self, streams: Consoles) -> None:
        self._log = streams.log
        self._err = streams.err
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.fields[figures]}", markup=False),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=streams.err,
            transient=True,
        )
        self._task = self._progress.add_task("Starting", total=None, figures="")
        self._steps = 0

    def show(self, event: Event) -> None:
        """Draw the event into the bar, or print it above."""
        progress, task = self._progress, self._task
        if isinstance(event, Preparing):
            if self._steps:  # after the run: measuring, saving
                progress.update(task, description=event.stage)
                return
            total = None if event.fraction is None else 1.0
            progress.update(
                task, description=event.stage, total=total, completed=event.fraction
            )
        elif isinstance(event, RunStarted):
            self._steps = event.steps
            progress.reset(task, total=event.steps, description="Pruning")
        elif isinstance(event, StepDone):
            figures = (
                f"{event.step}/{self._steps}  sparsity {wording.share(event.sparsity)}"
                f"  {event.steps_per_second:.0f} steps/s"
            )
            progress.update(task, completed=event.step, figures=figures)
        elif isinstance(event, LogLine):
            print_log_line(self._log, event)

    def say(self, sentence: str) -> None:
        """Print `sentence` above the bar."""
        self._err.print(sentence)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()


class PlainDisplay:
    """Lines only: log lines as they come, and a sign of life in long silences."""

    def __init__(self, streams: Consoles) -> None:
        self._log = streams.log
        self._err = streams.err
        self._stage = ""
        self._steps = 0
        self._last_line = time.monotonic()

    def show(self, event: Event) -> None:
        """Print the event where it deserves a line."""
        if isinstance(event, Preparing) and event.stage != self._stage:
            self._stage = event.stage
            self.say(event.stage)
        elif isinstance(event, EngineReady):
            self.say(f"Ready after {event.seconds:.1f} s")
        elif isinstance(event, RunStarted):
            self._steps = event.steps
        elif isinstance(event, LogLine):
            print_log_line(self._log, event)
        if isinstance(event, LogLine | MaskUpdated | RunStarted):
            self._last_line = time.monotonic()
        elif isinstance(event, StepDone) and self._is_silent():
            self.say(f"Step {event.step} of {self._steps}")

    def say(self, sentence: str) -> None:
        """Print `sentence`."""
        self._err.print(sentence)
        self._last_line = time.monotonic()

    def _is_silent(self) -> bool:
        return time.monotonic() - self._last_line > _SECONDS_OF_SILENCE

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


def print_log_line(console: Console, line: LogLine) -> None:
    """Print a log line, coloured by its level."""
    prefix = "" if line.level == "info" else f"{line.level.capitalize()}: "
    text = Text(prefix + wording.printable(line.text), _STYLES.get(line.level, ""))
    console.print(text, soft_wrap=True)
