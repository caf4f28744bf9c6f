"""One writer for a recording at a time."""

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
