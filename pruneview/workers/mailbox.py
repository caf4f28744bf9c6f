"""How a worker hands things to another thread without flooding it.

Pictures go through a `Mailbox`: one slot, overwritten, so that a slow reader
sees the latest one and never a backlog. What must not be lost goes through an
`EventQueue`.
"""

import threading
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """A slot for one value; a newer value replaces one that was not taken."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None

    def put(self, value: T) -> None:
        """Leave `value`, in place of whatever was there."""
        with self._lock:
            self._value = value

    def take(self) -> T | None:
        """Remove and return the value, or None where there is none."""
        with self._lock:
            value, self._value = self._value, None
            return value


class EventQueue(Generic[T]):
    """A queue that loses nothing and never blocks either side."""

    def __init__(self) -> None:
        self._items: deque[T] = deque()

    def put(self, item: T) -> None:
        """Append an item; any thread."""
        self._items.append(item)

    def drain(self, at_most: int = 1000) -> list[T]:
        """Remove and return the oldest items, in order; one reading thread."""
        taken: list[T] = []
        while self._items and len(taken) < at_most:
            taken.append(self._items.popleft())
        return taken
