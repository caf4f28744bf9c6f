"""Importing large libraries on one thread while another draws a window.

Two things hold all threads of Python up for a tenth of a second and more: loading
TensorFlow's shared libraries, and the collector, which looks through every object
again and again while hundreds of thousands of them are made, and then at each of its
large rounds. They stay to the end of the process, so it is told to pass over them.
"""

import contextlib
import ctypes
import gc
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

_LIBRARIES = ("libtensorflow_framework.so.2", "libtensorflow_cc.so.2")


_under_way = threading.Event()


def is_under_way() -> bool:
    """Whether a large library is being imported; any thread."""
    return _under_way.is_set()


@contextlib.contextmanager
def evenly() -> Iterator[None]:
    """Import inside this, so that other threads come round meanwhile."""
    if "tensorflow" in sys.modules:
        yield
        return
    _load_libraries()
    collected = gc.isenabled()
    gc.disable()
    _under_way.set()
    try:
        yield
    finally:
        # Of what was there before, only what is part of a cycle will then stay.
        gc.freeze()
        _under_way.clear()
        if collected:
            gc.enable()


def _load_libraries() -> None:
    """Load what TensorFlow would load, other threads going on; on Linux only.

    Python's own loading of a library keeps all others waiting, a call into C does not.
    Where a library is not found, the import itself loads it, or says what is wrong.
    """
    if sys.platform != "linux":
        return
    found = importlib.util.find_spec("tensorflow")
    if found is None or found.origin is None:
        return
    load = ctypes.CDLL(None).dlopen
    load.restype, load.argtypes = ctypes.c_void_p, (ctypes.c_char_p, ctypes.c_int)
    for name in _LIBRARIES:
        load(os.fsencode(Path(found.origin).parent / name), os.RTLD_LAZY)
