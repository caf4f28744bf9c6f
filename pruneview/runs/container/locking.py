"""One writer for a recording at a time."""

import contextlib
import importlib
import importlib.util
from pathlib import Path
from typing import BinaryIO

from pruneview.pruning.errors import RecordingError


def lock(path: Path, stream: BinaryIO) -> None:
    """Keep other processes from writing until `stream` is closed.

    Where the system or the file system has no such locks, nothing is done.

    Raises
    ------
    RecordingError
        Where another process writes it; `stream` is closed then.
    """
    if importlib.util.find_spec("fcntl") is None:
        return
    fcntl = importlib.import_module("fcntl")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        raise RecordingError(
            f"{path} is being written by a run that is still going on."
        ) from None
    except OSError:  # a file system without locks
        return


def is_locked(path: Path) -> bool:
    """Return whether a file is being written by whoever holds its lock.

    False where the system or the file system has no such locks.
    """
    if importlib.util.find_spec("fcntl") is None:
        return False
    fcntl = importlib.import_module("fcntl")
    with contextlib.suppress(OSError), path.open("rb") as stream:
        try:
            # Shared: two who ask at once are not in each other's way.
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
