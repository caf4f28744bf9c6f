"""What a reader of an HDF5 file offers the layouts: groups, datasets, attributes."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np

from pruneview.formats.hdf5.region import Region

Window = tuple[slice, ...]


class Dataset(ABC):
    """An array in the file; only its header has been read.

    Attributes
    ----------
    shape
        Axes in the file's order.
    dtype
        The file's own type, byte order included; bfloat16 through ml_dtypes.
    region, offset
        The bytes of the HDF5 file that holds it, and where in them its values begin;
        None where they do not lie there in one piece.
    path
        Its full name there, where it has no offset.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    region: Region | None = None
    offset: int | None = None
    path: str = ""

    @property
    def size(self) -> int:
        """Number of values."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of the values, uncompressed."""
        return self.size * self.dtype.itemsize

    @abstractmethod
    def read(self, window: Window | None = None) -> np.ndarray:
        """Read the array, or only ``window`` of it.

        Raises
        ------
        FormatError
            The data are damaged or cut off.
        """


class Group(ABC):
    """A named collection of groups and datasets.

    Attributes
    ----------
    identity
        The same number for the same group, by whatever path it was reached.
    """

    identity: int

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of the members, in the file's order."""

    @abstractmethod
    def __contains__(self, name: str) -> bool: ...

    @abstractmethod
    def member(self, name: str) -> "Group | Dataset":
        """Open one member by its own name, which is not a path.

        Raises
        ------
        FormatError
            The member is damaged, or leads out of the file.
        """

    @abstractmethod
    def text(self, attribute: str) -> str | None:
        """Return an attribute that holds one string; None where there is none."""

    @abstractmethod
    def texts(self, attribute: str) -> list[str] | None:
        """Return an attribute that holds strings; None where there is none.

        Keras cuts a long list into ``attribute0``, ``attribute1`` and so on; the
        pieces are joined.
        """

    def find(self, path: str) -> "Group | Dataset | None":
        """Follow a path of names; None where there is no such member."""
        node: Group | Dataset = self
        for part in path.split("/"):
            if not part:
                continue
            if not isinstance(node, Group) or part not in node:
                return None
            node = node.member(part)
        return node

    def groups(self) -> Iterator[tuple[str, "Group"]]:
        """Yield the members that are groups."""
        for name in self.names():
            member = self.member(name)
            if isinstance(member, Group):
                yield name, member


class Tree(ABC):
    """An open HDF5 file."""

    root: Group

    @abstractmethod
    def close(self) -> None:
        """Let go of the file; its `Region` is closed by who opened it."""
