"""Convolutions: plain, grouped, transposed, depthwise and separable."""

import math

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.rules.linear import bias_values, moved, through_kernel
from pruneview.pruning.structured.rules.sizes import (
    as_list,
    channel_axis,
    grown_length,
    space_axes,
    window_length,
    with_lengths,
)
from pruneview.pruning.structured.tracing.axes import Axis, Channels, Tensor
from pruneview.pruning.structured.tracing.call import Call, Parameter


def convolution(call: Call) -> Tensor:
    """Follow Conv1D to Conv3D: it reads kernel axis -2, and makes the last."""
    kernel, bias = call.need("kernel"), call.find("bias")
    given, read = _read(call)
    groups = call.config.get("groups") or 1
    if groups > 1 and kernel.shape[-2] == 1:
        return _by_channel(call, kernel, bias, given, read, grouped=True)
    if groups > 1:
        read = _one_group(call, read, groups)
    call.consume(kernel, -2, read)
    size = kernel.shape[-1]
    made = call.make("filter", size)
    if groups > 1:
        _tie_blocks(call, made, groups)
    call.produce(kernel, -1, made)
    call.produce(bias, 0, made)
    call.count(("filters",), made)
    constants = None
    if call.folding:
        taps = _taps(call, kernel)
        border = _border(call)
        if groups == 1:
            constants = through_kernel(
                call, read, kernel, taps, bias, made=made, bordered=border
            )
        else:
            constants = _grouped(call, read, kernel, taps, bias=bias, made=made)
    return _result(call, given, Axis(size, made, constants), kernel)


def transposed(call: Call) -> Tensor:
    """Follow Conv1DTranspose to Conv3DTranspose: kernel axes the other way round."""
    kernel, bias = call.need("kernel"), call.find("bias")
    given, read = _read(call)
    call.consume(kernel, -1, read)
    size = kernel.shape[-2]
    made = call.make("filter", size)
    call.produce(kernel, -2, made)
    call.produce(bias, 0, made)
    call.count(("filters",), made)
    count = len(kernel.shape) - 2
    strides = as_list(call.config.get("strides", 1), count)
    constants = None
    if call.folding:
        taps = np.swapaxes(_taps(call, kernel), 1, 2)
        constants = through_kernel(
            call,
            read,
            kernel,
            taps,
            bias,
            made=made,
            bordered="its overlapping strides",
            share=1 / math.prod(strides),
        )
    padding = str(call.config.get("padding", "valid"))
    extra = call.config.get("output_padding")
    extras = [None] * count if extra is None else as_list(extra, count)
    positions = space_axes(call, given)
    lengths = [
        grown_length(given[p].length, w, s, padding, e)
        for p, w, s, e in zip(positions, kernel.shape, strides, extras, strict=False)
    ]
    given = with_lengths(given, positions, lengths)
    return _placed(call, given, Axis(size, made, constants), count)


def depthwise(call: Call) -> Tensor:
    """Follow a depthwise convolution: each channel stays one, or becomes several."""
    kernel = call.find("depthwise_kernel") or call.need("kernel")
    bias = call.find("bias")
    given, read = _read(call)
    return _by_channel(call, kernel, bias, given, read, grouped=False)


def separable(call: Call) -> Tensor:
    """Follow a depthwise and then a pointwise convolution."""
    depth, point = call.need("depthwise_kernel"), call.need("pointwise_kernel")
    bias = call.find("bias")
    given, read = _read(call)
    call.consume(depth, -2, read)
    middle = _multiplied(read, depth.shape[-1])
    call.consume(point, -2, middle)
    size = point.shape[-1]
    made = call.make("filter", size)
    call.produce(point, -1, made)
    call.produce(bias, 0, made)
    call.count(("filters",), made)
    constants = None
    if call.folding:
        _note_border(call, read, depth)
        sums = _taps(call, depth).sum(0, dtype=np.float64).reshape(-1)
        middle = middle.with_constants(_times(middle.values(), sums))
        taps = _taps(call, point)
        constants = through_kernel(call, middle, point, taps, bias, made=made)
    return _result(call, given, Axis(size, made, constants), depth)


def _read(call: Call) -> tuple[Tensor, Axis]:
    axis = channel_axis(call.config)
    given = call.keep_others(call.input, axis)
    return given, given[axis]


