"""Files of JSON lines that are flushed a line at a time and never lie about NaN."""

import json
import math
import stat
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO


class JsonLines:
    """Writes one JSON object a line; any thread.

    A file that exists is replaced only when it is empty or was written by this
    class with the same `first_key`: an option that lost its value must not cost
    anybody a model.

    Parameters
    ----------
    path
        Where to write; ``-`` stands for standard output.
    first_key
        The key that every object starts with, for example ``event``.

    Raises
    ------
    ValueError
        The file exists and holds something else.
    OSError
        The file cannot be opened for writing.
    """

    def __init__(self, path: Path, first_key: str) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._owned = str(path) != "-"
        self._stream: TextIO
        if not self._owned:
            self._stream = sys.stdout
            return
        if _holds_something_else(path, first_key):
            raise ValueError(
                f"{path} exists and holds something else. Name another file, or"
                " remove it first."
            )
        self._stream = path.open("w", encoding="utf-8")

    def write(self, record: dict[str, Any]) -> None:
        """Append `record` as one line and flush it; NaN and infinities are null."""
        line = json.dumps(finite(record), default=_plain, allow_nan=False)
        with self._lock:
            self._stream.write(line + "\n")
            self._stream.flush()

    def close(self) -> None:
        """Close the file; standard output stays open."""
        if self._owned:
            self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _holds_something_else(path: Path, first_key: str) -> bool:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
    except FileNotFoundError:
        return False
    expected = f'{{"{first_key}"'.encode()
    with path.open("rb") as existing:
        start = existing.read(len(expected))
    return bool(start) and start != expected


def finite(value: Any) -> Any:
    """Return a value with null for what JSON has no number for, at every depth."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return value


def _plain(value: Any) -> Any:
    """Turn numpy scalars and arrays into numbers and lists, the rest into words."""
    to_list = getattr(value, "tolist", None)
    return finite(to_list()) if callable(to_list) else str(value)
