"""Bounds that no model reaches and a hostile file would."""

import numpy as np

from pruneview.formats.errors import FormatError

MAX_AXES = 32  # HDF5's own bound
MAX_DEPTH = 64
MAX_MEMBERS = 100_000
MAX_OBJECTS = 1_000_000
MAX_JSON_BYTES = 256 << 20
MAX_DIRECTORY_BYTES = 32 << 20
# Trained weights hardly compress; this leaves room for those that are mostly zero.
MAX_EXPANSION = 100
EXPANSION_FLOOR = 1 << 28


def check_declared_size(
    name: str, shape: tuple[int, ...], dtype: np.dtype, available: int
) -> None:
    """Refuse an array that claims far more bytes than its file has.

    Parameters
    ----------
    name
        Of the array, for the sentence.
    shape, dtype
        As declared.
    available
        Bytes of the file.

    Raises
    ------
    FormatError
        The declared size cannot be true.
    """
    nbytes = dtype.itemsize
    for axis in shape:
        nbytes *= axis
    if len(shape) > MAX_AXES or nbytes > max(
        EXPANSION_FLOOR, MAX_EXPANSION * available
    ):
        raise FormatError(
            f"{name!r} in the file claims {nbytes:,} bytes of values, far more than the"
            " file can hold, so it was not opened."
        )


def readable_bytes(count: int) -> str:
    """Return a size for the person: ``137.6 MB`` (a megabyte is a million bytes)."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    raise AssertionError
