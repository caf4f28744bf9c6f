"""`open_model`: from a path to a `ModelFile`, whatever the file turns out to be."""

import contextlib
import gc
import os
from collections.abc import Iterator
from pathlib import Path

from pruneview.formats.containers.folder import open_folder
from pruneview.formats.containers.hdf5_file import open_hdf5
from pruneview.formats.containers.keras_archive import open_archive
from pruneview.formats.containers.shards import open_shards
from pruneview.formats.errors import FormatError
from pruneview.formats.identify import identify
from pruneview.formats.model import ModelFile


def open_model(path: str | os.PathLike[str]) -> ModelFile:
    """Open a model file and list its layers and weights; values stay on disk.

    Parameters
    ----------
    path
        A `.keras` archive, an HDF5 model or weights file of any Keras, the index of
        sharded weights, or a SavedModel folder. The name's ending does not matter.

    Returns
    -------
    ModelFile
        A context manager; close it to release the file.

    Raises
    ------
    FormatError
        With one sentence for the person. No other exception is raised for a file's
        contents.
    """
    location = Path(path)
    try:
        with _collector_paused():
            return _OPENERS[identify(location)](location)
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or "there is not enough memory"
        raise FormatError(f"{location.name} cannot be read: {reason}.") from None


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking a growing model again and again.

    Everything that opening makes stays alive; with 10,000 layers the collector would
    take a third of the time and free nothing.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


_OPENERS = {
    "hdf5": open_hdf5,
    "zip": open_archive,
    "shards": open_shards,
    "folder": open_folder,
}
