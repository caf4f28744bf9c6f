"""Layers that lay the same values out in other shapes: Flatten, Reshape, Permute."""

import math
from collections.abc import Sequence

import numpy as np

from pruneview.pruning.structured.tracing.axes import LONGEST, Axis, Tensor, channels_of
from pruneview.pruning.structured.tracing.call import Call, Keys
from pruneview.pruning.structured.tracing.ledger import Unfollowed

Target = Sequence[int | None]


def flatten(call: Call) -> Tensor:
    """Follow a Flatten: each channel becomes one position for each place in space."""
    given = call.input
    if given.axes is None:
        return Tensor((Axis(), Axis()))
    if call.config.get("data_format") == "channels_first" and len(given.axes) > 2:
        batch, channels, *inside = given.axes
        return Tensor((batch, *relaid(call, [*inside, channels], [-1])))
    return Tensor((given.axes[0], *relaid(call, given.axes[1:], [-1])))


def reshape(call: Call) -> Tensor:
    """Follow a Reshape, whose target may count channels."""
    target = list(call.config.get("target_shape") or ())
    return reshaped(call, call.input, target, ("target_shape",))


def reshaped(
    call: Call, given: Tensor, target: Target, keys: Keys, first: int = 0
) -> Tensor:
    """Return a tensor in another shape, given without the batch.

    ``keys`` is the setting that holds the shape, from its number ``first`` on.
    """
    if given.axes is None:
        lengths = [None if n in (-1, None) else n for n in target]
        return Tensor((Axis(), *(Axis(n) for n in lengths)))
    axes = relaid(call, given.axes[1:], target)
    for place, axis in enumerate(axes):
        if target[place] not in (-1, None):
            call.count((*keys, first + place), axis.channels)
    return Tensor((given.axes[0], *axes))


def permute(call: Call) -> Tensor:
    """Follow a Permute."""
    return transposed(call.input, [0, *call.config.get("dims", ())])


def transposed(given: Tensor, order: Sequence[int]) -> Tensor:
    """Return a tensor with its axes in another order, the batch counted."""
    if given.axes is None or sorted(order) != list(range(len(given.axes))):
        raise Unfollowed("it changes the order of axes that are not known")
    return Tensor(tuple(given.axes[place] for place in order))


def repeat_vector(call: Call) -> Tensor:
    """Follow a RepeatVector: the same channels at each of n steps."""
    given = call.input
    if given.axes is None:
        return Tensor((Axis(), Axis(), Axis()))
    return Tensor((given.axes[0], Axis(call.config.get("n")), given.axes[1]))


def relaid(call: Call, axes: Sequence[Axis], target: Target) -> list[Axis]:
    """Return the axes that values lie along in another shape, in C order.

    Shapes are split where their products meet, so that most axes are carried over as
    they are. Within such a stretch at most one axis has channels; where it is taken
    apart, the last of the new axes has them and those at each place of it go together.
    """
    old = [axis.length for axis in axes]
    new = _completed(old, target)
    result: list[Axis] = []
    for olds, news in _stretches(old, new):
        part = axes[olds]
        lengths = new[news]
        free = [i for i, axis in enumerate(part) if axis.is_free]
        if not free:
            result += [Axis(n) for n in lengths]
        elif len(part) == len(lengths) == 1:
            result.append(part[0])
        elif len(free) > 1 or not _is_laid(old[olds]) or not _is_laid(lengths):
            for axis in part:
                call.keep(axis, f"{call.layer} lays them out in a shape not followed")
            result += [Axis(n) for n in lengths]
        else:
            result += _stretch(call, part, free[0], [n or 0 for n in lengths])
    return result


def _is_laid(lengths: Sequence[int | None]) -> bool:
    """Whether all lengths are known, and no more than any layer holds."""
    return None not in lengths and math.prod(n or 0 for n in lengths) <= LONGEST


def _stretch(
    call: Call, part: Sequence[Axis], free: int, lengths: list[int]
) -> list[Axis]:
    shape = [axis.length or 0 for axis in part]
    column = [1] * len(shape)
    column[free] = -1
    channels = channels_of(part[free])
    assert channels is not None
    laid = np.broadcast_to(channels.reshape(column), shape).reshape(lengths)
    constants = part[free].constants
    held = None
    if constants is not None:
        held = np.broadcast_to(constants.reshape(column), shape).reshape(lengths)
    chosen = len(lengths) - 1
    for place in reversed(range(len(lengths))):
        rows = np.moveaxis(laid, place, -1).reshape(-1, lengths[place])
        if (rows == rows[:1]).all():
            chosen = place
            break
    rows = np.moveaxis(laid, chosen, -1).reshape(-1, lengths[chosen])
    for row in rows[1:] if not (rows == rows[:1]).all() else ():
        call.ledger.tie(rows[0], row)
    result = [Axis(n) for n in lengths]
    same = None
    if held is not None:
        levels = np.moveaxis(held, chosen, -1).reshape(-1, lengths[chosen])
        alike = (levels == levels[:1]).all(0)
        same = np.where(alike, levels[0], np.nan)
    result[chosen] = Axis(lengths[chosen], rows[0].copy(), same)
    return result


def _completed(old: Sequence[int | None], target: Target) -> list[int | None]:
    """Return the target with the length that -1 stands for, where it can be told."""
    new: list[int | None] = [None if n in (-1, None) else n for n in target]
    if new.count(None) == 1 and None not in old:
        rest = math.prod(n for n in new if n is not None)
        total = math.prod(n for n in old if n is not None)
        if rest and total % rest == 0:
            new[new.index(None)] = total // rest
    return new


def _stretches(
    old: Sequence[int | None], new: Sequence[int | None]
) -> list[tuple[slice, slice]]:
    """Split two shapes into stretches that hold as many values, one by one."""
    back = 0
    while back < min(len(old), len(new)) and (
        old[-1 - back] is not None and old[-1 - back] == new[-1 - back]
    ):
        back += 1
    if back and None in (*old[: len(old) - back], *new[: len(new) - back]):
        ends = [
            (
                slice(len(old) - i, len(old) - i + 1),
                slice(len(new) - i, len(new) - i + 1),
            )
            for i in range(back, 0, -1)
        ]
        front = (slice(0, len(old) - back), slice(0, len(new) - back))
        return [front, *ends]
    if None in (*old, *new):
        return [(slice(0, len(old)), slice(0, len(new)))]
    return _meeting([n or 0 for n in old], [n or 0 for n in new])


def _one(place: int) -> slice:
    return slice(place, place + 1)


def _meeting(old: list[int], new: list[int]) -> list[tuple[slice, slice]]:
    if math.prod(old) != math.prod(new):
        raise Unfollowed("its shape does not hold as many values as it is given")
    result = []
    i = j = 0
    while i < len(old) or j < len(new):
        a, b = i, j
        i, j = min(i + 1, len(old)), min(j + 1, len(new))
        left, right = math.prod(old[a:i]), math.prod(new[b:j])
        while left != right:
            if left < right:
                left, i = left * old[i], i + 1
            else:
                right, j = right * new[j], j + 1
        result.append((slice(a, i), slice(b, j)))
    return result
