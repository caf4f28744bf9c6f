"""The masks of all pruned weights as one row of bits."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Shapes = Sequence[tuple[str, tuple[int, ...]]]
Bits = NDArray[np.uint8]


def bytes_of(shapes: Shapes) -> int:
    """Return how many bytes the bits of these weights take."""
    return sum(_bytes(shape) for _, shape in shapes)


def to_bits(masks: Mapping[str, NDArray[np.bool_]], shapes: Shapes) -> Bits:
    """Return the masks, each beginning at a byte, in the order of `shapes`."""
    rows = [np.packbits(masks[path]) for path, _ in shapes]
    return np.concatenate(rows) if rows else np.zeros(0, np.uint8)


def to_masks(bits: Bits, shapes: Shapes) -> dict[str, NDArray[np.bool_]]:
    """Return the masks by path; True keeps a weight."""
    masks, start = {}, 0
    for path, shape in shapes:
        end = start + _bytes(shape)
        row = np.unpackbits(bits[start:end], count=int(np.prod(shape)))
        masks[path] = row.view(np.bool_).reshape(shape)
        start = end
    return masks


def _bytes(shape: tuple[int, ...]) -> int:
    return (int(np.prod(shape)) + 7) // 8
