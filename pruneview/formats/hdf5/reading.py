"""Choosing how to read an HDF5 file: by ourselves, or through the HDF5 library.

The library's C code can crash on damaged files and take the process with it. So it
never sees a file in this process that it has not walked, whole, in a helper process
before: what `native` cannot read goes through `probe` first, and a crash, a hang
or an excess of memory there becomes a `FormatError` here.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5.messages import UnsupportedError
from pruneview.formats.hdf5.native import NativeTree
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.tree import Tree

#: Of the helper's own computing: on a busy machine it may take longer by the clock.
PROBE_SECONDS = 1.5
_SECONDS_PER_BYTE = 2e-8
_CLOCK_PER_COMPUTING = 10
_TOO_LONG = (
    "Reading the file takes unreasonably long: it is damaged, or made to hang its"
    " reader, so it was not opened."
)
_Result = TypeVar("_Result")


def read_tree(region: Region, use: Callable[[Tree], _Result]) -> _Result:
    """Call ``use`` with the opened file and return its result.

    The tree stays open, since weights read from it later; on an error it is closed.

    Raises
    ------
    FormatError
        The file is damaged, or ``use`` found no model in it.
    """
    try:
        return _use(NativeTree(region), use)
    except UnsupportedError:
        pass
    probe(region)
    # Loads h5py, which an ordinary file does not need.
    from pruneview.formats.hdf5.library import LibraryTree  # noqa: PLC0415

    return _use(LibraryTree(region), use)


def probe(region: Region) -> None:
    """Walk a file with the HDF5 library in a helper process.

    Raises
    ------
    FormatError
        The library crashed, hung or took too much memory, or refused the file.
    """
    script = Path(__file__).with_name("probe.py")
    seconds = PROBE_SECONDS + region.length * _SECONDS_PER_BYTE
    command = [
        sys.executable,
        "-I",
        str(script),
        str(region.path.resolve()),
        str(region.offset),
        str(region.length),
        str(seconds),
    ]
    try:
        ended = subprocess.run(  # noqa: S603  (our own interpreter and script)
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds * _CLOCK_PER_COMPUTING,
            check=False,
            env={**os.environ, "HDF5_USE_FILE_LOCKING": "FALSE"},
        )
    except subprocess.TimeoutExpired:
        raise FormatError(_TOO_LONG) from None
    if ended.returncode == -getattr(signal, "SIGXCPU", 0) != 0:
        raise FormatError(_TOO_LONG)
    if ended.returncode == 0:
        return
    sentence = ended.stdout.decode("utf-8", "replace").strip()
    raise FormatError(
        sentence
        or "The file is damaged in a way that crashes the HDF5 library, so it was not"
        " opened. Copy or download it again."
    )


def closing(tree: Tree, region: Region) -> Callable[[], None]:
    """Return a function that closes a tree and the region it reads from."""

    def close() -> None:
        tree.close()
        region.close()

    return close


def _use(tree: Tree, use: Callable[[Tree], _Result]) -> _Result:
    try:
        return use(tree)
    except BaseException:
        tree.close()
        raise
