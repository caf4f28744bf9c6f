"""Appending to a recording so that it is whole at every moment."""

import contextlib
import os
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Self

from isal import isal_zlib

from pruneview.pruning.errors import RecordingError
from pruneview.runs.container import records
from pruneview.runs.container.locking import lock
from pruneview.runs.container.log import RecordLog, pack_index, pack_offset
from pruneview.runs.container.records import PREAMBLE, Record
from pruneview.runs.container.slots import FRONT_SIZE, pack_front, unpack_slot

_WORTH_DEFLATING = 200  # bytes
_SMALL = 65536
_SPARE = 4096  # bytes, and a hundredth: room in a slot for what comes to be there


class LogWriter:
    """Writes one recording; one thread, and one process: the file is locked.

    Every method but `close` raises OSError, after which the file ends with the last
    record that is whole.

    Raises
    ------
    RecordingError
        Where the file cannot be written, or another process writes it.
    """

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self.path = path
        self._stream = stream
        self._entries: list[Record] = []
        self._slots: dict[int, Record] = {}  # by the sequence number they hold
        self._end = 0
        self._sequence = 0

    @classmethod
    def create(cls, path: Path, *, overwrite: bool) -> Self:
        """Make a file, or take over a recording where `overwrite` is given.

        Nothing of a file that is there is lost before `clear`.
        """
        try:
            exists = path.exists() and path.stat().st_size > 0
            if exists and not overwrite:
                raise RecordingError(
                    f"{path} exists. Name another file for the recording."
                )
            if exists:
                RecordLog(path).close()  # nothing but a recording is replaced
            stream = path.open("r+b" if path.exists() else "xb", buffering=0)
        except OSError as error:
            raise _not_writable(path, error) from error
        lock(path, stream)
        return cls(path, stream)

    @classmethod
    def continuing(cls, path: Path) -> Self:
        """Append to a recording; what was never finished at its end is cut off."""
        try:
            stream = path.open("r+b", buffering=0)
        except OSError as error:
            raise _not_writable(path, error) from error
        lock(path, stream)
        writer = cls(path, stream)
        try:
            log = RecordLog(path)
            writer._take_over(log)
            log.close()
        except BaseException:
            stream.close()
            raise
        return writer

    def _take_over(self, log: RecordLog) -> None:
        self._entries, self._end = list(log.records), log.end
        for place, record in enumerate(log.records, 1):
            if record.kind == records.SLOT:
                content = unpack_slot(log.raw(record))
                # One that was being written over when the process died comes first.
                self._slots[content.sequence if content else -place] = record
        self._sequence = max([0, *self._slots])
        while len(self._slots) > 2:
            del self._slots[min(self._slots)]

    @property
    def end(self) -> int:
        """Where the next record will be."""
        return self._end

    def clear(self) -> None:
        """Begin anew, with an empty recording."""
        self._stream.truncate(0)
        self._entries.clear()
        self._slots.clear()
        self._end = self._sequence = 0
        self._put(0, [PREAMBLE.pack(records.MAGIC, records.VERSION)])
        self._end = PREAMBLE.size

    def append(
        self, kind: bytes, step: int, payload: bytes | Iterable[memoryview]
    ) -> Record:
        """Append a record; it survives the process once this returns."""
        joined = payload if isinstance(payload, bytes) else b"".join(payload)
        stored = joined
        if len(joined) > _WORTH_DEFLATING:
            small = len(joined) <= _SMALL
            stored = zlib.compress(joined) if small else isal_zlib.compress(joined, 2)
        deflated = len(stored) < len(joined)
        stored = stored if deflated else joined
        record = Record(
            kind, deflated, step, self._end, len(stored), zlib.crc32(stored)
        )
        self._append(record, [records.pack_header(record), stored])
        return record

    def put_checkpoint(self, step: int, body: Sequence[memoryview]) -> None:
        """Write a checkpoint over the older of two; it survives a loss of power."""
        front = pack_front(self._sequence + 1, step, self._end, body)
        needed = FRONT_SIZE + sum(part.nbytes for part in body)
        oldest = min(self._slots) if len(self._slots) > 1 else None
        if oldest is not None and self._slots[oldest].length >= needed:
            slot = self._slots.pop(oldest)
            self._put(slot.payload, [front, *body])
        else:
            room = needed + needed // 100 + _SPARE
            slot = Record(records.SLOT, False, step, self._end, room, 0)
            spare = bytes(room - needed)
            self._append(slot, [records.pack_header(slot), front, *body, spare])
            if oldest is not None:
                del self._slots[oldest]
        self._sequence += 1
        self._slots[self._sequence] = slot
        self.sync()

    def sync(self) -> None:
        """Wait until all is on the disk."""
        os.fsync(self._stream.fileno())

    def finish(self) -> None:
        """Write the index, so that opening need not look at every record."""
        index = self.append(records.INDEX, 0, pack_index(self._entries))
        self.append(records.END, 0, pack_offset(index.offset))
        self.sync()

    def close(self) -> None:
        """Close the file and let others write it."""
        with contextlib.suppress(OSError):
            self._stream.close()

    def _append(self, record: Record, parts: Sequence[bytes | memoryview]) -> None:
        try:
            self._put(self._end, parts)
        except OSError:
            with contextlib.suppress(OSError):
                self._stream.truncate(self._end)
            raise
        self._entries.append(record)
        self._end = record.end

    def _put(self, offset: int, parts: Sequence[bytes | memoryview]) -> None:
        self._stream.seek(offset)
        for part in parts:
            left = memoryview(part)
            while left:
                left = left[self._stream.write(left) :]


def _not_writable(path: Path, error: OSError) -> RecordingError:
    return RecordingError(
        f"{path} cannot be written: {error.strerror or error}. Name another file for "
        "the recording."
    )
