"""HDF5 as Keras writes it, read without the HDF5 library.

Keras' files use the oldest form of the format: version 1 object headers, groups as
symbol tables, contiguous data. That much is read here, every address and size checked
against the file, so that a damaged or hostile file cannot crash the process as it can
inside the library's C code; and it is several times faster. Anything else raises
`UnsupportedError`, and `reading` turns to the library, in a helper process first.
"""

import struct
from functools import cached_property

import ml_dtypes
import numpy as np

from pruneview.formats.errors import DamagedError, FormatError
from pruneview.formats.hdf5.messages import (
    BROKEN,
    Attribute,
    UnsupportedError,
    read_attribute,
    read_heap,
    read_layout,
    read_shape,
    read_type,
)
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.symbols import Symbol, read_symbols
from pruneview.formats.hdf5.tree import Dataset, Group, Tree, Window
from pruneview.formats.identify import HDF5_SIGNATURE
from pruneview.formats.limits import MAX_OBJECTS, check_declared_size

_SPACE, _TYPE, _EXTERNAL, _LAYOUT, _FILTERS, _ATTRIBUTE = 1, 3, 7, 8, 11, 12
_CONTINUATION, _SYMBOLS = 16, 17
_WANTED = frozenset(
    {_SPACE, _TYPE, _EXTERNAL, _LAYOUT, _FILTERS, _ATTRIBUTE, _CONTINUATION, _SYMBOLS}
)
_SHARED = 2
_MESSAGE = struct.Struct("<HHB3x")
_MAX_BLOCKS = 4096

# Kind, contents, and where in the file the contents are.
Messages = list[tuple[int, bytes, int]]


