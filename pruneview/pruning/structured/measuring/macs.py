"""Multiply-accumulate operations of a layer for one sample, from shapes alone.

Counted is what convolutions, matrix products, recurrences and attention multiply and
add, as He et al. count it for their networks (2016, arXiv:1512.03385, table 1) and
Sze et al. define it (2017, arXiv:1703.09039, section V): one for each product that is
added up. Biases, activations, normalization, pooling and element-wise sums are not
counted. A convolution costs a product for each output position and each value of the
kernel (Howard et al., 2017, arXiv:1704.04861, section 3.1, also for depthwise and
separable ones); a transposed one for each input position (Dumoulin and Visin, 2016,
arXiv:1603.07285, section 4). Recurrences: Hochreiter and Schmidhuber (1997) and Cho et
al. (2014, arXiv:1406.1078), their input and recurrent kernels once a step. Attention:
Vaswani et al. (2017, arXiv:1706.03762), section 3.2.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Shape = tuple[int, ...]


@dataclass(frozen=True)
class LayerShapes:
    """What is known of one call of a layer.

    Attributes
    ----------
    kind
        Name of the layer's class.
    inputs, outputs
        Shapes without the axis of samples.
    weights
        Name (``kernel``), within composed layers with the inner layer's name before it
        (``query/kernel``), and shape.
    config
        The layer's own, for what shapes do not tell.
    """

    kind: str
    inputs: Sequence[Shape]
    outputs: Sequence[Shape]
    weights: Mapping[str, Shape]
    config: Mapping[str, Any]


def layer_macs(layer: LayerShapes) -> int | None:
    """Return the layer's operations for one sample; None where nobody knows.

    A layer without a kernel that is no attention has none.
    """
    formula = _FORMULAS.get(layer.kind)
    if formula is not None:
        return formula(layer)
    return None if any(len(shape) >= 2 for shape in layer.weights.values()) else 0


def _dense(layer: LayerShapes) -> int:
    return math.prod(layer.outputs[0]) * layer.weights["kernel"][0]


def _convolution(layer: LayerShapes) -> int:
    # The kernel's axes but the last are what one output value is a sum over, groups
    # included: they divide the second to last.
    return math.prod(layer.outputs[0]) * math.prod(layer.weights["kernel"][:-1])


def _transposed(layer: LayerShapes) -> int:
    # Every input value meets each position of the kernel and each filter.
    *positions, filters, _ = layer.weights["kernel"]
    return math.prod(layer.inputs[0]) * math.prod(positions) * filters


def _depthwise(layer: LayerShapes) -> int:
    # The name in Keras 3, and in Keras before.
    kernel = layer.weights.get("kernel") or layer.weights["depthwise_kernel"]
    return math.prod(layer.outputs[0]) * math.prod(kernel[:-2])


def _separable(layer: LayerShapes) -> int:
    *positions, channels, multiplier = layer.weights["depthwise_kernel"]
    filters = layer.weights["pointwise_kernel"][-1]
    places = math.prod(layer.outputs[0]) // filters
    between = channels * multiplier
    return places * (between * math.prod(positions) + between * filters)


def _recurrent(layer: LayerShapes) -> int:
    steps = layer.inputs[0][0]
    kernels = [
        math.prod(shape)
        for name, shape in layer.weights.items()
        if name.rpartition("/")[2] in ("kernel", "recurrent_kernel")
    ]
    return steps * sum(kernels)


def _recurrent_convolution(layer: LayerShapes) -> int:
    # Both convolutions give the extents of the output; the recurrent one keeps them.
    channels_first = layer.config.get("data_format") == "channels_first"
    steps, output = layer.inputs[0][0], layer.outputs[0]
    if layer.config.get("return_sequences"):
        output = output[1:]
    places = math.prod(output[1:] if channels_first else output[:-1])
    kernels = ("kernel", "recurrent_kernel")
    return steps * places * sum(math.prod(layer.weights[name]) for name in kernels)


def _einsum(layer: LayerShapes) -> int:
    return _product(layer.config["equation"], layer.inputs[0], layer.weights["kernel"])


def _product(equation: str, input_shape: Shape, kernel: Shape) -> int:
    """Return the product of the extents of all indices of an einsum."""
    left, _, _ = equation.replace(" ", "").partition("->")
    first, _, second = left.partition(",")
    extents = dict(zip(second, kernel, strict=True))
    named = first.replace("...", "")
    given = dict(zip(named[::-1], input_shape[::-1], strict=False))
    # Axes that the equation leaves open, or of samples, are not summed over.
    rest = math.prod(input_shape[: max(0, len(input_shape) - len(given))])
    return rest * math.prod((extents | given).values())


def _multi_head(layer: LayerShapes) -> int:
    """Four projections; scores and their sum over values for each head."""
    weights = layer.weights
    query, value = layer.inputs[0], layer.inputs[1 if len(layer.inputs) > 1 else 0]
    key = layer.inputs[2] if len(layer.inputs) > 2 else value
    to, source = math.prod(query[:-1]), math.prod(value[:-1])
    _, heads, key_width = weights["query/kernel"]
    value_width = weights["value/kernel"][-1]
    projections = (
        to * math.prod(weights["query/kernel"])
        + math.prod(key[:-1]) * math.prod(weights["key/kernel"])
        + source * math.prod(weights["value/kernel"])
        + to * math.prod(weights["attention_output/kernel"])
    )
    return projections + _scores(query, value, heads * (key_width + value_width))


def _attention(layer: LayerShapes) -> int:
    query, value = layer.inputs[0], layer.inputs[1]
    key = layer.inputs[2] if len(layer.inputs) > 2 else value
    # Additive attention (Bahdanau et al., 2014, arXiv:1409.0473) weighs sums; Luong's
    # multiplies: as many operations.
    return _scores(query, value, key[-1] + value[-1])


def _scores(query: Shape, value: Shape, width: int) -> int:
    """Return the pairs of places that are compared, times what each comparison costs.

    Attention over one axis of places, or over all of them flattened.
    """
    return math.prod(query[:-1]) * math.prod(value[:-1]) * width


def _dot(layer: LayerShapes) -> int:
    axes = layer.config["axes"]
    axis = axes if isinstance(axes, int) else axes[0]
    first = layer.inputs[0]
    length = first[axis - 1 if axis > 0 else axis]
    return math.prod(layer.outputs[0]) * length


def _none(_layer: LayerShapes) -> int:
    return 0


_FORMULAS: dict[str, Callable[[LayerShapes], int]] = {
    "Dense": _dense,
    **dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), _convolution),
    **dict.fromkeys(
        ("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _transposed
    ),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), _separable),
    **dict.fromkeys(("SimpleRNN", "LSTM", "GRU", "Bidirectional"), _recurrent),
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _recurrent_convolution),
    "EinsumDense": _einsum,
    "MultiHeadAttention": _multi_head,
    **dict.fromkeys(("Attention", "AdditiveAttention"), _attention),
    "Dot": _dot,
    # A row is looked up, slopes and factors are applied to each element.
    **dict.fromkeys(
        ("Embedding", "PReLU", "BatchNormalization", "LayerNormalization"), _none
    ),
}
