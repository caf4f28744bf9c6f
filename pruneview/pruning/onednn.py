"""Whether TensorFlow computes with oneDNN, and what keeps that from corrupting memory.

oneDNN's kernels train convolutional networks several times as fast. TensorFlow 2.21's
write beside their memory in the gradient of convolutions of one pixel that skip pixels,
and in products of matrices of unlike ranks, in Keras' own `fit` as well. The former are
computed in another way here; where the latter, or kinds of layers that were not tried,
may come, TensorFlow's own kernels are used. The choice is made once, before TensorFlow
is imported.
"""

import os
import sys
import types
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pruneview.formats import FormatError, Layer, ModelFile, open_model

_SWITCH = "TF_ENABLE_ONEDNN_OPTS"
_FLAT = 1  # axes of a sample that is a vector

# Networks made of these at random were trained by both kinds of kernels, with equal
# losses; or they only move values, or take one at a time.
_TRIED = frozenset(
    {
        "Activation",
        "Add",
        "Average",
        "AveragePooling1D",
        "AveragePooling2D",
        "BatchNormalization",
        "Concatenate",
        "Conv1D",
        "Conv2D",
        "Conv2DTranspose",
        "Dense",
        "DepthwiseConv2D",
        "Dropout",
        "ELU",
        "Flatten",
        "GlobalAveragePooling1D",
        "GlobalAveragePooling2D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "InputLayer",
        "LeakyReLU",
        "MaxPooling1D",
        "MaxPooling2D",
        "Maximum",
        "Multiply",
        "Normalization",
        "PReLU",
        "Permute",
        "ReLU",
        "Rescaling",
        "Reshape",
        "SeparableConv2D",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "Subtract",
        "UpSampling2D",
        "ZeroPadding1D",
        "ZeroPadding2D",
    }
)


def choose_kernels(path: Path | None) -> None:
    """Switch oneDNN on or off for this process, by the model it is to train.

    What TensorFlow was imported with stays, and so does what the person has chosen.

    Parameters
    ----------
    path
        The model's file; None where it is not known yet: off.
    """
    if "tensorflow" in sys.modules:
        os.environ.setdefault(_SWITCH, "1")  # as it has chosen by itself
        return
    os.environ.setdefault(_SWITCH, "0" if path is None or untried_in(path) else "1")


def is_on() -> bool:
    """Whether this process computes with oneDNN's kernels."""
    return os.environ.get(_SWITCH) != "0"


def untried_in(path: Path) -> tuple[str, ...]:
    """Return what speaks against oneDNN in a file; empty where nothing does."""
    try:
        with open_model(path) as file:
            return untried(file)
    except (FormatError, OSError):
        return ("a file that cannot be read",)


def untried(file: ModelFile) -> tuple[str, ...]:
    """Return the kinds of a model's layers for which oneDNN was not tried."""
    if file.config is None:
        return ("a model without its configuration",)
    layers = [layer for layer in file.layers if not layer.is_model]
    found = dict.fromkeys(layer.kind for layer in layers if layer.kind not in _TRIED)
    if _has_deep_dense(layers, file.input_shapes):
        found["Dense on several axes"] = None
    if any("float16" in str(layer.config.get("dtype")) for layer in layers):
        found["half precision"] = None
    return tuple(found)


def _has_deep_dense(
    layers: Iterable[Layer], shapes: Sequence[Sequence[int | None]] | None
) -> bool:
    """Whether a Dense layer may multiply more than two axes by its kernel.

    Judged by the layers' order, with the shape of what comes out of the one before.
    """
    deep = not shapes or any(len(shape) > _FLAT for shape in shapes)
    for layer in layers:
        kind = layer.kind
        if kind == "Dense" and deep:
            return True
        if kind == "Flatten" or kind.startswith("Global"):
            deep = bool(layer.config.get("keepdims"))
        elif "Conv" in kind or kind == "Reshape":
            deep = True
    return False


def untried_sentence(path: Path, kinds: Sequence[str]) -> str:
    """Say that a model is computed by kernels that were not tried for it."""
    return (
        f"{path.name} is computed with oneDNN's kernels, which were chosen for an "
        f"earlier model and not tried for this one ({', '.join(kinds)}). If the "
        "program should end, start it with this file first."
    )


def spare_strided_points(layers: Iterable[Any]) -> None:
    """Let convolutions of one pixel take the pixels they need first, then skip none.

    The result is the same to the bit, as nothing that is skipped enters it. The layers
    are saved as they were.

    Parameters
    ----------
    layers
        Of Keras 3 or of tf_keras, built.
    """
    for layer in layers:
        kernel, strides = _shape(layer, "kernel_size"), _shape(layer, "strides")
        if not hasattr(layer, "convolution_op") or not kernel or not strides:
            continue
        if set(kernel) != {1} or set(strides) == {1}:
            continue
        if layer.data_format != "channels_last" or layer.groups > 1:
            continue  # channels come first, or XLA computes it: not by oneDNN
        if "Transpose" in type(layer).__name__ or hasattr(layer, "depthwise_kernel"):
            continue
        layer.convolution_op = types.MethodType(_on_taken_pixels, layer)


def _shape(layer: Any, name: str) -> tuple[int, ...]:
    value = getattr(layer, name, ())
    return tuple(value) if isinstance(value, tuple | list) else ()


def _on_taken_pixels(layer: Any, inputs: Any, kernel: Any) -> Any:
    import tensorflow as tf

    taken = (slice(None), *(slice(None, None, stride) for stride in layer.strides))
    return tf.nn.convolution(inputs[taken], tf.convert_to_tensor(kernel))
