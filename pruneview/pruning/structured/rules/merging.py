"""Layers that bring tensors together: sums, products, concatenations, products of."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.tracing.axes import (
    STAYS,
    Axis,
    Tensor,
    channels_of,
    concatenated,
)
from pruneview.pruning.structured.tracing.call import Call
from pruneview.pruning.structured.tracing.ledger import Unfollowed

Combine = Callable[[NDArray, NDArray], NDArray]


def product(one: NDArray, other: NDArray) -> NDArray:
    """Multiply; nothing of a value is nothing, also of one that is not known."""
    return np.where((one == 0) | (other == 0), 0.0, one * other)


COMBINE: dict[str, Combine] = {
    "Add": np.add,
    "Subtract": np.subtract,
    "Multiply": product,
    "Maximum": np.maximum,
    "Minimum": np.minimum,
    "Average": np.add,
}


def merge(call: Call) -> Tensor:
    """Follow a layer that combines tensors value by value: their channels go as one."""
    tensors = call.inputs
    combine = COMBINE[call.kind]
    rank = max((t.rank or 0 for t in tensors), default=0)
    result = _expanded(tensors[0], rank)
    for tensor in tensors[1:]:
        result = broadcast(call, result, _expanded(tensor, rank), combine)
    if call.kind == "Average" and call.folding:
        for position in result.free():
            axis = result[position]
            mean = axis.with_constants(axis.values() / len(tensors))
            result = result.replace(position, mean)
    return result


def broadcast(call: Call, one: Tensor, other: Tensor, combine: Combine) -> Tensor:
    """Return two tensors combined by numpy's rules, axes counted from the last."""
    if one.axes is None or other.axes is None:
        for tensor in (one, other):
            for position in tensor.free():
                call.keep(
                    tensor[position], f"{call.layer} joins them with what is unknown"
                )
        return Tensor()
    rank = max(len(one.axes), len(other.axes))
    axes = []
    for back in range(rank, 0, -1):
        mine = one.axes[-back] if back <= len(one.axes) else Axis(1)
        yours = other.axes[-back] if back <= len(other.axes) else Axis(1)
        axes.append(_joined(call, mine, yours, combine))
    return Tensor(tuple(axes))


def _joined(call: Call, one: Axis, other: Axis, combine: Combine) -> Axis:
    if not one.is_free and not other.is_free:
        length = other.length if one.length in (None, 1) else one.length
        return Axis(length)
    for narrow, wide in ((one, other), (other, one)):
        if narrow.length == 1 and wide.length != 1:
            call.keep(narrow, f"{call.layer} spreads it over all channels")
            if narrow.is_free or not wide.is_free or wide.constants is None:
                return wide
            unknown = np.full(len(wide.constants), np.nan)
            return wide.with_constants(combine(wide.constants, unknown))
    mine, yours = channels_of(one), channels_of(other)
    if mine is None or yours is None or len(mine) != len(yours):
        for axis in (one, other):
            call.keep(axis, f"{call.layer} combines them with others of no known size")
        return Axis(one.length or other.length)
    call.ledger.tie(mine, yours)
    both = np.where(mine == STAYS, yours, mine)
    constants = None
    if one.constants is not None or other.constants is not None:
        constants = combine(one.values(), other.values())
    return Axis(len(both), both, constants)


def _expanded(tensor: Tensor, rank: int) -> Tensor:
    """Return the tensor with axes of one after the batch, as Keras' merges add."""
    if tensor.axes is None or len(tensor.axes) >= rank:
        return tensor
    ones = (Axis(1),) * (rank - len(tensor.axes))
    return Tensor((tensor.axes[0], *ones, *tensor.axes[1:]))


def concatenate(call: Call) -> Tensor:
    """Follow a Concatenate layer."""
    return joined_along(call, call.inputs, int(call.config.get("axis", -1)))


def joined_along(call: Call, tensors: list[Tensor], axis: int) -> Tensor:
    """Return tensors laid end to end along an axis; their other axes go as one."""
    known = [t.axes for t in tensors if t.axes is not None]
    if len(known) < len(tensors) or len({len(axes) for axes in known}) > 1:
        raise Unfollowed("it joins tensors of no known shape")
    rank = len(known[0])
    position = axis % rank
    axes: list[Axis] = []
    for place in range(rank):
        parts = [axes_of[place] for axes_of in known]
        if place == position:
            whole = concatenated(parts)
            if whole is None:
                for part in parts:
                    call.keep(part, f"{call.layer} joins axes of no known length")
                whole = Axis()
            axes.append(whole)
            continue
        across = parts[0]
        for part in parts[1:]:
            across = _joined(call, across, part, _same)
        axes.append(across)
    return Tensor(tuple(axes))


def _same(one: NDArray, other: NDArray) -> NDArray:
    return np.where(one == other, one, np.nan)


def dot(call: Call) -> Tensor:
    """Have everything stay that a Dot layer reads."""
    if any(tensor.free() for tensor in call.inputs):
        raise Unfollowed("it takes products of its inputs along axes of its own")
    return Tensor()


def scaled_residual(call: Call) -> Tensor:
    """Follow Inception-ResNet's own sum: the first input and the scaled second."""
    first, second = call.inputs[:2]
    scale: Any = call.config.get("scale", 1.0)
    return broadcast(call, first, second, lambda a, b: a + float(scale) * b)
