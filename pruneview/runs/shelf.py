"""The recordings that the window makes by itself of its own runs."""

import contextlib
import itertools
import re
import shutil
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pruneview.pruning.errors import RecordingError
from pruneview.runs.container.locking import is_locked
from pruneview.runs.recording import Recording

SUFFIX = ".pruneview-run"
MOST_RUNS = 20
MOST_BYTES = 4_000_000_000
#: Two checkpoints of weights and optimizer, weights to look back at, and masks.
_ROOM_FOR_WEIGHTS = 12
_SPARE_BYTES = 500_000_000
_ENDED = ("finished", "stopped")


@dataclass(frozen=True)
class Shelved:
    """A recording on the shelf.

    Attributes
    ----------
    outcome
        As `Recording.outcome`; ``running`` while it is being written, ``damaged``
        where it cannot be read.
    checkpoint
        The step that a run goes on from; None where there is none.
    """

    path: Path
    bytes: int
    outcome: str
    checkpoint: int | None = None


class RunShelf:
    """A folder with the latest runs.

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
            free = shutil.disk_usage(self.folder).free
        except OSError:
            return None
        if free < _SPARE_BYTES + _ROOM_FOR_WEIGHTS * weight_bytes:
            return None
        stem = re.sub(r"[^\w.-]+", "_", name)[:60] or "run"
        when = time.strftime("%Y-%m-%d_%H-%M-%S")
        numbers = itertools.chain([""], (f"_{n}" for n in itertools.count(2)))
        paths = (self.folder / f"{stem}_{when}{n}{SUFFIX}" for n in numbers)
        return next(path for path in paths if not path.exists())

    def survey(self) -> list[Shelved]:
        """Return what there is, the latest first; reads every file."""
        return [_look_at(path) for path in self.files()]


def surplus(shelved: Sequence[Shelved], kept: Collection[Path]) -> list[Shelved]:
    """Return the recordings that make room, the oldest first.

    Only runs that have ended: one that was interrupted may still be continued.

    Parameters
    ----------
    shelved
        From `RunShelf.survey`.
    kept
        Files that stay, whatever they are.
    """
    number, total = len(shelved), sum(one.bytes for one in shelved)
    going = []
    for one in reversed(shelved):
        if number <= MOST_RUNS and total <= MOST_BYTES:
            break
        if one.outcome in _ENDED and one.path not in kept:
            going.append(one)
            number, total = number - 1, total - one.bytes
    return going


def _look_at(path: Path) -> Shelved:
    try:
        size = path.stat().st_size
        with Recording(path) as recording:
            outcome, step = recording.outcome, recording.checkpoint_step
        return Shelved(path, size, "running" if is_locked(path) else outcome, step)
    except (RecordingError, OSError):
        return Shelved(path, 0, "running" if is_locked(path) else "damaged")
