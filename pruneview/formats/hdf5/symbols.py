"""The members of an HDF5 group in the oldest form: a symbol table.

After the "HDF5 File Format Specification", version 3.0, sections III.A.1 (B-trees),
III.C (symbol table nodes) and III.D (local heaps).
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from pruneview.formats.errors import DamagedError
from pruneview.formats.hdf5.messages import BROKEN, UNDEFINED
from pruneview.formats.limits import MAX_OBJECTS

_ENTRY = struct.Struct("<QQI")
_ENTRY_BYTES = 40
_SOFT_LINK = 2


class Symbol(NamedTuple):
    """Where a member's header is, or that its name only points elsewhere."""

    address: int
    is_soft: bool


def read_symbols(buffer: memoryview, base: int, table: bytes) -> dict[str, Symbol]:
    """Return the members of a group by name, in the file's order.

    Parameters
    ----------
    buffer, base
        The file, and where its addresses count from.
    table
        The group's symbol table message.

    Raises
    ------
    DamagedError
        The table is damaged.
    """
    try:
        return dict(_symbols(buffer, base, table))
    except BROKEN:
        raise _damaged() from None


def _symbols(
    buffer: memoryview, base: int, table: bytes
) -> Iterator[tuple[str, Symbol]]:
    tree, heap = struct.unpack_from("<QQ", table)
    names = _heap(buffer, base, heap)
    listed = 0
    for node in _leaves(buffer, base, tree):
        start = _block(buffer, base, node, b"SNOD")
        (count,) = struct.unpack_from("<H", buffer, start + 6)
        listed += count
        if listed > MAX_OBJECTS:
            raise _damaged()
        for number in range(count):
            at = start + 8 + _ENTRY_BYTES * number
            offset, address, cache = _ENTRY.unpack_from(buffer, at)
            end = names.find(b"\0", offset)
            if offset >= len(names) or end < 0:
                raise _damaged()
            name = names[offset:end].decode("utf-8", "replace")
            yield name, Symbol(address, cache == _SOFT_LINK)


def _heap(buffer: memoryview, base: int, address: int) -> bytes:
    """Return the heap that holds the members' names."""
    start = _block(buffer, base, address, b"HEAP")
    size, _, data = struct.unpack_from("<QQQ", buffer, start + 8)
    if base + data + size > len(buffer):
        raise _damaged()
    return bytes(buffer[base + data : base + data + size])


def _leaves(buffer: memoryview, base: int, address: int) -> Iterator[int]:
    """Yield the addresses of a B-tree's leaf blocks, in the order of names."""
    waiting: list[tuple[int, int | None]] = [(address, None)]
    seen: set[int] = set()
    while waiting:
        node, expected = waiting.pop()
        if node in seen:
            raise _damaged()
        seen.add(node)
        start = _block(buffer, base, node, b"TREE")
        kind, level, count = struct.unpack_from("<BBH", buffer, start + 4)
        if kind or (expected is not None and level != expected):
            raise _damaged()
        children = struct.unpack_from(f"<{2 * count}Q", buffer, start + 24)[1::2]
        if level == 0:
            yield from children
        else:
            waiting += [(child, level - 1) for child in reversed(children)]


def _block(buffer: memoryview, base: int, address: int, signature: bytes) -> int:
    """Return where a block begins, after checking its signature."""
    start = base + address
    if address == UNDEFINED or bytes(buffer[start : start + 4]) != signature:
        raise _damaged()
    return start


def _damaged() -> DamagedError:
    return DamagedError("A group in the file is damaged.")
