"""How many training samples data have, without reading them."""

import zipfile
from pathlib import Path

from numpy.lib import format as npy

from pruneview.pruning.data import DataSpec
from pruneview.pruning.data.grouping import group_names
from pruneview.pruning.data.images import class_folders, images_in
from pruneview.pruning.data.reading import find_parts, split_counts
from pruneview.resources import resource

#: As their authors published them.
_KERAS_TRAINING_SAMPLES = {
    "mnist": 60_000,
    "fashion_mnist": 60_000,
    "cifar10": 50_000,
    "cifar100": 50_000,
}


def training_samples(spec: DataSpec) -> int | None:
    """Return how many samples train; None where it cannot be told beforehand.

    Reads an array's header, counts the lines of a table or the files in folders. What
    is wrong with them is for `data.load` to say.
    """
    if spec.kind == "keras":
        return _KERAS_TRAINING_SAMPLES.get(spec.name)
    try:
        if spec.kind in ("demo", "npz"):
            demo = spec.kind == "demo"
            return _rows(resource("demo", "digits.npz") if demo else Path(spec.name))
        if spec.kind == "csv":
            return split_counts(max(_lines(Path(spec.name)) - 1, 0))[0]
        if spec.kind == "images":
            return _images(Path(spec.name))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    return None


def _rows(archive_path: Path) -> int | None:
    """Return the length of ``x_train``, or of its first input, from the header."""
    with zipfile.ZipFile(archive_path) as archive:
        names = group_names(name.removesuffix(".npy") for name in archive.namelist())
        with archive.open(f"{names['x_train'][0]}.npy") as member:
            version = npy.read_magic(member)
            read = npy.read_array_header_1_0 if version == (1, 0) else None
            shape, _, _ = (read or npy.read_array_header_2_0)(member)
    return int(shape[0]) if shape else None


def _lines(path: Path) -> int:
    """Count lines that hold anything; a quoted value may not contain a line's end."""
    with path.open("rb") as stream:
        return sum(1 for line in stream if line.strip())


def _images(folder: Path) -> int | None:
    parts = find_parts(folder)
    counts = {
        part: sum(len(images_in(c)) for c in class_folders(root))
        for part, root in parts.items()
    }
    return counts["train"] if "train" in counts else split_counts(counts[""])[0]
