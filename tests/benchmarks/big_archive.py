"""Make a large `.keras` archive: ``python tests/benchmarks/big_archive.py FILE [GIB]``.

Square Dense layers of 8192 units with normal values, half of them zero in every third
layer; the archive is as Keras writes it, uncompressed.
"""

import json
import sys
import zipfile
from pathlib import Path

import h5py
import numpy as np

UNITS = 8192


def make(path: Path, gibibytes: float, units: int = UNITS) -> int:
    """Write the archive and return the number of layers."""
    count = max(1, round(gibibytes * 2**30 / (4 * units * units)))
    random = np.random.default_rng(0)
    block = random.normal(size=(1024, units)).astype("float32")
    sparse = np.where(np.abs(block) < 0.6745, np.float32(0), block)
    weights = path.with_suffix(".weights.h5")
    with h5py.File(weights, "w") as file:
        for number in range(count):
            name = f"dense_{number}" if number else "dense"
            group = file.create_group(f"layers/{name}/vars")
            group.attrs["name"] = name
            kernel = group.create_dataset("0", (units, units), "float32")
            for start in range(0, units, len(block)):
                kernel[start : start + len(block)] = block if number % 3 else sparse
            group.create_dataset("1", data=np.zeros(units, "float32"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.0"}))
        archive.writestr("config.json", json.dumps(configuration(count, units)))
        archive.write(weights, "model.weights.h5")
    weights.unlink()
    return count


def make_sparse(path: Path, units: int) -> None:
    """Write one matrix to an HDF5 file that takes room only where it is not zero.

    A block of normal values lies in the middle, one lone value far away from it.
    """
    random = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"dense"]
        file.create_group("dense").attrs["weight_names"] = [b"dense/kernel:0"]
        made = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        made.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        made.set_fill_time(h5py.h5d.FILL_TIME_NEVER)  # else the zeros are written
        links = h5py.h5p.create(h5py.h5p.LINK_CREATE)
        links.set_create_intermediate_group(True)
        kernel = h5py.Dataset(
            h5py.h5d.create(
                file.id,
                b"dense/dense/kernel:0",
                h5py.h5t.IEEE_F32LE,
                h5py.h5s.create_simple((units, units)),
                made,
                links,
            )
        )
        start, side = 3 * units // 8, units // 4
        for top in range(start, start + side, 1024):
            rows = min(1024, start + side - top)
            block = random.normal(size=(rows, side)).astype("float32")
            kernel[top : top + rows, start : start + side] = block
        kernel[units // 5, units - units // 5] = 1e-3


def configuration(count: int, units: int) -> dict:
    """Describe the model as Keras 3 does."""
    layers = [
        {
            "module": "keras.layers",
            "class_name": "Dense",
            "config": {
                "name": f"dense_{number}" if number else "dense",
                "units": units,
                "activation": "relu",
                "use_bias": True,
            },
            "registered_name": None,
        }
        for number in range(count)
    ]
    start = {
        "module": "keras.layers",
        "class_name": "InputLayer",
        "config": {"name": "input", "batch_shape": [None, units], "dtype": "float32"},
        "registered_name": None,
    }
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "big", "layers": [start, *layers]},
        "registered_name": None,
    }


if __name__ == "__main__":
    made = make(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 4.0)
    sys.stdout.write(json.dumps({"layers": made}) + "\n")
