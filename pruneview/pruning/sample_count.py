"""How many training samples data have, without reading them."""

import zipfile
from pathlib import Path

from numpy.lib import format as npy

from pruneview.pruning.data import DataSpec
from pruneview.resources import resource

#: As their authors published them.
_KERAS_TRAINING_SAMPLES = {
    "mnist": 60_000,
    "fashion_mnist": 60_000,
    "cifar10": 50_000,
    "cifar100": 50_000,
}


def training_samples(spec: DataSpec) -> int | None:
    """Return the length of ``x_train``; None where it cannot be told beforehand.

    Reads the array's header only. What is wrong with a file is for `data.load` to
    say.
    """
    if spec.kind == "keras":
        return _KERAS_TRAINING_SAMPLES.get(spec.name)
    path = resource("demo", "digits.npz") if spec.kind == "demo" else Path(spec.name)
    try:
        with zipfile.ZipFile(path) as archive, archive.open("x_train.npy") as member:
            version = npy.read_magic(member)
            read = npy.read_array_header_1_0 if version == (1, 0) else None
            shape, _, _ = (read or npy.read_array_header_2_0)(member)
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    return int(shape[0]) if shape else None
