"""What would have to change for a figure to become better: a sentence a row."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_HARDLY = 0.01  # share of zeros below which a model counts as not pruned


def raw() -> str:
    """Of the raw bytes."""
    return (
        "A zero takes as many bytes as any number. Fewer bytes need fewer weights "
        "(structured pruning) or a smaller type (float16 halves them)."
    )


def optimizer(state: int) -> str:
    """Of sizes with optimizer state; `state` is its bytes, by the row's measure."""
    if not state:
        return "Nothing to gain: there is no optimizer state to leave out."
    return (
        f"Save without the optimizer's state, which only further training needs: "
        f"{state:,} bytes less."
    )


def deflated(left: int, total: int) -> str:
    """Of deflated weights, `left` of `total` values not being zero."""
    if total and (total - left) / total < _HARDLY:
        return (
            "There are hardly any zeros, and other values hardly compress: prune, or "
            "store fewer different values (quantization)."
        )
    return (
        f"The {left:,} values that are not zero hardly compress: raise the sparsity, "
        "or store fewer different values (quantization)."
    )


def sparse(arrays: Sequence[NDArray], zeros: int) -> str:
    """Of the sparse encoding."""
    if not zeros:
        return "There are no zeros to leave out: prune first."
    places = sum((array.size + 7) // 8 for array in arrays)
    values = sum(int(np.count_nonzero(a)) * a.dtype.itemsize for a in arrays)
    return (
        f"The values left take {values:,} bytes, the bits at most {places:,}: store "
        "values in a smaller type (float16, int8), or raise the sparsity."
    )


def entropy() -> str:
    """Of the entropy bound."""
    return (
        "No code for scattered zeros gets below this; zeros in a pattern (blocks, "
        "N:M, whole channels) need fewer bits, smaller values need fewer bytes."
    )


def file() -> str:
    """Of the file that Keras writes."""
    return (
        "Keras stores weights uncompressed, zeros and all: put the file into a ZIP or "
        "gzip it."
    )


def file_deflated() -> str:
    """Of that file, deflated."""
    return "As for the weights alone: more zeros, or fewer different values."


def lite_float() -> str:
    """Of a TensorFlow Lite file."""
    return (
        "The converter stores every zero: compress the file, convert it with sparse "
        "encoding, or quantize (rows below)."
    )


def lite_dynamic() -> str:
    """Of a quantized TensorFlow Lite file."""
    return (
        "One byte a weight, zeros included: what is left to gain is compression of "
        "the file (next row), or fewer weights."
    )


def lite_sparse() -> str:
    """Of a TensorFlow Lite file with sparse encoding."""
    return (
        "An index for each value left: zeros in blocks need fewer. The converter "
        "leaves a weight dense where that is no gain."
    )


def lite_deflated(quantized: bool) -> str:
    """Of a compressed TensorFlow Lite file."""
    if quantized:
        return "Raise the sparsity: zeros and few different values both compress."
    return "Raise the sparsity, or quantize: fewer different values compress better."


def latency_keras() -> str:
    """Of a Keras model's time."""
    return (
        "TensorFlow multiplies by a zero as by any number: remove neurons, filters or "
        "channels (structured pruning), and the time falls with the arithmetic."
    )


def latency_lite(pointwise_share: float, *, sparse_file: bool) -> str:
    """Of the time under XNNPACK.

    Its sparse kernels are those of Elsen et al., "Fast Sparse ConvNets" (2020,
    arXiv:1911.09723); the conditions are those in the delegate's own description.
    """
    share = f"{pointwise_share * 100:.0f} % of the weights here"
    if not pointwise_share:
        return (
            "XNNPACK skips zeros in 1x1 convolutions only, and this model has none: "
            "remove neurons, filters or channels instead."
        )
    return (
        f"XNNPACK skips zeros only in 1x1 convolutions ({share})"
        + ("" if sparse_file else " of a file with sparse encoding")
        + ", from a 3x3 convolution (3 channels, stride 2, padded by 1 all round) to a "
        "global mean; elsewhere remove channels."
    )


def latency_quantized() -> str:
    """Of a quantized file's time."""
    return (
        "Integer kernels skip no zeros: remove neurons, filters or channels, or "
        "quantize activations too (which needs samples of real data)."
    )
