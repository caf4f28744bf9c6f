"""What is known of Keras' layer classes: names of variables, parts of wrappers."""

import re
from collections.abc import Mapping
from typing import Any


_KERNEL_AND_BIAS = (
    "Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "Convolution1D",
    "Convolution2D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose",
    "DepthwiseConv1D", "DepthwiseConv2D", "LocallyConnected1D", "LocallyConnected2D",
)  # fmt: skip
_CELLS = {
    "LSTM": "LSTMCell", "GRU": "GRUCell", "SimpleRNN": "SimpleRNNCell",
    "CuDNNLSTM": "LSTMCell", "CuDNNGRU": "GRUCell",
    "ConvLSTM1D": "ConvLSTMCell", "ConvLSTM2D": "ConvLSTMCell",
    "ConvLSTM3D": "ConvLSTMCell",
}  # fmt: skip
_RECURRENT = frozenset(_CELLS) | frozenset(_CELLS.values()) | {"ConvLSTM2DCell"}
_KNOWN = (
    *_KERNEL_AND_BIAS, *sorted(_RECURRENT), "SeparableConv1D", "SeparableConv2D",
    "Embedding", "ReversibleEmbedding", "BatchNormalization", "LayerNormalization",
    "GroupNormalization", "RMSNormalization", "UnitNormalization", "Normalization",
    "SpectralNormalization", "PReLU", "Attention", "AdditiveAttention",
    "MultiHeadAttention", "GroupedQueryAttention", "Bidirectional", "TimeDistributed",
    "InputLayer", "Activation", "Dropout", "Flatten", "Reshape", "Permute", "Add",
    "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot",
    "ReLU", "LeakyReLU", "ELU", "ThresholdedReLU", "Softmax", "Masking", "Lambda",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "GaussianNoise",
    "GaussianDropout", "AlphaDropout", "ZeroPadding1D", "ZeroPadding2D",
    "ZeroPadding3D", "Cropping1D", "Cropping2D", "Cropping3D", "UpSampling1D",
    "UpSampling2D", "UpSampling3D", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "Rescaling",
    "GlobalMaxPooling1D", "GlobalMaxPooling2D", "GlobalMaxPooling3D",
    "GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalAveragePooling3D",
    "RepeatVector", "Sequential", "Functional", "StackedRNNCells", "RNN",
    "PruneLowMagnitude", "QuantizeLayer", "QuantizeWrapperV2",
)  # fmt: skip
# The order in which a layer makes its parts, where the file sorts them by name.
_PART_ORDER = (
    "forward_layer", "query_dense", "key_dense", "value_dense", "output_dense",
    "backward_layer",
)  # fmt: skip


def snake_case(kind: str) -> str:
    """Return the group name Keras makes of a class name: ``Conv2D`` to ``conv2d``."""
    name = re.sub(r"\W+", "", kind)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


_BY_SNAKE = {snake_case(kind): kind for kind in _KNOWN} | {
    # Keras 1 and early Keras 2 named these so.
    "batchnormalization": "BatchNormalization",
    "maxpooling1d": "MaxPooling1D",
    "maxpooling2d": "MaxPooling2D",
    "convolution1d": "Convolution1D",
    "convolution2d": "Convolution2D",
    "timedistributed": "TimeDistributed",
}


def guess_kind(name: str) -> str | None:
    """Return the known class that a default name like ``dense_3`` comes from."""
    return _BY_SNAKE.get(re.sub(r"_\d+$", "", name.lstrip("_")))


def part_order(name: str) -> tuple[int, str]:
    """Sort key that puts a layer's parts in the order the layer makes them."""
    bare = name.lstrip("_")
    known = bare in _PART_ORDER
    return (_PART_ORDER.index(bare) if known else len(_PART_ORDER), natural_key(name))


def natural_key(name: str) -> str:
    """Sort key under which ``dense_10`` comes after ``dense_9``."""
    return re.sub(r"\d+", lambda digits: digits.group().zfill(12), name)


def variable_names(kind: str, config: Mapping[str, Any], count: int) -> list[str]:
    """Return the names of a layer's own variables, in the order Keras saves them.

    Keras' newer layout numbers them. The list is empty where the class is not known,
    or where it would have fewer variables than the file holds.
    """
    bias = ["bias"] if config.get("use_bias", True) else []
    names: list[str]
    if kind in _KERNEL_AND_BIAS:
        names = ["kernel", *bias]
        if config.get("quantization_config") or count > len(names):
            names.append("kernel_scale")
    elif kind in _RECURRENT:
        names = ["kernel", "recurrent_kernel", *bias]
    elif kind in {"SeparableConv1D", "SeparableConv2D"}:
        names = ["depthwise_kernel", "pointwise_kernel", *bias]
    elif kind in {"Embedding", "ReversibleEmbedding"}:
        names = ["embeddings", "embeddings_scale"]
    elif kind.endswith("Normalization"):
        names = _normalization(kind, config, count)
    elif kind == "PReLU":
        names = ["alpha"]
    elif kind in {"Attention", "AdditiveAttention"}:
        names = ["scale", "concat_score_weight"]
    else:
        names = []
    return names[:count] if len(names) >= count else []


def _normalization(kind: str, config: Mapping[str, Any], count: int) -> list[str]:
    if kind == "Normalization":
        return ["mean", "variance", "count"]
    if kind == "RMSNormalization":
        return ["scale"]
    gamma = ["gamma"] if config.get("scale", True) else []
    beta = ["beta"] if config.get("center", True) else []
    if kind != "BatchNormalization":
        return [*gamma, *beta]
    if not config and count == 3:
        # Without a configuration, one of the two is missing and nothing says which.
        gamma = []
    return [*gamma, *beta, "moving_mean", "moving_variance"]


def part(
    kind: str, config: Mapping[str, Any], attribute: str, label: str | None
) -> tuple[str, Mapping[str, Any]]:
    """Return class and configuration of a layer's part, such as an LSTM's cell.

    Parameters
    ----------
    kind, config
        The layer that holds the part.
    attribute
        The name of the part's group in the file.
    label
        The part's own name where the file gives it, for example ``lstm_cell``.
    """
    bare = attribute.lstrip("_")
    if bare == "cell" and kind in _CELLS:
        return _CELLS[kind], config
    if bare in {"query_dense", "key_dense", "value_dense", "output_dense"}:
        return "EinsumDense", {}
    for key in (bare, "layer" if bare in {"forward_layer", "backward_layer"} else bare):
        entry = config.get(key)
        if isinstance(entry, Mapping) and isinstance(entry.get("class_name"), str):
            inner = entry.get("config")
            return entry["class_name"], inner if isinstance(inner, Mapping) else {}
    guessed = guess_kind(label or "") or guess_kind(bare)
    return guessed or "", {}
