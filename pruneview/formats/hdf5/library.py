"""The HDF5 library's view of a file, through h5py's low-level calls.

Every call takes one lock, which all files share: the library is not thread-safe.
"""

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py  # reads the variable when it is loaded
import ml_dtypes
import numpy as np
from h5py import h5a, h5d, h5g, h5i, h5o, h5t

from pruneview.formats.errors import DamagedError, FormatError
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.tree import Dataset, Group, Tree, Window
from pruneview.formats.limits import MAX_OBJECTS, check_declared_size

LIBRARY_LOCK = threading.RLock()
_TOUCHED_BYTES = 16 << 20
_ERRORS = (OSError, RuntimeError, ValueError, KeyError, TypeError, UnicodeError)


class LibraryTree(Tree):
    """An HDF5 file opened by the library; close it after use."""

    def __init__(self, region: Region) -> None:
        self._region = region
        with LIBRARY_LOCK:
            try:
                if region.offset == 0:
                    self._file = h5py.File(region.path, "r")
                else:
                    self._file = h5py.File(region.stream(), "r")
                self._top = LibraryGroup(self._file.id, region)
            except _ERRORS:
                raise FormatError(
                    "The file begins like HDF5 but is damaged or cut off."
                    " Copy or download it again."
                ) from None
        self.root = self._top

    def close(self) -> None:
        with LIBRARY_LOCK:
            self._file.close()

    def walk(self) -> None:
        """Touch everything that opening a model and reading its weights may touch.

        Raises
        ------
        FormatError
            Something leads out of the file, or there is more than any model has.
        """
        waiting: list[LibraryGroup] = [self._top]
        seen = {self._top.identity}
        objects = 0
        while waiting:
            group = waiting.pop()
            group.touch_attributes()
            for name in group.names():
                objects += 1
                if objects > MAX_OBJECTS:
                    raise FormatError(
                        "The file lists more arrays than any model has, so it was not"
                        " opened."
                    )
                try:
                    member = group.member(name)
                except DamagedError:
                    continue
                if isinstance(member, LibraryDataset):
                    member.touch()
                elif isinstance(member, LibraryGroup) and member.identity not in seen:
                    seen.add(member.identity)
                    waiting.append(member)


class LibraryGroup(Group):
    """A group, by its low-level identifier."""

    def __init__(self, group_id: "h5g.GroupID", region: Region) -> None:
        self._id = group_id
        self._region = region
        self.identity = int(h5o.get_info(group_id).addr)

    def names(self) -> list[str]:
        found: list[bytes] = []
        with LIBRARY_LOCK, _translated("A group of the file cannot be listed."):
            self._id.links.iterate(found.append)
        return [name.decode("utf-8", "replace") for name in found]

    def __contains__(self, name: str) -> bool:
        with LIBRARY_LOCK, _translated("A group of the file cannot be read."):
            return bool(self._id.links.exists(name.encode()))

    def member(self, name: str) -> "Group | Dataset":
        with LIBRARY_LOCK, _translated(f"{name!r} in the file is damaged."):
            kind = self._id.links.get_info(name.encode()).type
            if kind != 0:
                word = {1: "soft", 64: "external"}.get(kind, "user-defined")
                raise FormatError(
                    f"{name!r} in the file is a {word} link, which can lead out of the"
                    " model, so it was not followed."
                )
            opened = h5o.open(self._id, name.encode())
            if isinstance(opened, h5d.DatasetID):
                return LibraryDataset(name, opened, self._region)
            if isinstance(opened, h5g.GroupID):
                return LibraryGroup(opened, self._region)
        raise FormatError(f"{name!r} in the file is neither a group nor an array.")

    def text(self, attribute: str) -> str | None:
        with LIBRARY_LOCK, _translated(f"The attribute {attribute!r} is damaged."):
            value = _attribute(self._id, attribute)
        if isinstance(value, np.ndarray) and value.shape == ():
            value = value[()]
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return value if isinstance(value, str) else None

    def texts(self, attribute: str) -> list[str] | None:
        with LIBRARY_LOCK, _translated(f"The attribute {attribute!r} is damaged."):
            value = _attribute(self._id, attribute)
            if value is not None:
                return _strings(value)
            pieces: list[str] = []
            index = 0
            while (piece := _attribute(self._id, f"{attribute}{index}")) is not None:
                pieces += _strings(piece)
                index += 1
        return pieces if index else None

    def touch_attributes(self) -> None:
        """Read every attribute; one that is damaged is passed over."""
        with LIBRARY_LOCK, contextlib.suppress(*_ERRORS):
            for index in range(h5a.get_num_attrs(self._id)):
                with contextlib.suppress(*_ERRORS):
                    _attribute(self._id, h5a.open(self._id, index=index).name.decode())


