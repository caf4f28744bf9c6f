"""Arrays put aside in a temporary file, so that they take no memory."""

import io
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

_PIECE = 2**20  # bytes


class _Place(NamedTuple):
    start: int
    shape: tuple[int, ...]
    dtype: np.dtype


class KeptValues(Sequence[NDArray]):
    """Arrays that were put aside, each read again when it is asked for.

    They can be read on any thread. Where no temporary file can be written, they stay
    in memory.

    Parameters
    ----------
    arrays
        Taken one after another, so that they need not exist at the same time.
    """

    def __init__(self, arrays: Iterable[NDArray]) -> None:
        self._lock = Lock()
        self._places: list[_Place] = []
        self._file = _temporary_file()
        self._close = weakref.finalize(self, self._file.close)
        for array in arrays:
            self._append(array)

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        start, shape, dtype = self._places[place]
        values = np.empty(shape, dtype)
        self._read(start, _bytes_of(values))
        return values

    def pieces(self, place: int) -> Iterator[memoryview]:
        """Yield an array's bytes in C order, at most 1 MiB of them at a time."""
        start, shape, dtype = self._places[place]
        end = start + int(np.prod(shape)) * dtype.itemsize
        for at in range(start, end, _PIECE):
            piece = memoryview(bytearray(min(_PIECE, end - at)))
            self._read(at, piece)
            yield piece

    def replace(self, place: int, values: NDArray) -> None:
        """Put other values of the same shape and dtype in an array's place.

        Raises
        ------
        ValueError
            Where shape or dtype differ.
        """
        start, shape, dtype = self._places[place]
        if (values.shape, values.dtype) != (shape, dtype):
            raise ValueError(
                f"{values.dtype}{values.shape} cannot take the place of {dtype}{shape}."
            )
        with self._lock:
            self._write(start, values)

    @property
    def nbytes(self) -> int:
        """The bytes of all arrays."""
        return sum(int(np.prod(s)) * dtype.itemsize for _, s, dtype in self._places)

    def _read(self, start: int, rest: memoryview) -> None:
        with self._lock:
            self._file.seek(start)
            while rest:
                count = self._file.readinto(rest)  # type: ignore[attr-defined]
                if not count:
                    raise OSError("A temporary file was cut off.")
                rest = rest[count:]

    def _append(self, array: NDArray) -> None:
        start = self.nbytes
        try:
            self._write(start, array)
        except OSError:  # the disk is full
            if isinstance(self._file, io.BytesIO):
                raise
            kept = [*self]
            self._close()
            self._file = io.BytesIO()
            for place, values in zip(self._places, kept, strict=True):
                self._write(place.start, values)
            self._write(start, array)
        self._places.append(_Place(start, array.shape, array.dtype))

    def _write(self, start: int, array: NDArray) -> None:
        self._file.seek(start)
        rest = _bytes_of(np.ascontiguousarray(array))
        while rest:
            rest = rest[self._file.write(rest) :]


def _temporary_file() -> BinaryIO:
    try:
        return tempfile.TemporaryFile(buffering=0)
    except OSError:
        return io.BytesIO()


def _bytes_of(array: NDArray) -> memoryview:
    return array.reshape(-1).view(np.uint8).data
