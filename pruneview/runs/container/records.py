"""How a recording lies on disk: records one after another, each with its checksum.

Why not a library: a recording must stay one file that is whole after any kill, cut
at any byte. SQLite keeps what was written last in a second file (its write-ahead log
or its journal), without which the first is stale or torn; HDF5 and ZIP files cannot
be opened when the process that wrote them was killed. What is left of a container
is small: appending, a length, a checksum.

A file is `MAGIC`, the format's version, and records. A record is

======= ====== ==========================================================
kind    4s     one of the constants below
deflate B      whether the payload is a zlib stream
step    q      the moment of the run it belongs to
length  Q      bytes of the payload
payload I      CRC-32 of the payload; 0 for `SLOT`, which has its own
header  I      CRC-32 of the bytes before it
======= ====== ==========================================================

and the payload; all little-endian. The first record that is cut short or does not
match its checksum ends the file: what is behind it was never finished.

`SLOT` records hold checkpoints and are written over in turn, the older of two each
time, so that a recording does not grow with their number and one of them is whole
at every moment. `BACK` says that the run went back to a checkpoint: what was
appended since is void.
"""

import struct
import zlib
from typing import BinaryIO, NamedTuple

MAGIC = b"\x89PVRUN\r\n"
VERSION = 1
PREAMBLE = struct.Struct("<8sI4x")
_HEADER = struct.Struct("<4sBqQI")
_CHECK = struct.Struct("<I")
HEADER_SIZE = _HEADER.size + _CHECK.size

HEAD = b"HEAD"  # what the run is made of
EVENT = b"EVNT"
MASKS = b"MASK"  # whole masks
CHANGES = b"MDIF"  # which bits of the masks changed
WEIGHTS = b"WGHT"  # weights at a moment, for looking back
SLOT = b"SLOT"
BACK = b"BACK"
INDEX = b"INDX"  # where the records before it are
END = b"FOOT"  # where the index is; the last record of a file that was closed
KINDS = frozenset((HEAD, EVENT, MASKS, CHANGES, WEIGHTS, SLOT, BACK, INDEX, END))


class Record(NamedTuple):
    """Where a record is; ``offset`` is that of its header."""

    kind: bytes
    deflated: bool
    step: int
    offset: int
    length: int
    checksum: int

    @property
    def payload(self) -> int:
        """Offset of the payload."""
        return self.offset + HEADER_SIZE

    @property
    def end(self) -> int:
        """Offset of what comes next."""
        return self.payload + self.length


def pack_header(record: Record) -> bytes:
    """Return the header's bytes."""
    packed = _HEADER.pack(
        record.kind, record.deflated, record.step, record.length, record.checksum
    )
    return packed + _CHECK.pack(zlib.crc32(packed))


def unpack_header(packed: bytes, offset: int) -> Record | None:
    """Return the record whose header these bytes are, or None."""
    if len(packed) != HEADER_SIZE:
        return None
    (check,) = _CHECK.unpack_from(packed, _HEADER.size)
    if zlib.crc32(packed[: _HEADER.size]) != check:
        return None
    kind, deflated, step, length, checksum = _HEADER.unpack_from(packed)
    if kind not in KINDS:
        return None
    return Record(kind, bool(deflated), step, offset, length, checksum)


def read_header(stream: BinaryIO, offset: int, size: int) -> Record | None:
    """Return the record at `offset` where all of it is within `size` bytes."""
    if offset + HEADER_SIZE > size:
        return None
    stream.seek(offset)
    record = unpack_header(stream.read(HEADER_SIZE), offset)
    return record if record is not None and record.end <= size else None


def read_payload(stream: BinaryIO, record: Record) -> bytes | None:
    """Return the stored payload where it matches its checksum."""
    stream.seek(record.payload)
    stored = stream.read(record.length)
    whole = len(stored) == record.length and zlib.crc32(stored) == record.checksum
    return stored if whole else None


def inflate(stored: bytes, limit: int) -> bytes | None:
    """Return the bytes of a zlib stream; None where broken, or more than `limit`."""
    stream = zlib.decompressobj()
    try:
        inflated = stream.decompress(stored, limit)
    except zlib.error:
        return None
    return inflated if stream.eof else None
