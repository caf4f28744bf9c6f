"""Arrays in an ``.npz`` archive."""

import zipfile
import zlib
from pathlib import Path

import numpy as np

from pruneview.pruning.data.grouping import check_parts, group_names, grouped
from pruneview.pruning.data.reading import Arrays
from pruneview.pruning.errors import DataError


def read_npz(path: Path) -> Arrays:
    """Read the arrays; one that would need pickle, which can run code, is refused.

    Raises
    ------
    DataError
    """
    try:
        # numpy leaves a damaged file open that it has opened itself.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise DataError(f"{path.name} is not an .npz archive of named arrays.")
            found = group_names(archive.files)
            check_parts(path.name, found)
            return {
                part: grouped(part, {name: archive[name] for name in names})
                for part, names in found.items()
            }
    except DataError:
        raise
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.") from None
    except ValueError as error:
        if "pickle" in str(error).lower():
            raise DataError(
                f"{path.name} holds Python objects, not plain arrays. They could run "
                "code, so they are not read: save arrays of numbers with numpy.savez."
            ) from error
        raise _damaged(path, error) from error
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(f"{path.name} cannot be read as an .npz file: {error}.")
