"""What must be set before TensorFlow is imported, and quiet while it is."""

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import TextIO


def set_tensorflow_environment() -> None:
    """Set the variables that TensorFlow reads at its import; the person's own win."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Where nobody has chosen, see `pruneview.pruning.onednn`.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


@contextlib.contextmanager
def quiet_native_code() -> Iterator[None]:
    """Drop what C++ code writes to the standard error stream; keep Python's.

    TensorFlow logs before it has read the variables that would silence it.
    """
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    python_stream = sys.stderr
    own = _writes_to(python_stream, 2)
    if own:
        sys.stderr = _terminal()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        if own:
            sys.stderr = python_stream
        os.close(nowhere)
        os.close(kept)


@lru_cache(maxsize=1)
def _terminal() -> TextIO:
    """Return a second way to where the standard error stream goes.

    Never closed: what is imported meanwhile may keep it, as absl's logging does.
    """
    return open(
        os.dup(2),
        "w",
        buffering=1,
        encoding="utf-8",
        errors="replace",
        closefd=False,  # nor does it warn at the end of the process
    )


def _writes_to(stream: object, descriptor: int) -> bool:
    try:
        return bool(stream.fileno() == descriptor)  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return False
