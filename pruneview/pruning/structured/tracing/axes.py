"""Tensors as the trace sees them: which channel lies at each position of an axis."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

#: At a position of an axis: no channel that could ever be removed.
STAYS = -1
#: Longer axes are not followed: no layer makes as many channels.
LONGEST = 50_000_000
Channels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis of a tensor.

    Attributes
    ----------
    length
        None where it is any.
    channels
        Number of the channel at each position, or `STAYS`; None: all of them stay.
    constants
        The one value that a removed channel has everywhere, at each position; NaN
        where it is not constant. None while nothing is removed.
    """

    length: int | None = None
    channels: Channels | None = None
    constants: NDArray[np.float64] | None = None

    @property
    def is_free(self) -> bool:
        """Whether it has channels that may be removed."""
        return self.channels is not None

    def values(self) -> NDArray[np.float64]:
        """Return the constants, NaN where none are known."""
        if self.constants is not None:
            return self.constants
        return np.full(self.length or 0, np.nan)

    def with_constants(self, constants: NDArray[np.float64] | None) -> "Axis":
        """Return the axis with other constants."""
        return replace(self, constants=constants)


@dataclass(frozen=True, eq=False)
class Tensor:
    """The axes of a tensor, the batch first; None where not even the rank is known."""

    axes: tuple[Axis, ...] | None = None

    def __getitem__(self, position: int) -> Axis:
        if self.axes is None or not -len(self.axes) <= position < len(self.axes):
            return Axis()
        return self.axes[position]

    @property
    def rank(self) -> int | None:
        """How many axes; None where not known."""
        return None if self.axes is None else len(self.axes)

    @property
    def lengths(self) -> tuple[int | None, ...]:
        """Of the axes; empty where the rank is not known."""
        return tuple(axis.length for axis in self.axes or ())

    def free(self) -> list[int]:
        """Return the positions of the axes with channels that may be removed."""
        return [i for i, axis in enumerate(self.axes or ()) if axis.is_free]

    def replace(self, position: int, axis: Axis) -> "Tensor":
        """Return the tensor with another axis there; as it is where that is unknown."""
        if self.axes is None:
            return self
        axes = list(self.axes)
        axes[position] = axis
        return Tensor(tuple(axes))


def fixed_tensor(lengths: Sequence[int | None] | None) -> Tensor:
    """Return a tensor whose channels all stay."""
    if lengths is None:
        return Tensor()
    return Tensor(tuple(Axis(length) for length in lengths))


def channels_of(axis: Axis) -> Channels | None:
    """Return the channels at each position, `STAYS` spelt out; None if length is."""
    if axis.channels is not None or axis.length is None or axis.length > LONGEST:
        return axis.channels
    return np.full(axis.length, STAYS, np.int64)


def concatenated(axes: Iterable[Axis]) -> Axis | None:
    """Join axes end to end; None where a length is not known, or far too long."""
    parts = list(axes)
    if any(axis.length is None for axis in parts):
        return None
    length = sum(axis.length or 0 for axis in parts)
    if length > LONGEST:
        return None
    if not any(axis.is_free for axis in parts):
        return Axis(length)
    channels = [c for c in map(channels_of, parts) if c is not None]
    constants = None
    if any(axis.constants is not None for axis in parts):
        constants = np.concatenate([axis.values() for axis in parts])
    return Axis(length, np.concatenate(channels), constants)
