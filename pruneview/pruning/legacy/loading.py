"""A file to a tf_keras model; code of the file is run with consent only."""

import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.errors import ModelError
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.subject.trust import Trust


@dataclass(frozen=True, eq=False)
class LegacyModel:
    """A model of tf_keras without wrappers, and what its wrappers held.

    Attributes
    ----------
    model
        Built, with weights.
    layers
        Path in the file, and layer, of each that is not a model, in order.
    masks
        What tfmot's wrappers in the file kept, by id of the variable.
    """

    model: Any
    layers: tuple[tuple[str, Any], ...]
    masks: dict[int, NDArray[np.bool_]] = field(default_factory=dict)


def load_legacy(path: Path, trust: Trust | None = None) -> LegacyModel:
    """Build the model in `path` with tf_keras, and strip tfmot's wrappers.

    Parameters
    ----------
    trust
        What of the file's code, and of the person's own, may be run; None: none.

    Raises
    ------
    ModelError
        Where tf_keras cannot build it.
    """
    tf_keras, tfmot = import_legacy()
    trust = trust or Trust()
    custom_objects = trust.objects()
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), tfmot.sparsity.keras.prune_scope():
            warnings.simplefilter("ignore")
            model = tf_keras.models.load_model(
                path, custom_objects, compile=False, safe_mode=not trust.code
            )
    except Exception as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        cause = (lines[0] if lines else type(error).__name__).rstrip(".")
        if "marshal" in cause:
            # A Lambda in HDF5 is byte code, which each version of Python has its own.
            cause = "another version of Python wrote the code in its Lambda layers"
        raise ModelError(
            f"tf_keras cannot build the model in {path.name} ({cause}), so tfmot "
            "cannot prune it."
        ) from error
    finally:
        logger.setLevel(level)
    if not getattr(model, "inputs", None):
        raise ModelError(
            f"The model in {path.name} does not say what it takes as input, so it "
            "cannot be trained here; its weights can be looked at."
        )
    layers, masks = [], {}
    for name, layer in _walk(model, tf_keras.Model):
        if type(layer).__name__ == "PruneLowMagnitude":
            masks.update({id(w): m.numpy() > 0 for w, m, _ in layer.pruning_vars})
            layers.append((name, layer.layer))
        else:
            layers.append((name, layer))
    if masks:
        model = tfmot.sparsity.keras.strip_pruning(model)
    return LegacyModel(model, tuple(layers), masks)


def _walk(model: Any, model_class: type, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for layer in model.layers:
        path = prefix + layer.name
        if isinstance(layer, model_class):
            yield from _walk(layer, model_class, path + "/")
        else:
            yield path, layer
