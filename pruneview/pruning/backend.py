"""TensorFlow and Keras, imported late and quietly."""

import contextlib
import importlib.metadata
import logging
import os
import sys
from collections.abc import Iterator

_VERSIONS_OF = ("tensorflow", "keras", "tensorflow-model-optimization")


def import_backend() -> dict[str, str]:
    """Import TensorFlow and Keras 3 on it; return versions by package name.

    Takes seconds the first time, and nothing afterwards.
    """
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # TensorFlow 2.21's oneDNN kernels corrupt memory in the backward pass of some
    # residual networks, also in Keras' own fit: the window would die with them.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    with quiet_native_code():
        import keras
        import tensorflow as tf

        # The runtime itself starts with the first operation, and logs then.
        tf.constant(0)
    tf.get_logger().setLevel(logging.ERROR)
    # Else Keras draws progress bars on a terminal that is not its own.
    keras.config.disable_interactive_logging()
    return {name: importlib.metadata.version(name) for name in _VERSIONS_OF}


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
        sys.stderr = open(  # noqa: SIM115 - closed below, when nobody writes to it
            kept, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False
        )
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        if own:
            ours, sys.stderr = sys.stderr, python_stream
            ours.close()
        os.close(nowhere)
        os.close(kept)


def _writes_to(stream: object, descriptor: int) -> bool:
    try:
        return stream.fileno() == descriptor  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return False
