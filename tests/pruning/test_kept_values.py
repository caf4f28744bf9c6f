import gc
import io
import tempfile
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from pruneview.pruning.kept_values import KeptValues

ARRAYS = [
    np.arange(6, dtype=np.float32).reshape(2, 3).T,
    np.array(7, np.int64),
    np.zeros((0, 4), np.float16),
    np.array([1.5, -2.0], ml_dtypes.bfloat16),
]


def same(left: Any, right: Any) -> bool:
    return (
        left.shape == right.shape
        and left.dtype == right.dtype
        and left.tobytes() == right.tobytes()
    )


def test_arrays_come_back_as_they_were() -> None:
    kept = KeptValues(iter(ARRAYS))
    assert len(kept) == len(ARRAYS)
    assert all(map(same, kept, ARRAYS))
    assert same(kept[-1], ARRAYS[-1])
    assert [b"".join(kept.pieces(at)) for at in range(len(ARRAYS))] == [
        array.tobytes() for array in ARRAYS
    ]
    assert kept.nbytes == sum(array.nbytes for array in ARRAYS)
    with pytest.raises(IndexError):
        kept[len(ARRAYS)]


def test_another_array_takes_a_place() -> None:
    kept = KeptValues(ARRAYS)
    other = np.full((3, 2), np.nan, np.float32)
    kept.replace(0, other)
    assert same(kept[0], other)
    assert all(map(same, kept[1:], ARRAYS[1:]))
    with pytest.raises(ValueError, match="cannot take the place"):
        kept.replace(0, other[:2])


class Full(io.BytesIO):
    """A disk with room for the first array only."""

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > ARRAYS[0].nbytes:
            raise OSError("No space left on device")
        return super().write(data)


def test_a_full_disk_leaves_them_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    disks: list[Any] = []

    class Disk:
        def __init__(self) -> None:
            self._full = Full()
            disks.append(self)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._full, name)

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Disk())
    kept = KeptValues(ARRAYS)
    assert all(map(same, kept, ARRAYS))
    assert disks[0].closed


def test_no_folder_for_temporary_files_leaves_them_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: Any) -> Any:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert all(map(same, KeptValues(ARRAYS), ARRAYS))


def test_the_file_is_closed_with_what_it_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = []
    real = tempfile.TemporaryFile
    monkeypatch.setattr(
        tempfile,
        "TemporaryFile",
        lambda **asked: files.append(real(**asked)) or files[-1],
    )
    kept = KeptValues(ARRAYS)
    assert not files[0].closed
    del kept
    gc.collect()
    assert files[0].closed


def test_long_arrays_are_read_in_pieces() -> None:
    long = np.arange(2**19, dtype=np.float32)
    pieces = [*KeptValues([ARRAYS[0], long]).pieces(1)]
    assert [len(piece) for piece in pieces] == [2**20, 2**20]
    assert b"".join(pieces) == long.tobytes()