class NativeTree(Tree):
    """An HDF5 file in the oldest form of the format."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.buffer = region.buffer()
        self._reads = 0
        self._heaps: dict[int, dict[int, slice]] = {}
        try:
            self.base, root = self._superblock()
            self.root = NativeGroup(self, root, self.messages(root))
        except (*BROKEN, DamagedError):
            raise FormatError(
                "The file begins like HDF5 but is damaged or cut off."
                " Copy or download it again."
            ) from None

    def close(self) -> None:
        self.buffer.release()

    def messages(self, address: int) -> Messages:
        """Return the messages of the object header at an address."""
        # Every object costs one read, so that a file that repeats itself ends.
        self._reads += 1
        if self._reads > MAX_OBJECTS:
            raise FormatError(
                "The file's structure is larger than any model's, so it was not opened."
            )
        start = self.base + address
        if bytes(self.buffer[start : start + 4]) == b"OHDR":
            raise UnsupportedError
        version, left, _, size = struct.unpack_from("<BxHII", self.buffer, start)
        if version != 1:
            raise DamagedError("An object's header in the file is damaged.")
        found: Messages = []
        buffer, unpack = self.buffer, _MESSAGE.unpack_from
        blocks = [(start + 16, size)]
        for position, length in blocks:
            at, end = position, position + length
            if end > len(self.buffer) or len(blocks) > _MAX_BLOCKS:
                raise DamagedError("An object's header in the file is damaged.")
            while at + 8 <= end and left:
                kind, taken, flags = unpack(buffer, at)
                at += 8 + taken
                left -= 1
                if at > end:
                    raise DamagedError("An object's header in the file is damaged.")
                if kind not in _WANTED:
                    continue
                if flags & _SHARED:
                    raise UnsupportedError
                data = bytes(buffer[at - taken : at])
                if kind == _CONTINUATION:
                    target, extent = struct.unpack_from("<QQ", data)
                    blocks.append((self.base + target, extent))
                else:
                    found.append((kind, data, at - taken))
        return found

    def heap_object(self, address: int, index: int) -> bytes:
        """Return a text of variable length."""
        heap = self._heaps.get(address)
        if heap is None:
            heap = self._heaps[address] = read_heap(self.buffer, self.base, address)
        place = heap.get(index)
        if place is None:
            raise DamagedError("A text in the file is damaged.")
        return bytes(self.buffer[place])

    def _superblock(self) -> tuple[int, int]:
        start = self._signature()
        version = self.buffer[start + 8]
        if version not in {0, 1}:
            raise UnsupportedError
        if bytes(self.buffer[start + 13 : start + 15]) != b"\x08\x08":
            raise UnsupportedError
        at = start + (24 if version == 0 else 28)
        base, _, end, _, _, root = struct.unpack_from("<QQQQQQ", self.buffer, at)
        if base != start:
            raise UnsupportedError
        if end > len(self.buffer):
            raise DamagedError("The file is cut off.")
        return base, root

    def _signature(self) -> int:
        start = 0
        while start + 8 <= len(self.buffer):
            if bytes(self.buffer[start : start + 8]) == HDF5_SIGNATURE:
                return start
            start = start * 2 or 512
        raise DamagedError("The file is not HDF5.")


class _Object:
    """What groups and arrays share: their attributes."""

    def __init__(self, tree: NativeTree, messages: Messages) -> None:
        self._tree = tree
        self._messages = messages

    def _attribute(self, name: str) -> Attribute | None:
        wanted = name.encode() + b"\0"
        for kind, data, _ in self._messages:
            if kind == _ATTRIBUTE and wanted in data:
                attribute = read_attribute(data)
                if attribute is not None and attribute.name == name:
                    return attribute
        return None

    def _text_values(self, attribute: Attribute) -> list[str]:
        stored, data = attribute.type, attribute.data
        if stored.kind not in {"string", "variable"} or not attribute.count:
            return []
        if stored.size == 0 or attribute.count * stored.size > len(data):
            raise DamagedError(f"The attribute {attribute.name!r} is damaged.")
        values = []
        for at in range(0, attribute.count * stored.size, stored.size):
            raw = data[at : at + stored.size]
            if stored.kind == "variable":
                length, address, index = struct.unpack("<IQI", raw)
                raw = b""
                if length and address:
                    raw = self._tree.heap_object(address, index)[:length]
            values.append(raw.rstrip(b"\0").decode("utf-8", "replace"))
        return values

    def text(self, attribute: str) -> str | None:
        try:
            found = self._attribute(attribute)
            values = self._text_values(found) if found is not None else []
        except BROKEN:
            raise DamagedError(f"The attribute {attribute!r} is damaged.") from None
        return values[0] if values else None

    def texts(self, attribute: str) -> list[str] | None:
        try:
            found = self._attribute(attribute)
            if found is not None:
                return self._text_values(found)
            pieces: list[str] = []
            index = 0
            while (piece := self._attribute(f"{attribute}{index}")) is not None:
                pieces += self._text_values(piece)
                index += 1
        except BROKEN:
            raise DamagedError(f"The attribute {attribute!r} is damaged.") from None
        return pieces if index else None


class NativeGroup(_Object, Group):
    """A group: a symbol table of names and addresses."""

    def __init__(self, tree: NativeTree, address: int, messages: Messages) -> None:
        super().__init__(tree, messages)
        self.identity = address
        table = next((data for kind, data, _ in messages if kind == _SYMBOLS), None)
        if table is None:
            # A newer form of group, or no group at all: the library knows.
            raise UnsupportedError
        self._table = table

    @cached_property
    def _members(self) -> dict[str, Symbol]:
        return read_symbols(self._tree.buffer, self._tree.base, self._table)

    def names(self) -> list[str]:
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def member(self, name: str) -> "Group | Dataset":
        symbol = self._members.get(name)
        if symbol is None:
            raise DamagedError(f"{name!r} is not in the file.")
        if symbol.is_soft:
            raise FormatError(
                f"{name!r} in the file is a soft link, which can lead out of the model,"
                " so it was not followed."
            )
        try:
            messages = self._tree.messages(symbol.address)
            if any(kind == _LAYOUT for kind, _, _ in messages):
                return NativeDataset(name, self._tree, messages)
            return NativeGroup(self._tree, symbol.address, messages)
        except (KeyError, *BROKEN):
            raise DamagedError(f"{name!r} in the file is damaged.") from None


class NativeDataset(_Object, Dataset):
    """An array of numbers in one piece."""

    def __init__(self, name: str, tree: NativeTree, messages: Messages) -> None:
        super().__init__(tree, messages)
        by_kind = {kind: (data, at) for kind, data, at in reversed(messages)}
        if _EXTERNAL in by_kind:
            raise FormatError(
                f"{name!r} in the file keeps its values in other files, so it was not"
                " opened."
            )
        if _FILTERS in by_kind:
            raise UnsupportedError
        shape = read_shape(by_kind[_SPACE][0])
        if shape is None:
            raise DamagedError(f"{name!r} in the file holds nothing.")
        self.shape = shape
        self.dtype = self._numeric(name, by_kind[_TYPE][0])
        self.region = tree.region
        check_declared_size(name, shape, self.dtype, self.region.length)
        if not self.nbytes:
            return
        layout, at = by_kind[_LAYOUT]
        place = read_layout(layout)
        if place is None:
            # Never written: the values are those that the library fills in.
            raise UnsupportedError
        self.offset = place.start + (at if place.in_message else tree.base)
        if place.length < self.nbytes:
            raise DamagedError(f"{name!r} in the file is shorter than its shape says.")

    def read(self, window: Window | None = None) -> np.ndarray:
        if self.offset is None:
            values = np.empty(self.shape, self.dtype)
            return values if window is None else values[window]
        return self._tree.region.window(self.offset, self.dtype, self.shape, window)

    def _numeric(self, name: str, message: bytes) -> np.dtype:
        stored = read_type(message)
        if stored.dtype is not None:
            return stored.dtype
        two_bytes = stored.kind == "opaque" and stored.size == 2
        if two_bytes and self.text("dtype") == "bfloat16":
            return np.dtype(ml_dtypes.bfloat16)
        raise DamagedError(f"{name!r} in the file does not hold numbers.")
