"""What the process holds at one moment: threads, Qt's objects, files, memory."""

import gc
import os
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from pruneview.gui.program import Program

_DELETED, _TEMPORARY = " (deleted)", "temporary file"
_OPEN_FILES = Path("/proc/self/fd")
_MEMORY = Path("/proc/self/statm")


@dataclass(frozen=True)
class Level:
    """Counts by what they are of; memory in bytes, 0 where it cannot be told."""

    threads: Counter[str]
    widgets: Counter[str]
    timers: Counter[str]
    objects: Counter[str]
    files: Counter[str]
    memory: int

    def grown_since(self, before: "Level") -> dict[str, Counter[str]]:
        """Return what there is more of, by kind; memory is another matter."""
        kinds = ("threads", "widgets", "timers", "objects", "files")
        more = {kind: getattr(self, kind) - getattr(before, kind) for kind in kinds}
        return {kind: counted for kind, counted in more.items() if counted}


def measure() -> Level:
    """Return what there is once all that nobody refers to is gone."""
    for _ in range(2):
        gc.collect()
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    held = [o for o in gc.get_objects() if isinstance(o, QObject) and isValid(o)]
    return Level(
        Counter(thread.name for thread in threading.enumerate()),
        Counter(_kind(widget) for widget in QApplication.allWidgets()),
        Counter(_owner(o) for o in held if isinstance(o, QTimer) and not _is_due(o)),
        Counter(_kind(o) for o in held if not isinstance(o, QWidget | QTimer)),
        _files(),
        _resident(),
    )


def _kind(thing: QObject) -> str:
    """Return a class, and what it is called: many are of Qt's own classes."""
    name = thing.text() if isinstance(thing, QAction) else thing.objectName()
    return f"{type(thing).__name__} {name}".rstrip()


def _is_due(timer: QTimer) -> bool:
    """Whether the program has made it for one thing that is yet to come."""
    return (
        isinstance(timer.parent(), Program)
        and timer.isSingleShot()
        and timer.isActive()
    )


def _owner(timer: QTimer) -> str:
    parent = timer.parent()
    # Its interval goes by how long drawing took, and whether it runs by chance.
    return f"of {type(parent).__name__}"


def _files() -> Counter[str]:
    if not _OPEN_FILES.is_dir():
        return Counter()
    names: Counter[str] = Counter()
    for entry in _OPEN_FILES.iterdir():
        try:
            name = str(entry.readlink()).partition(":")[0]
            # A temporary file has another number each time.
            names[_TEMPORARY if name.endswith(_DELETED) else name] += 1
        except OSError:
            continue  # that by which the folder itself is read
    return names


def _resident() -> int:
    if not _MEMORY.is_file():
        return 0
    pages = int(_MEMORY.read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
