"""What every reader of data is given, and what it returns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pruneview.pruning.data.samples import Samples
from pruneview.pruning.errors import Cancelled, DataError
from pruneview.pruning.events import Event, LogLine, Preparing

Arrays = dict[str, Samples]

SPLIT_SEED = 0
_LEAST = 10
PARTS = ("train", "test", "validation")


@dataclass(frozen=True)
class Reading:
    """How a reader tells what it does, and learns that it shall stop.

    Attributes
    ----------
    report
        Told what is being waited for, and what a person should know of the data.
    cancelled
        Asked now and then.
    """

    report: Callable[[Event], None]
    cancelled: Callable[[], bool] = field(default=lambda: False)

    def say(self, sentence: str) -> None:
        """Put a sentence into the log."""
        self.report(LogLine(sentence))

    def progress(self, stage: str, fraction: float | None = None) -> None:
        """Tell what is being done, and go no further where the person stopped it.

        Raises
        ------
        Cancelled
        """
        if self.cancelled():
            raise Cancelled
        self.report(Preparing(stage, fraction))


def find_parts(folder: Path) -> dict[str, Path]:
    """Return where each part of the data is.

    That is one part without a name, or ``train``, ``test`` and maybe ``validation``
    (or ``val``), which stands in for a test part that is not there.

    Raises
    ------
    DataError
        There is no such folder.
    """
    if not folder.is_dir():
        raise DataError(f"There is no folder {folder}.")
    held_out = [folder / name for name in ("test", "validation", "val")]
    held_out = [place for place in held_out if place.is_dir()]
    if not (folder / "train").is_dir() or not held_out:
        return {"": folder}
    parts = {"train": folder / "train", "test": held_out[0]}
    return parts if len(held_out) == 1 else parts | {"validation": held_out[1]}


def split_counts(samples: int) -> tuple[int, int, int]:
    """Return how many of `samples` train, test and validate: 80, 10 and 10 %."""
    held = samples // 10
    return samples - 2 * held, held, held


def split(name: str, x: Samples, y: Samples, reading: Reading) -> Arrays:
    """Divide samples at random, always in the same way.

    Raises
    ------
    DataError
        There are too few of them, or not as many labels.
    """
    if len(x) != len(y):
        raise DataError(
            f"{name} has {len(x)} samples and {len(y)} labels; they must be as many."
        )
    if len(x) < _LEAST:
        raise DataError(
            f"{name} has {len(x)} samples; at least {_LEAST} are needed to train on "
            "some and test on others."
        )
    order = np.random.default_rng(SPLIT_SEED).permutation(len(x))
    arrays: Arrays = {}
    start = 0
    for part, count in zip(PARTS, split_counts(len(x)), strict=True):
        chosen = np.sort(order[start : start + count])
        arrays[f"x_{part}"], arrays[f"y_{part}"] = x[chosen], y[chosen]
        start += count
    said = ", ".join(f"{len(arrays[f'x_{part}'])} to {_TO[part]}" for part in PARTS)
    reading.say(
        f"The {len(x)} samples of {name} are divided at random with seed "
        f"{SPLIT_SEED}: {said}."
    )
    return arrays


_TO = {"train": "train on", "test": "test on", "validation": "measure on meanwhile"}
