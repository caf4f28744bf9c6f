"""How long the axes in space are after convolutions, pooling and padding."""

from collections.abc import Mapping
from typing import Any

from pruneview.pruning.structured.tracing.axes import Axis, Tensor
from pruneview.pruning.structured.tracing.call import Call


def as_list(value: Any, count: int) -> list[int]:
    """Return a setting of one number, or of one an axis, as one an axis."""
    if isinstance(value, list | tuple):
        return [int(v) for v in value]
    return [int(value)] * count


def channel_axis(config: Mapping[str, Any]) -> int:
    """Return where the channels lie: last, or first after the batch."""
    return 1 if config.get("data_format") == "channels_first" else -1


def space_axes(call: Call, tensor: Tensor) -> list[int]:
    """Return the positions of the axes in space."""
    rank = tensor.rank or 0
    if channel_axis(call.config) == 1:
        return list(range(2, rank))
    return list(range(1, rank - 1))


def window_length(
    length: int | None, window: int, stride: int, padding: str, dilation: int = 1
) -> int | None:
    """Return the length after a sliding window, by the rules of Keras."""
    if length is None:
        return None
    if padding in ("same", "causal"):
        return -(-length // stride)
    return max(0, (length - (window - 1) * dilation - 1) // stride + 1)


def grown_length(
    length: int | None, window: int, stride: int, padding: str, extra: int | None
) -> int | None:
    """Return the length after a transposed convolution, by the rules of Keras."""
    if length is None:
        return None
    if extra is not None:
        pad = window // 2 if padding == "same" else 0
        return (length - 1) * stride + window - 2 * pad + extra
    if padding == "same":
        return length * stride
    return length * stride + max(window - stride, 0)


def with_lengths(tensor: Tensor, positions: list[int], lengths: Any) -> Tensor:
    """Return the tensor with other lengths at axes in space."""
    for position, length in zip(positions, lengths, strict=False):
        tensor = tensor.replace(position, Axis(length))
    return tensor