def _by_channel(
    call: Call,
    kernel: Parameter,
    bias: Parameter | None,
    given: Tensor,
    read: Axis,
    *,
    grouped: bool,
) -> Tensor:
    """Follow a convolution of each channel by itself.

    ``grouped``: written as as many groups, its kernel ends in (1, all that comes out).
    """
    size = kernel.shape[-1] if grouped else kernel.shape[-1] * kernel.shape[-2]
    count = int(call.config["groups"]) if grouped else kernel.shape[-2]
    out = _multiplied(read, size // count)
    if read.is_free:
        call.produce(kernel, -1 if grouped else -2, (out if grouped else read).channels)
    else:
        call.consume(kernel, -1 if grouped else -2, read)
    if bias is not None:
        call.produce(bias, 0, out.channels)
    if grouped:
        call.count(("filters",), out.channels)
        call.count(("groups",), read.channels)
    if call.folding and out.is_free:
        _note_border(call, read, kernel)
        taps = _taps(call, kernel)
        sums = taps.sum(0, dtype=np.float64).reshape(-1)
        moving = (taps != 0).any(0).reshape(-1)
        level = bias_values(call, kernel, bias, size)
        constants = np.where(moving, _times(out.values(), sums), 0.0) + level
        out = out.with_constants(constants)
    return _result(call, given, Axis(size, out.channels, out.constants), kernel)


def _multiplied(read: Axis, multiplier: int) -> Axis:
    length = None if read.length is None else read.length * multiplier
    if read.channels is None:
        return Axis(length)
    constants = None
    if read.constants is not None:
        constants = np.repeat(read.constants, multiplier)
    return Axis(length, np.repeat(read.channels, multiplier), constants)


def _one_group(call: Call, read: Axis, groups: int) -> Axis:
    """Have channels at the same place of each group go together; return one group."""
    if read.channels is None:
        return Axis(None if read.length is None else read.length // groups)
    _tie_blocks(call, read.channels, groups)
    size = len(read.channels) // groups
    return Axis(size, read.channels[:size], read.constants)


def _tie_blocks(call: Call, channels: Channels, groups: int) -> None:
    blocks = channels.reshape(groups, -1)
    for block in blocks[1:]:
        call.ledger.tie(blocks[0], block)


def _grouped(
    call: Call,
    read: Axis,
    kernel: Parameter,
    taps: NDArray,
    *,
    bias: Parameter | None,
    made: Channels,
) -> NDArray:
    """Carry constants through each group of a grouped convolution."""
    assert call.folding is not None
    groups = int(call.config["groups"])
    width = len(made) // groups
    constants = read.values() if read.constants is None else read.constants
    all_channels = read.channels
    change, out = np.zeros(len(made)), np.full(len(made), np.nan)
    away = call.folding.gone(made)
    for g in range(groups):
        columns = slice(g * width, (g + 1) * width)
        if all_channels is None:
            gone = np.zeros(taps.shape[1], bool)
        else:
            own = constants[g * taps.shape[1] :][: taps.shape[1]]
            gone, held = call.folding.settle(
                Axis(len(all_channels), all_channels, own), call.layer
            )
            change[columns] = held @ taps[:, gone, columns].astype(np.float64).sum(0)
        moving = moved(taps[:, :, columns], gone)
        out[columns] = np.where(moving, np.nan, 0.0)
    if np.any(change):
        if _border(call) and len(taps) > 1:
            _note(call)
        call.shift(bias, kernel, change, made)
    level = bias_values(call, kernel, bias, len(made))
    return np.where(away, out + level, np.nan)


def _taps(call: Call, kernel: Parameter) -> NDArray:
    return call.raw(kernel).reshape(-1, *kernel.shape[-2:])


def _times(constants: NDArray, factors: NDArray) -> NDArray:
    """Multiply; nothing of a value is nothing, also of one that is not known."""
    return np.where(factors == 0, 0.0, constants * factors)


def _border(call: Call) -> str:
    padding = call.config.get("padding", "valid")
    return "" if padding == "valid" else "its padding"


def _note_border(call: Call, read: Axis, kernel: Parameter) -> None:
    if not call.folding or read.channels is None or not _border(call):
        return
    held = read.values()[call.folding.gone(read.channels)]
    if np.any(held[~np.isnan(held)]) and np.prod(kernel.shape[:-2]) > 1:
        _note(call)


def _note(call: Call) -> None:
    assert call.folding is not None
    call.folding.note(
        f"Removed channels carried constants into {call.layer}, and for its padding "
        "these do not act alike everywhere: the outputs differ near the borders."
    )


def _result(call: Call, given: Tensor, made: Axis, kernel: Parameter) -> Tensor:
    count = len(kernel.shape) - 2
    strides = as_list(call.config.get("strides", 1), count)
    rates = as_list(call.config.get("dilation_rate", 1), count)
    padding = str(call.config.get("padding", "valid"))
    positions = space_axes(call, given)
    lengths = [
        window_length(given[p].length, w, s, padding, d)
        for p, w, s, d in zip(positions, kernel.shape, strides, rates, strict=False)
    ]
    return _placed(call, with_lengths(given, positions, lengths), made, count)


def _placed(call: Call, given: Tensor, made: Axis, space: int) -> Tensor:
    if given.axes is None:
        given = Tensor((Axis(),) * (space + 2))
    axis = channel_axis(call.config)
    return call.activate(given.replace(axis, made))
