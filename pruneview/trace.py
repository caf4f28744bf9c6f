"""Timing marks: when the window, the first picture and the engine were there."""

import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_IMPORTED = time.time()
_LONGEST_START = 600.0


class Trace:
    """Writes marks as JSON lines; without a path it does nothing.

    Each line is ``{"mark": name, "seconds": s, ...}``, where ``s`` counts from the
    start of the process. The first line is ``process_start``; its ``time`` is that
    moment in seconds since 1970, so that marks can be laid beside other clocks.

    Parameters
    ----------
    path
        The file to write, ``-`` for standard output, or None.

    Raises
    ------
    ValueError
        The file exists and holds something else than marks.
    OSError
        The file cannot be opened for writing.
    """

    def __init__(self, path: Path | None) -> None:
        self._lines = None
        self._seen: set[str] = set()
        if path is None:
            return
        # Imported here: most starts are not traced, and json costs milliseconds.
        from pruneview.json_lines import JsonLines  # noqa: PLC0415

        self._start = process_start()
        self._lines = JsonLines(path, "mark")
        self._lines.write(
            {"mark": "process_start", "seconds": 0.0, "time": self._start}
        )

    def mark(self, name: str, **fields: Any) -> None:
        """Write down that `name` has happened now; any thread."""
        if self._lines is None:
            return
        seconds = round(time.time() - self._start, 4)
        self._lines.write({"mark": name, "seconds": seconds, **fields})

    def once(self, name: str) -> None:
        """Write down that `name` has happened for the first time; later ones not."""
        if self._lines is not None and name not in self._seen:
            self._seen.add(name)
            self.mark(name)

    def close(self) -> None:
        """Close the file; later marks are not written."""
        lines, self._lines = self._lines, None
        if lines is not None:
            lines.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def process_start() -> float:
    """Return when this process started, in seconds since 1970.

    On Linux from ``/proc/self/stat`` (in clock ticks, so to about 10 ms); elsewhere
    the moment this module was imported, which comes right after Python's own start.
    """
    if not sys.platform.startswith("linux"):
        return _IMPORTED
    import os  # noqa: PLC0415

    try:
        stat = Path("/proc/self/stat").read_bytes()
        # The second field is the program's name, which may hold spaces.
        ticks = int(stat.rpartition(b")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return _IMPORTED
    start = time.time() - age
    # A sandbox may show another machine's boot clock.
    return start if 0.0 <= _IMPORTED - start < _LONGEST_START else _IMPORTED
