"""Threads that read files and compute what is shown, without a window's waiting.

Each request belongs to a channel ("open", "picture", ...). A newer request on a
channel makes the older ones stale: those not begun are skipped, those under way are
told through `Request.cancelled`, and their answers are dropped by `drain`.
"""

import itertools
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pruneview.workers.mailbox import EventQueue
from pruneview.workers.niceness import give_way


@dataclass(frozen=True)
class Answer:
    """What a request came to: a value, or an error with its traceback.

    `last` is False for partial answers given through `Request.report`.
    """

    channel: str
    generation: int
    value: Any = None
    error: Exception | None = None
    details: str = ""
    last: bool = True


class Request:
    """What a running job is given: whether it is still wanted, and where to report."""

    def __init__(self, pool: "ReaderPool", channel: str, generation: int) -> None:
        self._pool = pool
        self.channel = channel
        self.generation = generation

    @property
    def cancelled(self) -> bool:
        """Whether a newer request on the channel, or `close`, has made it stale."""
        return not self._pool.is_current(self.channel, self.generation)

    def report(self, value: Any) -> None:
        """Hand over a part of the answer before the whole is done."""
        answer = Answer(self.channel, self.generation, value, last=False)
        self._pool.put(answer)


class ReaderPool:
    """A few threads; one thread drains the answers."""

    def __init__(self, threads: int = 3) -> None:
        self._executor = ThreadPoolExecutor(threads, "reader", give_way)
        self._answers: EventQueue[Answer] = EventQueue()
        self._current: dict[str, int] = {}
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._under_way: set[tuple[str, int]] = set()

    def submit(self, channel: str, job: Callable[[Request], Any]) -> int:
        """Run `job` on a thread; returns its generation number."""
        with self._lock:
            generation = next(self._numbers)
            self._current[channel] = generation
            self._under_way.add((channel, generation))
        self._executor.submit(self._run, channel, generation, job)
        return generation

    def cancel(self, channel: str) -> None:
        """Make whatever is under way on a channel stale."""
        with self._lock:
            self._current[channel] = next(self._numbers)

    def is_current(self, channel: str, generation: int) -> bool:
        """Whether no newer request on the channel has been made."""
        return self._current.get(channel) == generation

    def is_busy(self, channel: str) -> bool:
        """Whether the channel's current request has not ended yet."""
        with self._lock:
            return (channel, self._current.get(channel, 0)) in self._under_way

    def put(self, answer: Answer) -> None:
        """Queue an answer; for `Request`."""
        self._answers.put(answer)

    def drain(self) -> list[Answer]:
        """Return the answers that came since, in order, without the stale ones.

        A file that was opened for a request which is stale by now is closed.
        """
        wanted = []
        for answer in self._answers.drain():
            if self.is_current(answer.channel, answer.generation):
                wanted.append(answer)
            else:
                _close_files(answer.value)
        return wanted

    def close(self) -> None:
        """Make everything stale and wait for the threads to end."""
        with self._lock:
            self._current.clear()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self.drain()

    def _run(
        self, channel: str, generation: int, job: Callable[[Request], Any]
    ) -> None:
        try:
            if not self.is_current(channel, generation):
                return
            try:
                value = job(Request(self, channel, generation))
            except Exception as error:  # noqa: BLE001 - handed to the asker
                details = traceback.format_exc()
                self.put(Answer(channel, generation, error=error, details=details))
            else:
                self.put(Answer(channel, generation, value))
        finally:
            with self._lock:
                self._under_way.discard((channel, generation))


def _close_files(value: Any) -> None:
    for part in value if isinstance(value, tuple) else (value,):
        close = getattr(part, "close", None)
        if callable(close):
            close()
