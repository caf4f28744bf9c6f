"""Weights without their zeros: a bit for each place, and the values that are left.

This is the plainest encoding that gains from zeros wherever they are. Each weight
starts with one byte that tells its form: bitmask and values, or all values where
that takes less.
"""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DENSE, _SPARSE = b"\x00", b"\x01"


def encode_sparse(array: NDArray[Any]) -> bytes:
    """Return `array` in its smaller form; shape and dtype are not in it.

    Parameters
    ----------
    array
        Any shape; values are written little-endian in C order. A negative zero
        counts as a value, so that decoding gives every bit back.
    """
    values = _ordered(array)
    kept = _kept(values)
    mask = np.packbits(kept).tobytes()
    left = values[kept].tobytes()
    if len(mask) + len(left) < values.nbytes:
        return _SPARSE + mask + left
    return _DENSE + values.tobytes()


def decode_sparse(data: bytes, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """Return the array that `encode_sparse` wrote."""
    little = np.dtype(dtype).newbyteorder("<")
    size = math.prod(shape)
    if data[:1] == _DENSE:
        return np.frombuffer(data, little, size, 1).reshape(shape)
    mask_bytes = (size + 7) // 8
    mask = np.frombuffer(data, np.uint8, mask_bytes, 1)
    kept = np.unpackbits(mask, count=size).astype(np.bool_)
    values = np.zeros(size, little)
    values[kept] = np.frombuffer(data, little, int(kept.sum()), 1 + mask_bytes)
    return values.reshape(shape)


def sparse_size(arrays: Iterable[NDArray[Any]]) -> int:
    """Return the bytes of `encode_sparse` summed over arrays; nothing is encoded."""
    total = 0
    for array in arrays:
        size, itemsize = array.size, array.dtype.itemsize
        left = int(np.count_nonzero(_kept(_ordered(array))))
        total += 1 + min((size + 7) // 8 + left * itemsize, size * itemsize)
    return total


def entropy_bound(arrays: Iterable[NDArray[Any]]) -> int:
    """Return the bytes below which no code for the places of the zeros can get.

    For a weight of n values, k of them not zero, the places take at least
    ``n * H(k / n)`` bits on average, with the binary entropy function
    ``H(p) = -p log2 p - (1 - p) log2 (1 - p)``, and the values left are taken as
    they are, ``k`` times their bytes: Shannon, "A Mathematical Theory of
    Communication" (1948), section 6, for places that are independent of each other.
    A code beats it only where zeros form patterns or values repeat.
    """
    bits = 0.0
    for array in arrays:
        if array.size:
            left = int(np.count_nonzero(_kept(_ordered(array))))
            bits += array.size * binary_entropy(left / array.size)
            bits += left * array.dtype.itemsize * 8
    return math.ceil(bits / 8)


def binary_entropy(share: float) -> float:
    """Return H(share) in bits; 0 at 0 and 1, 1 at one half."""
    if share <= 0.0 or share >= 1.0:
        return 0.0
    return -share * math.log2(share) - (1 - share) * math.log2(1 - share)


def _ordered(array: NDArray[Any]) -> NDArray[Any]:
    flat = np.ascontiguousarray(array).reshape(-1)
    if flat.dtype.byteorder == ">":
        flat = flat.astype(flat.dtype.newbyteorder("<"))
    return flat


def _kept(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where any bit is set."""
    if not values.size:
        return np.zeros(0, np.bool_)
    raw = values.view(np.uint8).reshape(values.size, values.dtype.itemsize)
    return np.not_equal(raw, 0).any(axis=1, keepdims=True).reshape(-1)