class LibraryDataset(Dataset):
    """An array, by its low-level identifier."""

    def __init__(self, name: str, dataset_id: "h5d.DatasetID", region: Region) -> None:
        self._id = dataset_id
        self.region = region
        self.path = h5i.get_name(dataset_id).decode()
        plan = dataset_id.get_create_plist()
        layout = plan.get_layout()
        if layout == h5d.VIRTUAL or plan.get_external_count():
            raise FormatError(
                f"{name!r} in the file keeps its values in other files, so it was not"
                " opened."
            )
        self.shape = tuple(int(axis) for axis in dataset_id.shape)
        self.dtype = _numeric(name, dataset_id)
        self.offset = dataset_id.get_offset() if layout == h5d.CONTIGUOUS else None
        check_declared_size(name, self.shape, self.dtype, region.length)

    def touch(self) -> None:
        """Walk the index of the chunks, and read the values or the first of them."""
        with LIBRARY_LOCK, contextlib.suppress(*_ERRORS):
            if self.offset is None and self.size:
                self._id.get_num_chunks()
                small = self.nbytes <= _TOUCHED_BYTES
                h5py.Dataset(self._id)[... if small else (0,) * len(self.shape)]

    def read(self, window: Window | None = None) -> np.ndarray:
        if self.offset is not None and self.region is not None:
            return self.region.window(self.offset, self.dtype, self.shape, window)
        with LIBRARY_LOCK, _translated("The values of this weight cannot be read."):
            values = h5py.Dataset(self._id)[window if window is not None else ...]
        return np.asarray(values).view(self.dtype)


def _numeric(name: str, dataset_id: "h5d.DatasetID") -> np.dtype:
    stored = dataset_id.get_type()
    if isinstance(stored, h5t.TypeOpaqueID) and stored.get_size() == 2:
        label = _attribute(dataset_id, "dtype")
        if label in {"bfloat16", b"bfloat16"}:
            return np.dtype(ml_dtypes.bfloat16)
    dtype = np.dtype(dataset_id.dtype)
    if dtype.kind not in "biufc":
        raise DamagedError(f"{name!r} in the file does not hold numbers.")
    return dtype


def _attribute(owner: Any, name: str) -> Any:
    if not h5a.exists(owner, name.encode()):
        return None
    return h5py.AttributeManager(_Owner(owner))[name]


class _Owner:
    """What h5py's attribute reader needs of an object."""

    def __init__(self, identifier: Any) -> None:
        self.id = identifier


def _strings(value: Any) -> list[str]:
    if not isinstance(value, np.ndarray):
        value = [value]
    return [
        item.decode("utf-8", "replace") if isinstance(item, bytes) else item
        for item in value
        if isinstance(item, str | bytes)
    ]


@contextlib.contextmanager
def _translated(sentence: str) -> Iterator[None]:
    """Turn what the library raises into a sentence."""
    try:
        yield
    except FormatError:
        raise
    except _ERRORS:
        raise DamagedError(sentence) from None


def overwrite(path: Path, new_values: dict[str, np.ndarray]) -> None:
    """Write arrays, by their full names, into an HDF5 file that holds them already.

    Raises
    ------
    OSError
        The library could not write, for example because the disk is full.
    """
    with LIBRARY_LOCK, h5py.File(path, "r+") as file:
        for name, values in new_values.items():
            dataset = file[name]
            stored = dataset.dtype
            dataset[...] = values if stored.kind != "V" else values.view(stored)
