"""tf_keras and tfmot beside Keras 3 in one process."""

import os
from typing import Any

from pruneview.native_code import quiet_native_code
from pruneview.pruning.backend import import_backend

_SWITCH = "TF_USE_LEGACY_KERAS"


def import_legacy() -> tuple[Any, Any]:
    """Import tf_keras and tfmot; return them.

    tfmot asks for tf_keras in the environment as it is imported; what was set there
    before is put back, as Keras 3 is used beside it.
    """
    import_backend()
    kept = os.environ.get(_SWITCH)
    try:
        with quiet_native_code():
            import tensorflow_model_optimization as tfmot
            import tf_keras
    finally:
        if kept is None:
            os.environ.pop(_SWITCH, None)
        else:
            os.environ[_SWITCH] = kept
    return tf_keras, tfmot
