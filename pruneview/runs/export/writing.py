"""Files that are there whole, or not at all."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


class ExportCancelled(Exception):  # noqa: N818 - a wish, not an error
    """The person gave it up; nothing was written."""


class ExportError(ValueError):
    """What was asked for cannot be written; says why in a sentence."""


@dataclass(frozen=True)
class Progress:
    """How an export tells how far it is, and learns that it is not wanted any more.

    Parameters
    ----------
    report
        Given the share that is done, 0 to 1.
    cancelled
        Asked now and then.
    """

    report: Callable[[float], None] = lambda _share: None
    cancelled: Callable[[], bool] = lambda: False

    def at(self, share: float) -> None:
        """Tell how much is done; raises ExportCancelled."""
        if self.cancelled():
            raise ExportCancelled
        self.report(share)


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a file beside `path`, and put it in its place when it is done.

    Raises
    ------
    ExportError
        Where it cannot be written; what was there before stays.
    """
    try:
        number, name = tempfile.mkstemp(
            prefix=f".{path.stem[:40]}.", suffix=path.suffix, dir=path.parent
        )
        os.close(number)
    except OSError as error:
        raise _not_written(path, error) from error
    draft = Path(name)
    try:
        write(draft)
        mask = os.umask(0)
        os.umask(mask)
        draft.chmod(0o666 & ~mask)
        draft.replace(path)
    except OSError as error:
        raise _not_written(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _not_written(path: Path, error: OSError) -> ExportError:
    return ExportError(
        f"{path} cannot be written: {error.strerror or error}. Choose another place."
    )
