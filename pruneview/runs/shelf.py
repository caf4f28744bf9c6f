"""The recordings that the window makes by itself of its own runs."""

import contextlib
import itertools
import re
import shutil
import time
from pathlib import Path

from pruneview.pruning.errors import RecordingError
from pruneview.runs.container.locking import lock

SUFFIX = ".pruneview-run"
_MOST_RUNS = 8
_MOST_BYTES = 1_000_000_000
#: Two checkpoints of weights and optimizer, weights to look back at, and masks.
_ROOM_FOR_WEIGHTS = 12
_SPARE_BYTES = 500_000_000


class RunShelf:
    """A folder with the latest runs; older ones make room.

    Parameters
    ----------
    folder
        Made when it is needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def files(self) -> list[Path]:
        """Return the recordings there are, the latest first."""
        found = []
        for path in self.folder.glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError):
                found.append((path.stat().st_mtime_ns, path))
        return [path for _, path in sorted(found, reverse=True)]

    def new(self, name: str, weight_bytes: int) -> Path | None:
        """Return a path for the recording of a run of a model.

        None where there is no room: a run must not fill the disk unasked.

        Parameters
        ----------
        name
            The model's, for people who look into the folder.
        weight_bytes
            Of all its weights.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._make_room()
            free = shutil.disk_usage(self.folder).free
        except OSError:
            return None
        if free < _SPARE_BYTES + _ROOM_FOR_WEIGHTS * weight_bytes:
            return None
        stem = re.sub(r"[^\w.-]+", "_", name)[:60] or "run"
        when = time.strftime("%Y-%m-%d_%H-%M-%S")
        numbers = itertools.chain([""], (f"_{n}" for n in itertools.count(2)))
        paths = (self.folder / f"{when}_{stem}{n}{SUFFIX}" for n in numbers)
        return next(path for path in paths if not path.exists())

    def _make_room(self) -> None:
        """Forget the oldest runs, but none that is being written."""
        total = 0
        for place, path in enumerate(self.files(), start=1):
            with contextlib.suppress(OSError):
                total += path.stat().st_size
                if place < _MOST_RUNS and total <= _MOST_BYTES:
                    continue
                if not _is_being_written(path):
                    path.unlink()


def _is_being_written(path: Path) -> bool:
    with path.open("rb") as stream:
        try:
            lock(path, stream)
        except RecordingError:
            return True
    return False
