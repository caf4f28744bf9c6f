"""TensorFlow and Keras, imported late and quietly."""

import importlib.metadata
import logging
import os
from pathlib import Path

from pruneview.native_code import quiet_native_code, set_tensorflow_environment
from pruneview.pruning.even_import import evenly
from pruneview.pruning.onednn import choose_kernels, is_on

_VERSIONS_OF = ("tensorflow", "keras", "tensorflow-model-optimization")


def import_backend(path: Path | None = None) -> dict[str, str]:
    """Import TensorFlow and Keras 3 on it; return versions by package name.

    Takes seconds the first time, and nothing afterwards.

    Parameters
    ----------
    path
        The file of the model that will be computed first, see `choose_kernels`.
    """
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    choose_kernels(path)
    set_tensorflow_environment()
    with quiet_native_code(), evenly():
        import keras
        import tensorflow as tf

        # The runtime itself starts with the first operation, and logs then.
        tf.constant(0)
    tf.get_logger().setLevel(logging.ERROR)
    # Else Keras draws progress bars on a terminal that is not its own.
    keras.config.disable_interactive_logging()
    versions = {name: importlib.metadata.version(name) for name in _VERSIONS_OF}
    return versions | {"oneDNN": "on" if is_on() else "off"}
