"""Reading the records of a recording, also while another process writes it."""

import os
import struct
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from pruneview.pruning.errors import RecordingError
from pruneview.runs.container import records
from pruneview.runs.container.records import Record

_ENTRY = struct.Struct("<4sBqQQI")
_OFFSET = struct.Struct("<Q")
_MOST_INFLATED = 1 << 32


def pack_index(entries: Iterable[Record]) -> bytes:
    """Return the payload of an `INDEX` record."""
    return b"".join(_ENTRY.pack(*entry) for entry in entries)


def pack_offset(offset: int) -> bytes:
    """Return the payload of an `END` or `BACK` record: where something is."""
    return _OFFSET.pack(offset)


class RecordLog:
    """The records of one file; any thread.

    Attributes
    ----------
    records
        In the order they lie in the file, those included that are void.
    end
        Where the next record would be: what is behind it was never finished.

    Raises
    ------
    RecordingError
        Where the file cannot be read, or is no recording.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        try:
            self._stream: BinaryIO = path.open("rb", buffering=0)
        except FileNotFoundError:
            raise RecordingError(f"There is no file {path}.") from None
        except OSError as error:
            raise RecordingError(
                f"{path} cannot be read: {error.strerror or error}."
            ) from error
        self.records: list[Record] = []
        self.end = records.PREAMBLE.size
        try:
            self._check_preamble()
            if not self._read_index():
                self.refresh()
        except OSError as error:
            self.close()
            raise RecordingError(f"{path} cannot be read: {error}.") from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    @property
    def torn_bytes(self) -> int:
        """How many bytes at the end of the file belong to no whole record."""
        return max(0, self._size() - self.end)

    def refresh(self) -> bool:
        """Read what was appended since; return whether there was anything."""
        with self._lock:
            size, before = self._size(), len(self.records)
            while record := records.read_header(self._stream, self.end, size):
                slot = record.kind == records.SLOT
                if not slot and records.read_payload(self._stream, record) is None:
                    break
                self.records.append(record)
                self.end = record.end
            return len(self.records) > before

    def in_force(self) -> list[Record]:
        """Return the records that no going back has made void."""
        kept: list[Record] = []
        for record in self.records:
            if record.kind != records.BACK:
                kept.append(record)
                continue
            back = self._offset_in(record)
            kept = [r for r in kept if r.offset < back or r.kind == records.SLOT]
        return kept

    def payload(self, record: Record, limit: int = _MOST_INFLATED) -> bytes:
        """Return what was recorded, inflated.

        Raises
        ------
        RecordingError
            Where it is damaged, or larger than `limit` bytes.
        """
        with self._lock:
            stored = records.read_payload(self._stream, record)
        if stored is not None and record.deflated:
            stored = records.inflate(stored, limit)
        if stored is None or len(stored) > limit:
            raise RecordingError(
                f"{self.path.name} is damaged at byte {record.offset}: that part of "
                "the run cannot be shown."
            )
        return stored

    def raw(self, record: Record, most: int | None = None) -> bytes:
        """Return a slot's bytes as they are, at most so many from its beginning."""
        length = record.length if most is None else min(most, record.length)
        with self._lock:
            self._stream.seek(record.payload)
            return _read_all(self._stream, length)

    def _offset_in(self, record: Record) -> int:
        payload = self.payload(record, _OFFSET.size)
        if len(payload) != _OFFSET.size:
            raise RecordingError(
                f"{self.path.name} is damaged at byte {record.offset}: it does not "
                "say where the run went back to."
            )
        return int.from_bytes(payload, "little")

    def _size(self) -> int:
        return os.fstat(self._stream.fileno()).st_size

    def _check_preamble(self) -> None:
        start = _read_all(self._stream, records.PREAMBLE.size)
        if len(start) < records.PREAMBLE.size or not start.startswith(records.MAGIC):
            raise RecordingError(f"{self.path.name} is not a recording of a run.")
        version = records.PREAMBLE.unpack(start)[1]
        if version != records.VERSION:
            raise RecordingError(
                f"{self.path.name} is a recording of version {version}; this program "
                f"reads version {records.VERSION}. Open it with a newer pruneview."
            )

    def _read_index(self) -> bool:
        """Take the index at the end of a file that was closed; False without one."""
        size = self._size()
        length = records.HEADER_SIZE + _OFFSET.size
        last = records.read_header(self._stream, max(0, size - length), size)
        if last is None or last.kind != records.END or last.length != _OFFSET.size:
            return False
        stored = records.read_payload(self._stream, last)
        if stored is None:
            return False
        (offset,) = _OFFSET.unpack(stored)
        if offset >= last.offset:
            return False
        index = records.read_header(self._stream, offset, size)
        if index is None or index.kind != records.INDEX or index.end != last.offset:
            return False
        entries = self._entries(index)
        if entries is None:
            return False
        self.records, self.end = [*entries, index, last], last.end
        return True

    def _entries(self, index: Record) -> list[Record] | None:
        """Return what an index lists where it covers the file without a gap."""
        stored = records.read_payload(self._stream, index)
        if stored is not None and index.deflated:
            stored = records.inflate(stored, _MOST_INFLATED)
        if stored is None or len(stored) % _ENTRY.size:
            return None
        entries = [
            Record(kind, bool(deflated), step, offset, length, checksum)
            for kind, deflated, step, offset, length, checksum in _ENTRY.iter_unpack(
                stored
            )
        ]
        starts = [records.PREAMBLE.size, *(entry.end for entry in entries)]
        ends = [*(entry.offset for entry in entries), index.offset]
        return entries if starts == ends else None


def _read_all(stream: BinaryIO, length: int) -> bytes:
    parts = []
    while length > 0 and (part := stream.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
