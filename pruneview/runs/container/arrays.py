"""Named arrays as bytes: a JSON table, then raw values. Nothing is ever executed."""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.errors import RecordingError

_LENGTH = struct.Struct("<I")
_BITS = "bits"
_MOST_AXES = 32


def pack_arrays(
    arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]
) -> list[memoryview]:
    """Return the pieces, in order, that `unpack_arrays` reads when joined.

    Arrays of bools take a bit a value; all others stay as they are in memory.

    Parameters
    ----------
    facts
        What else belongs to them, as JSON has it.
    """
    table, values = [], []
    for name, array in arrays.items():
        dtype = _BITS if array.dtype == np.bool_ else array.dtype.name
        table.append([name, dtype, list(array.shape)])
        flat = np.packbits(array) if dtype == _BITS else _little_endian(array)
        values.append(flat.reshape(-1).view(np.uint8).data)
    text = json.dumps({"facts": facts, "arrays": table}).encode()
    return [memoryview(_LENGTH.pack(len(text)) + text), *values]


def unpack_arrays(
    packed: memoryview,
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return the arrays and facts that `pack_arrays` was given.

    Raises
    ------
    RecordingError
        Where the bytes do not say what they hold.
    """
    try:
        (length,) = _LENGTH.unpack_from(packed)
        start = _LENGTH.size + length
        described = json.loads(bytes(packed[_LENGTH.size : start]))
        arrays = {}
        for name, dtype, shape in described["arrays"]:
            array, start = _take(packed, start, str(dtype), shape)
            arrays[str(name)] = array
        return arrays, dict(described["facts"])
    except (struct.error, ValueError, KeyError, TypeError, OverflowError) as error:
        raise RecordingError(
            "The recording is damaged: it does not say what arrays it holds."
        ) from error


def _take(
    packed: memoryview, start: int, dtype: str, shape: list[int]
) -> tuple[NDArray[Any], int]:
    if len(shape) > _MOST_AXES or any(type(n) is not int or n < 0 for n in shape):
        raise ValueError(f"shape {shape}")
    size = math.prod(shape)
    if dtype == _BITS:
        end = start + (size + 7) // 8
        bits = np.frombuffer(_exactly(packed, start, end), np.uint8)
        return np.unpackbits(bits, count=size).astype(np.bool_).reshape(shape), end
    numpy_dtype = _dtype(dtype)
    end = start + size * numpy_dtype.itemsize
    values = np.frombuffer(_exactly(packed, start, end), np.uint8)
    return values.copy().view(numpy_dtype).reshape(shape), end


def _exactly(packed: memoryview, start: int, end: int) -> memoryview:
    if end > len(packed):
        raise ValueError("cut short")
    return packed[start:end]


def _dtype(name: str) -> np.dtype[Any]:
    """Return a dtype of plain numbers: numpy's own, or one of `ml_dtypes`."""
    extra = getattr(ml_dtypes, name, None)
    dtype = np.dtype(name if extra is None else extra)
    if dtype.hasobject or dtype.fields or dtype.itemsize == 0:
        raise ValueError(f"dtype {name}")
    return dtype


def _little_endian(array: NDArray[Any]) -> NDArray[Any]:
    array = np.ascontiguousarray(array)
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    return array
