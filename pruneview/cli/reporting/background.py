"""Long work on a thread of its own, shown in the terminal, ended by Ctrl-C."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from pruneview.cli.consoles import Consoles
from pruneview.cli.pruning.interrupts import stop_on_interrupt
from pruneview.cli.pruning.run_display import run_display
from pruneview.pruning.errors import Cancelled
from pruneview.pruning.events import Event
from pruneview.workers.mailbox import EventQueue

Result = TypeVar("Result")
Emit = Callable[[Event], None]
IsCancelled = Callable[[], bool]

_REFRESH_SECONDS = 0.05


def in_background(
    work: Callable[[Emit, IsCancelled], Result], streams: Consoles
) -> Result:
    """Do `work`, show the events it emits, and return its result.

    Raises
    ------
    Cancelled
        Ctrl-C was pressed; a second one ends the process at once.
    Exception
        What `work` raised.
    """
    queue: EventQueue[Event] = EventQueue()
    stop = threading.Event()
    task = _Task(lambda: work(queue.put, stop.is_set))
    with run_display(streams) as display, stop_on_interrupt(stop.set):
        task.start()
        announced = False
        while task.is_alive():
            task.join(_REFRESH_SECONDS)
            for event in queue.drain():
                display.show(event)
            if stop.is_set() and not announced:
                display.say("Stopping. Press Ctrl-C again to end at once.")
                announced = True
    return task.result()


class _Task(threading.Thread, Generic[Result]):
    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(name="measuring")
        self._work = work
        self._outcome: list[Result] = []
        self._error: BaseException | None = None

    def run(self) -> None:
        try:
            self._outcome.append(self._work())
        except (Exception, Cancelled) as error:  # noqa: BLE001 - raised by result
            self._error = error

    def result(self) -> Result:
        if self._error is not None:
            raise self._error
        return self._outcome[0]
