"""Threads that let others go first."""

import contextlib
import os
import sys
import threading

_NICENESS = 5


def give_way() -> None:
    """Let this thread work when others need not, so that frames come evenly.

    On Linux a thread has a niceness of its own, and the threads that it starts, those
    of TensorFlow among them, inherit it.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
