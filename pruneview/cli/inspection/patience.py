"""Progress that shows itself only when there is something to wait for."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

_PATIENCE = 1.0
_SECONDS_BETWEEN_LINES = 5.0


class PatientProgress:
    """A progress bar after the first second; plain lines where there is no terminal.

    Parameters
    ----------
    console
        Where to draw.
    what
        What is being done, for example ``Measuring weights``.
    total
        The sum of what `advance` will be called with.
    """

    def __init__(self, console: Console, what: str, total: int) -> None:
        self._console = console
        self._what = what
        self._total = total
        self._done = 0
        self._next = time.monotonic() + _PATIENCE
        self._progress: Progress | None = None

    def advance(self, amount: int) -> None:
        """Take note that `amount` more is done."""
        self._done += amount
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], completed=self._done)
        elif time.monotonic() >= self._next and self._done < self._total:
            self._show()

    def _show(self) -> None:
        if self._console.is_terminal:
            self._progress = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TaskProgressColumn(),
                console=self._console,
                transient=True,
            )
            self._progress.add_task(self._what, total=self._total, completed=self._done)
            self._progress.start()
        else:
            done = self._done / self._total
            self._console.print(f"{self._what}: {done:.0%}")
            self._next = time.monotonic() + _SECONDS_BETWEEN_LINES

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
