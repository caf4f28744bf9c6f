"""A model that Keras has built, as something that can be called and saved."""

import contextlib
import logging
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import open_model
from pruneview.native_code import quiet_native_code
from pruneview.pruning.backend import import_backend
from pruneview.pruning.data.model_shapes import structure_of
from pruneview.pruning.errors import ModelError
from pruneview.pruning.fidelity.synthetic import InputSpec, synthetic_inputs
from pruneview.pruning.subject.trust import Trust

# What an axis of any length is taken to be.
ANY_LENGTH = 32


class BuiltModel:
    """A Keras model, of Keras 3 or of tf_keras.

    ``compile_config`` is how its file says that it was compiled.
    """

    def __init__(
        self, model: Any, compile_config: dict[str, Any] | None = None
    ) -> None:
        self.model = model
        self.compile_config = compile_config
        self.inputs = _input_specs(model)
        self._structure = structure_of(model, "input")

    def function(self, batch: int) -> Any:
        """Return the model as a TensorFlow function of `batch` samples, traced."""
        import tensorflow as tf

        def call(*inputs: Any) -> list[Any]:
            return self._call(inputs)

        signature = [
            tf.TensorSpec([batch, *spec.shape], tf.as_dtype(spec.dtype))
            for spec in self.inputs
        ]
        with quietly():
            return tf.function(
                call, input_signature=signature, autograph=False
            ).get_concrete_function()

    def outputs(self, inputs: Sequence[NDArray], batch: int = 64) -> list[NDArray]:
        """Return every output of the model for these samples."""
        import tensorflow as tf

        parts = []
        with quietly():
            for start in range(0, len(inputs[0]), batch):
                given = [tf.constant(x[start : start + batch]) for x in inputs]
                parts.append([np.asarray(tensor) for tensor in self._call(given)])
        return [np.concatenate(same) for same in zip(*parts, strict=True)]

    def check(self) -> None:
        """Try the model on one sample; raises ModelError where that fails."""
        try:
            self.outputs(synthetic_inputs(self.inputs, 1, 0))
        except Exception as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            cause = lines[0] if lines else type(error).__name__
            raise ModelError(
                f"The model cannot be called on synthetic inputs ({cause})."
            ) from error

    def _call(self, inputs: Sequence[Any]) -> list[Any]:
        import tensorflow as tf

        given = tf.nest.pack_sequence_as(self._structure, list(inputs))
        flat: list[Any] = tf.nest.flatten(self.model(given, training=False))
        return flat

    def save(self, path: Path) -> None:
        """Have Keras write the model, in the format that the name's ending tells."""
        with quietly():
            self.model.save(path)


def build_from_file(path: Path) -> BuiltModel:
    """Build the model in `path` with the Keras that can; no code in it is run.

    Raises
    ------
    FormatError
        It is no model's file.
    ModelError
        No Keras can build it, or would have to run code in it.
    """
    from pruneview.pruning.keras3.building import open_for_training

    with open_model(path) as file:
        able, compile_config = file.abilities, file.compile_config
    if not able.prune_and_train:
        raise ModelError(able.reason)
    import_backend(path)
    if able.engine == "keras3":
        return BuiltModel(open_for_training(path, Trust()).engine.model, compile_config)
    return BuiltModel(_load_with_tf_keras(path), compile_config)


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Keep the chatter of TensorFlow, Keras and their C++ code off the terminal."""
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), quiet_native_code():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _load_with_tf_keras(path: Path) -> Any:
    from pruneview.pruning.legacy.loading import load_legacy

    with quietly():
        return load_legacy(path).model


def _input_specs(model: Any) -> tuple[InputSpec, ...]:
    import tensorflow as tf

    layers = list(_walk(model))
    upper = next(filter(None, map(_scaled_to_one, layers[:3])), 1.0)
    embeddings = [x for x in layers if type(x).__name__ == "Embedding"]
    specs = []
    for tensor in model.inputs:
        shape = tuple(ANY_LENGTH if axis is None else axis for axis in tensor.shape[1:])
        specs.append(
            InputSpec(
                shape,
                tf.as_dtype(tensor.dtype).name,
                _vocabulary(tensor, embeddings, alone=len(model.inputs) == 1),
                upper=upper,
            )
        )
    return tuple(specs)


def _scaled_to_one(layer: Any) -> float | None:
    """Return what a layer that scales images takes as the brightest value."""
    kind = type(layer).__name__
    if kind == "Normalization":
        return 255.0
    if kind != "Rescaling" or not layer.scale:
        return None
    scale, offset = np.mean(layer.scale), np.mean(layer.offset)
    return round(float(abs((1 - offset) / scale)), 6)


def _vocabulary(tensor: Any, embeddings: list[Any], *, alone: bool) -> int | None:
    own = [layer for layer in embeddings if alone or _takes(layer, tensor)]
    return min((int(layer.input_dim) for layer in own), default=None)


def _takes(layer: Any, tensor: Any) -> bool:
    try:
        return layer.input is tensor
    except (AttributeError, ValueError):  # called several times, or never by itself
        return False


def _walk(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _walk(layer)
        else:
            yield layer
