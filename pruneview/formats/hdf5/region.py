"""A stretch of a file on disk: a whole `.h5`, or a member stored inside a ZIP."""

import io
import math
import mmap
import os
import threading
from pathlib import Path

import numpy as np

from pruneview.formats.errors import DamagedError, FormatError

# Below this a read copies; above it the pages are mapped and nothing is copied.
MAP_FROM_BYTES = 1 << 16
# Inside a ZIP numbers may lie at odd bytes, where counting them is several times slower
# than copying them first; beyond this size memory counts for more.
COPY_UP_TO_BYTES = 32 << 20


class Region:
    """``length`` bytes of a file from ``offset``; any thread may read from them.

    Parameters
    ----------
    path
        The file; it is kept open, so that replacing it on disk changes nothing here.
    offset, length
        In bytes; ``length`` None means up to the end of the file.
    delete
        Remove the file from disk on `close`: it is a temporary one.
    """

    def __init__(
        self,
        path: Path,
        offset: int = 0,
        length: int | None = None,
        *,
        delete: bool = False,
    ) -> None:
        self.path = path
        self._file = path.open("rb", buffering=0)
        self._lock = threading.Lock()
        self._delete = delete
        self._found = os.fstat(self._file.fileno())
        size = self._found.st_size
        self.offset = offset
        self.length = size - offset if length is None else length
        if offset < 0 or self.length < 0 or offset + self.length > size:
            self._file.close()
            raise FormatError(
                f"{path.name} is cut off: it ends before the data that it lists."
                " Copy or download it again."
            )
        self._buffer: mmap.mmap | None = None

    def buffer(self) -> memoryview:
        """Return the whole stretch as bytes that are read from disk when touched."""
        if self.length == 0:
            return memoryview(b"")
        start, skip = self._aligned(0)
        if self._buffer is None:
            self._buffer = mmap.mmap(
                self._file.fileno(),
                self.length + skip,
                access=mmap.ACCESS_READ,
                offset=start,
            )
        return memoryview(self._buffer)[skip : skip + self.length]

    def array(self, start: int, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
        """Return the array stored from byte ``start``, read-only where it is mapped.

        Raises
        ------
        FormatError
            The array would reach past the end of the stretch.
        """
        count = math.prod(shape)
        nbytes = count * dtype.itemsize
        if start < 0 or start + nbytes > self.length:
            raise DamagedError(
                "The file is cut off: it ends before the values of this weight."
                " Copy or download it again."
            )
        absolute = self.offset + start
        aligned = absolute % dtype.alignment == 0
        if nbytes < MAP_FROM_BYTES or (not aligned and nbytes <= COPY_UP_TO_BYTES):
            return np.frombuffer(self.read(start, nbytes), dtype).reshape(shape)
        begin, skip = self._aligned(start)
        # One mapping a read: its pages leave the process with the array.
        with self._lock:
            self._check_unchanged()
            pages = mmap.mmap(
                self._file.fileno(),
                nbytes + skip,
                access=mmap.ACCESS_READ,
                offset=begin,
            )
        return np.frombuffer(pages, dtype, count, skip).reshape(shape)

    def window(
        self,
        start: int,
        dtype: np.dtype,
        shape: tuple[int, ...],
        window: tuple[slice, ...] | None,
    ) -> np.ndarray:
        """Return part of the array stored from byte ``start``; see `array`.

        Only the rows (of the first axis) that the window spans are mapped.
        """
        if window is None:
            return self.array(start, dtype, shape)
        if not window or not shape:
            return self.array(start, dtype, shape)[window]
        first, last, step = window[0].indices(shape[0])
        if step != 1:
            return self.array(start, dtype, shape)[window]
        row = math.prod(shape[1:]) * dtype.itemsize
        rows = (max(0, last - first), *shape[1:])
        part = self.array(start + first * row, dtype, rows)
        return part[(slice(None), *window[1:])]

    def read(self, start: int, nbytes: int) -> bytearray:
        """Return a copy of ``nbytes`` bytes from ``start``."""
        with self._lock:
            self._check_unchanged()
            self._file.seek(self.offset + start)
            data = bytearray(nbytes)
            view = memoryview(data)
            done = 0
            while done < nbytes:
                count = self._file.readinto(view[done:])
                if not count:
                    raise FormatError("The file became shorter while it was read.")
                done += count
            view.release()
        return data

    def stream(self) -> "RegionStream":
        """Return a file-like object over the stretch."""
        return RegionStream(self)

    def close(self) -> None:
        """Close the file; mapped arrays that are still in use stay valid."""
        self._buffer = None
        with self._lock:
            self._file.close()
        if self._delete:
            self.path.unlink(missing_ok=True)

    def _check_unchanged(self) -> None:
        """Refuse to map what is gone: touching it would end the process."""
        if self._file.closed:
            raise FormatError(f"{self.path.name} was closed. Open it again to read it.")
        now = os.fstat(self._file.fileno())
        before = self._found
        if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise FormatError(
                f"{self.path.name} was written anew since it was opened. Open it again."
            )

    def _aligned(self, start: int) -> tuple[int, int]:
        absolute = self.offset + start
        skip = absolute % mmap.ALLOCATIONGRANULARITY
        return absolute - skip, skip


class RegionStream(io.RawIOBase):
    """A read-only, seekable file over a `Region`."""

    def __init__(self, region: Region) -> None:
        super().__init__()
        self._region = region
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {
            os.SEEK_SET: 0,
            os.SEEK_CUR: self._position,
            os.SEEK_END: self._region.length,
        }[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, target: "bytearray | memoryview") -> int:  # type: ignore[override]
        count = max(0, min(len(target), self._region.length - self._position))
        if count:
            target[:count] = self._region.read(self._position, count)
            self._position += count
        return count
