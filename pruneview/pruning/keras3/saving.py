"""Writing a model so that a failure leaves no trace and changes no file."""

import contextlib
import errno
import logging
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pruneview.pruning.errors import SaveError

FORMATS = (".keras", ".h5", ".hdf5")


def save_model(model: Any, path: Path, opened: Path | None, *, overwrite: bool) -> int:
    """Write `model` to `path` in the format its ending names; return the bytes.

    It is written under another name in the same folder, then renamed.

    Parameters
    ----------
    opened
        The file the model came from.
    overwrite
        Whether a file that is there may be replaced; never the one opened.

    Raises
    ------
    SaveError
        With a sentence; nothing is left behind.
    """
    if path.suffix.lower() not in FORMATS:
        raise SaveError(
            f"{path.name} was not saved: the name must end in .keras or .h5."
        )
    if not path.parent.is_dir():
        raise SaveError(f"{path.name} was not saved: there is no folder {path.parent}.")
    is_opened = opened is not None and _same(path, opened)
    if is_opened or (path.exists() and not overwrite):
        which = (
            "it is the file that was opened, which stays as it is"
            if is_opened
            else "a file of that name is there already"
        )
        raise SaveError(f"{path.name} was not saved: {which}. Choose another name.")
    draft = path.with_name(f".{path.stem}.{os.getpid()}.saving{path.suffix.lower()}")
    try:
        with _quiet_keras():
            model.save(draft)
        _reach_disk(draft)
        size = draft.stat().st_size
        os.replace(draft, path)  # noqa: PTH105 - atomic also onto an existing file
    except (OSError, ValueError, RuntimeError) as error:
        raise SaveError(f"{path.name} was not saved: {_cause(error)}.") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return size


def _same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)
    except OSError:
        return False


def _reach_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cause(error: BaseException) -> str:
    text = str(error)
    number = error.errno if isinstance(error, OSError) else None
    # h5py puts the system's error into its text only.
    if number == errno.ENOSPC or "No space left" in text or "errno = 28" in text:
        return "the disk is full. Free some space, or save to another place"
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "the folder cannot be written to. Choose another one"
    return text.strip().splitlines()[0].rstrip(".") if text else type(error).__name__


@contextlib.contextmanager
def _quiet_keras() -> Iterator[None]:
    """Keras advises against .h5 at every save; the person has chosen it."""
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
