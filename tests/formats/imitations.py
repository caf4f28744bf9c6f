"""HDF5 files in layouts that no Keras of today writes, made with h5py."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

RANDOM = np.random.default_rng(5)


def values(*shape: int, dtype: str = "float32") -> np.ndarray:
    return RANDOM.normal(size=shape).astype(dtype)


def named(
    path: Path,
    layers: dict[str, dict[str, np.ndarray]],
    *,
    config: dict | None = None,
    version: str = "2.2.4",
    names: Any = lambda texts: np.array([t.encode() for t in texts]),
    **storage: Any,
) -> Path:
    """Write ``layer_names`` and ``weight_names``; ``names`` makes the attributes."""
    with h5py.File(path, "w") as file:
        group = file
        if config is not None:
            file.attrs["model_config"] = json.dumps(config).encode()
            group = file.create_group("model_weights")
        group.attrs["keras_version"] = version.encode()
        group.attrs["backend"] = b"tensorflow"
        group.attrs["layer_names"] = names(list(layers))
        for layer, weights in layers.items():
            inner = group.create_group(layer)
            inner.attrs["weight_names"] = names(list(weights))
            for name, data in weights.items():
                inner.create_dataset(name, data=data, **storage)
    return path


def dense(name: str, inputs: int, outputs: int) -> dict[str, np.ndarray]:
    return {
        f"{name}/kernel:0": values(inputs, outputs),
        f"{name}/bias:0": values(outputs),
    }


def two_layers(path: Path, **settings: Any) -> Path:
    layers = {"dense_1": dense("dense_1", 4, 3), "dense_2": dense("dense_2", 3, 2)}
    return named(path, layers, **settings)


def sequential(*layers: tuple[str, str, dict]) -> dict:
    """Return a configuration as Keras 2.2 writes it."""
    return {
        "class_name": "Sequential",
        "config": {
            "name": "sequential_1",
            "layers": [
                {"class_name": kind, "config": {"name": name, **settings}}
                for kind, name, settings in layers
            ],
        },
    }


def in_chunks(path: Path) -> Path:
    """Names cut into ``weight_names0``, ``weight_names1``, as Keras cuts long lists."""
    two_layers(path)
    with h5py.File(path, "r+") as file:
        for owner, attribute in (
            (file, "layer_names"),
            (file["dense_1"], "weight_names"),
        ):
            texts = owner.attrs[attribute]
            del owner.attrs[attribute]
            for index, text in enumerate(texts):
                owner.attrs[f"{attribute}{index}"] = np.array([text])
    return path


def keras_0_3(path: Path, shapes: Sequence[tuple[int, ...]]) -> Path:
    """Weights alone of Keras 0.3: numbered layers with numbered parameters."""
    with h5py.File(path, "w") as file:
        file.attrs["nb_layers"] = len(shapes)
        for index, shape in enumerate(shapes):
            layer = file.create_group(f"layer_{index}")
            layer.attrs["nb_params"] = 2
            layer.create_dataset("param_0", data=values(*shape))
            layer.create_dataset("param_1", data=values(shape[-1]))
    return path


def zipped(path: Path, weights: Path, config: dict, **settings: Any) -> Path:
    """Pack an archive; ``settings`` go to `zipfile.ZipFile`."""
    with zipfile.ZipFile(path, "w", **settings) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.5.0"}))
        archive.writestr("config.json", json.dumps(config))
        archive.write(weights, "model.weights.h5")
    return path


def numbered(path: Path, layers: dict[str, list[np.ndarray]], **storage: Any) -> Path:
    """Write the layout of ``model.weights.h5``."""
    with h5py.File(path, "w") as file:
        for name, arrays in layers.items():
            group = file.create_group(f"layers/{name}/vars")
            for index, array in enumerate(arrays):
                group.create_dataset(str(index), data=array, **storage)
    return path
