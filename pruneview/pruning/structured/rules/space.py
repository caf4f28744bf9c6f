"""Layers that change the axes in space and leave each channel to itself."""

from pruneview.pruning.structured.rules.sizes import (
    as_list,
    channel_axis,
    space_axes,
    window_length,
    with_lengths,
)
from pruneview.pruning.structured.tracing.axes import Axis, Tensor
from pruneview.pruning.structured.tracing.call import Call


def pooling(call: Call) -> Tensor:
    """Follow a pooling layer; the mean and maximum of a constant are that constant."""
    given = call.keep_others(call.input, channel_axis(call.config))
    positions = space_axes(call, given)
    count = len(positions)
    window = as_list(
        call.config.get("pool_size", call.config.get("pool_length", 2)), count
    )
    strides = as_list(call.config.get("strides") or window, count)
    padding = str(call.config.get("padding", "valid"))
    lengths = [
        window_length(given[p].length, w, s, padding)
        for p, w, s in zip(positions, window, strides, strict=False)
    ]
    return with_lengths(given, positions, lengths)


def global_pooling(call: Call) -> Tensor:
    """Follow a pooling over all of space."""
    axis = channel_axis(call.config)
    given = call.keep_others(call.input, axis)
    if given.axes is None:
        return Tensor()
    inside = (Axis(1),) * len(space_axes(call, given))
    if not call.config.get("keepdims"):
        return Tensor((given.axes[0], given[axis]))
    if axis == 1:
        return Tensor((given.axes[0], given[1], *inside))
    return Tensor((given.axes[0], *inside, given[-1]))


def padding(call: Call) -> Tensor:
    """Follow a ZeroPadding; a constant that is not zero is none at the borders."""
    axis = channel_axis(call.config)
    given = call.keep_others(call.input, axis)
    if call.folding and given[axis].channels is not None:
        held = given[axis].values()[call.folding.gone(given[axis].channels)]
        if (held[held == held] != 0).any():  # noqa: PLR0124 - NaN is not itself
            call.folding.note(
                f"Removed channels carried constants through {call.layer}, which puts "
                "zeros around them: the outputs differ near the borders."
            )
    return _grown(call, given, "padding", 1)


def cropping(call: Call) -> Tensor:
    """Follow a Cropping."""
    given = call.keep_others(call.input, channel_axis(call.config))
    return _grown(call, given, "cropping", -1)


def upsampling(call: Call) -> Tensor:
    """Follow an UpSampling."""
    given = call.keep_others(call.input, channel_axis(call.config))
    positions = space_axes(call, given)
    size = as_list(call.config.get("size", 2), len(positions))
    lengths = [
        None if given[p].length is None else (given[p].length or 0) * s
        for p, s in zip(positions, size, strict=False)
    ]
    return with_lengths(given, positions, lengths)


def resizing(call: Call) -> Tensor:
    """Follow a layer that resizes or crops images to a given height and width."""
    given = call.keep_others(call.input, channel_axis(call.config))
    positions = space_axes(call, given)
    return with_lengths(
        given, positions, [call.config.get("height"), call.config.get("width")]
    )


def _grown(call: Call, given: Tensor, setting: str, sign: int) -> Tensor:
    positions = space_axes(call, given)
    amounts = call.config.get(setting, 0)
    if len(positions) == 1 and isinstance(amounts, list | tuple):
        amounts = [amounts]
    pairs = [
        pair if isinstance(pair, list | tuple) else (pair, pair)
        for pair in (
            amounts if isinstance(amounts, list | tuple) else [amounts] * len(positions)
        )
    ]
    lengths = [
        None if given[p].length is None else (given[p].length or 0) + sign * sum(pair)
        for p, pair in zip(positions, pairs, strict=False)
    ]
    return with_lengths(given, positions, lengths)
