"""The parts of an HDF5 object header: types, shapes, layouts, attributes.

After the "HDF5 File Format Specification", version 3.0, sections IV.A.2 (messages) and
III.E (global heap). Only what Keras' writers produce is decoded; the rest raises
`UnsupportedError`, and the HDF5 library reads the file instead.
"""

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import ml_dtypes
import numpy as np

from pruneview.formats.errors import DamagedError
from pruneview.formats.limits import MAX_AXES

# What unpacking raises where the bytes end, or an address is larger than any file.
BROKEN = (struct.error, OverflowError, IndexError)
UNDEFINED = 0xFFFF_FFFF_FFFF_FFFF

_HEAP_OBJECT = struct.Struct("<H6xQ")
_FIXED, _FLOAT, _STRING, _OPAQUE, _VARIABLE = 0, 1, 3, 5, 9
# Size, exponent position and width, mantissa width and bias of the known floats.
_FLOATS = {
    (2, 10, 5, 10, 15): np.dtype("f2"),
    (4, 23, 8, 23, 127): np.dtype("f4"),
    (8, 52, 11, 52, 1023): np.dtype("f8"),
    (2, 7, 8, 7, 127): np.dtype(ml_dtypes.bfloat16),
    (1, 3, 4, 3, 7): np.dtype(ml_dtypes.float8_e4m3fn),
    (1, 2, 5, 2, 15): np.dtype(ml_dtypes.float8_e5m2),
}


class UnsupportedError(Exception):
    """The file is sound as far as it was read, but needs the HDF5 library."""


@dataclass(frozen=True)
class StoredType:
    """A datatype message: the numpy type where there is one, or what it is.

    ``kind`` is ``number``, ``string`` (fixed length), ``variable`` (strings in the
    global heap) or ``opaque``.
    """

    kind: str
    size: int
    dtype: np.dtype | None = None


@lru_cache(maxsize=64)
def read_type(data: bytes) -> StoredType:
    """Decode a datatype message."""
    first, bits0, bits1, _, size = struct.unpack_from("<BBBBI", data)
    kind = first & 0x0F
    order = ">" if bits0 & 1 else "<"
    if kind == _FIXED:
        offset, precision = struct.unpack_from("<HH", data, 8)
        if size not in {1, 2, 4, 8} or offset or precision != size * 8:
            raise UnsupportedError
        sign = "i" if bits0 & 0x08 else "u"
        return StoredType("number", size, np.dtype(f"{order}{sign}{size}"))
    if kind == _FLOAT:
        offset, precision, at, width, _, mantissa, bias = struct.unpack_from(
            "<HHBBBBI", data, 8
        )
        dtype = _FLOATS.get((size, at, width, mantissa, bias))
        if dtype is None or offset or precision != size * 8 or bits1 != precision - 1:
            raise UnsupportedError
        if bits0 & 0x40 or (order == ">" and dtype.kind != "f"):
            raise UnsupportedError
        return StoredType("number", size, dtype.newbyteorder(order))
    if kind == _STRING:
        return StoredType("string", size)
    if kind == _OPAQUE:
        return StoredType("opaque", size)
    if kind == _VARIABLE and bits0 & 0x0F == 1 and size == 16:
        return StoredType("variable", size)
    raise UnsupportedError


@lru_cache(maxsize=256)
def read_shape(data: bytes) -> tuple[int, ...] | None:
    """Decode a dataspace message; None where it is declared to hold nothing."""
    version, rank, flags = struct.unpack_from("<BBB", data)
    if rank > MAX_AXES or version not in {1, 2}:
        raise DamagedError("A weight's shape in the file is damaged.")
    if flags & ~1:
        raise UnsupportedError
    if version == 2 and data[3] == 2:
        return None
    return struct.unpack_from(f"<{rank}Q", data, 8 if version == 1 else 4)


class Place(NamedTuple):
    """Where an array's values are: in the file, or inside the layout message itself."""

    start: int
    length: int
    in_message: bool


def read_layout(data: bytes) -> Place | None:
    """Decode a data layout message; None where no values were ever written."""
    version, kind = struct.unpack_from("<BB", data)
    if version != 3 or kind > 1:
        raise UnsupportedError
    if kind == 0:
        (size,) = struct.unpack_from("<H", data, 2)
        return Place(4, min(size, len(data) - 4), True)
    address, size = struct.unpack_from("<QQ", data, 2)
    return None if address == UNDEFINED else Place(address, size, False)


@dataclass(frozen=True)
class Attribute:
    """An attribute message, its value still raw."""

    name: str
    type: StoredType
    shape: tuple[int, ...] | None
    data: bytes

    @property
    def count(self) -> int:
        """Number of elements."""
        count = 1
        for axis in self.shape if self.shape is not None else (0,):
            count *= axis
        return count


def read_attribute(data: bytes) -> Attribute | None:
    """Decode an attribute message; None where its type is none that Keras writes."""
    version, flags, name_size, type_size, space_size = struct.unpack_from(
        "<BBHHH", data
    )
    if version not in {1, 2, 3} or (version > 1 and flags):
        raise UnsupportedError
    at = 9 if version == 3 else 8

    def piece(size: int) -> bytes:
        nonlocal at
        start, end = at, at + size
        at = start + ((size + 7) // 8 * 8 if version == 1 else size)
        if end > len(data):
            raise struct.error
        return data[start:end]

    name = piece(name_size).split(b"\0")[0].decode("utf-8", "replace")
    stored_type, space = piece(type_size), piece(space_size)
    try:
        return Attribute(name, read_type(stored_type), read_shape(space), data[at:])
    except UnsupportedError:
        return None


def read_heap(buffer: memoryview, base: int, address: int) -> dict[int, slice]:
    """Return where the objects of a global heap collection are, by their number.

    The objects are strings of variable length; all those of a file share a few
    collections.

    Raises
    ------
    DamagedError
        There is no collection at that address.
    """
    start = base + address
    if bytes(buffer[start : start + 4]) != b"GCOL":
        raise DamagedError("A text in the file is damaged.")
    (size,) = struct.unpack_from("<Q", buffer, start + 8)
    end = min(start + size, len(buffer))
    at = start + 16
    found: dict[int, slice] = {}
    while at + 16 <= end:
        number, length = _HEAP_OBJECT.unpack_from(buffer, at)
        at += 16
        if number == 0 or at + length > end:
            break
        found.setdefault(number, slice(at, at + length))
        at += (length + 7) // 8 * 8
    return found
