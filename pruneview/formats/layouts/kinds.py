"""What is known of Keras' layer classes: names of variables, parts of wrappers."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

_DIGITS = re.compile(r"\d+")
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
_RECURRENT = frozenset({*_CELLS, *_CELLS.values(), "ConvLSTM2DCell", "RNNCell"})
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
_KERNELS = frozenset({"kernel", "depthwise_kernel", "embeddings"})
_SIDES = frozenset({"forward_layer", "backward_layer"})
_ATTENTION_PARTS = {
    "query_dense": "query",
    "key_dense": "key",
    "value_dense": "value",
    "output_dense": "attention_output",
}
# The order in which a layer makes its parts, where the file sorts them by name.
_PART_ORDER = (
    "forward_layer", "query_dense", "key_dense", "value_dense", "output_dense",
    "backward_layer",
)  # fmt: skip


@lru_cache(maxsize=512)
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
    if name.isdigit():
        return name.zfill(12)
    return _DIGITS.sub(lambda digits: digits.group().zfill(12), name)


def variable_names(
    kind: str, config: Mapping[str, Any], shapes: Sequence[tuple[int, ...]]
) -> list[str]:
    """Return the names of a layer's own variables, in the order Keras saves them.

    Keras' newer layout only numbers them, so the class, its settings and the shapes
    have to tell.

    Returns
    -------
    list of str
        One name a shape; empty where they cannot be told.
    """
    names = expected_names(kind, config, len(shapes))
    if names and names[0] in _KERNELS and shapes and len(shapes[0]) < 2:
        # A wrapper took the kernel away and keeps it among its own variables.
        names = names[1:]
    if len(names) >= len(shapes):
        return names[: len(shapes)]
    return _by_shapes(shapes)


def expected_names(kind: str, config: Mapping[str, Any], count: int = 0) -> list[str]:
    """Return the names of the variables that a layer of a class makes.

    ``count`` is how many the file holds, where that tells of rarer variables; the list
    is empty where the class is not known.
    """
    bias = ["bias"] if config.get("use_bias", True) else []
    if kind in _KERNEL_AND_BIAS:
        scale = ["kernel_scale"] if count > 1 + len(bias) else []
        return ["kernel", *bias, *scale]
    if kind in _RECURRENT:
        return ["kernel", "recurrent_kernel", *bias]
    if kind in {"SeparableConv1D", "SeparableConv2D"}:
        return ["depthwise_kernel", "pointwise_kernel", *bias]
    if kind in {"Embedding", "ReversibleEmbedding"}:
        return ["embeddings", "embeddings_scale"][: max(1, count)]
    if kind.endswith("Normalization"):
        return _normalization(kind, config, count)
    if kind == "PReLU":
        return ["alpha"]
    if kind in {"Attention", "AdditiveAttention"}:
        return ["scale", "concat_score_weight"][: max(1, count)]
    return []


def infer_kind(variables: Mapping[str, tuple[int, ...]]) -> str | None:
    """Return the class that a layer's variables speak for, where nothing else does.

    Parameters
    ----------
    variables
        Names and shapes of all the layer's variables.
    """
    names = set(variables)
    if {"mask", "threshold"} <= names:
        return "PruneLowMagnitude"
    if names == {"embeddings"}:
        return "Embedding"
    if {"moving_mean", "moving_variance"} <= names:
        return "BatchNormalization"
    if names <= {"kernel", "bias"} and "kernel" in names:
        rank = len(variables["kernel"])
        return {2: "Dense", 3: "Conv1D", 4: "Conv2D", 5: "Conv3D"}.get(rank)
    return None


def _by_shapes(shapes: Sequence[tuple[int, ...]]) -> list[str]:
    """Name the commonest pattern of a class that is not known: kernel, then bias."""
    if not shapes or len(shapes[0]) < 2:
        return []
    if len(shapes) == 1:
        return ["kernel"]
    if len(shapes) == 2 and shapes[1] == shapes[0][-1:]:
        return ["kernel", "bias"]
    return []


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


class Part(NamedTuple):
    """A layer inside a layer, such as an LSTM's cell."""

    kind: str
    config: Mapping[str, Any]
    name: str


def part(
    kind: str, config: Mapping[str, Any], attribute: str, label: str | None
) -> Part:
    """Return what a part of a layer is.

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
    if bare in _ATTENTION_PARTS:
        return Part("EinsumDense", {}, label or _ATTENTION_PARTS[bare])
    if bare == "cell" and kind in _CELLS:
        return Part(_CELLS[kind], config, label or bare)
    side = bare.removesuffix("_layer") if bare in _SIDES else None
    entry = config.get(bare) or (config.get("layer") if side else None)
    if isinstance(entry, Mapping) and isinstance(entry.get("class_name"), str):
        inner = entry.get("config")
        settings = inner if isinstance(inner, Mapping) else {}
        name = settings.get("name")
        name = name if isinstance(name, str) else bare
        if side and not name.startswith(side):
            name = f"{side}_{name}"
        return Part(entry["class_name"], settings, label or name)
    guessed = guess_kind(label or "") or guess_kind(bare)
    return Part(guessed or ("RNNCell" if bare == "cell" else ""), {}, label or bare)
