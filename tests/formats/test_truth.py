"""Every tensor of real files against what Keras itself saw in them."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from pruneview.formats import open_model

FILES = {
    "ad01.h5": ("keras3", "tf_keras"),
    "cnn3d_16.h5": ("tf_keras",),
    "gender_mini_XCEPTION.21-0.95.hdf5": ("keras3", "tf_keras"),
    "misc_1.h5": ("keras3", "tf_keras"),
    "pretrainedResnet.h5": ("keras3", "tf_keras"),
    "vww_96.h5": ("tf_keras",),
}


def listing(path: Path) -> list:
    """Describe a file the way the truth does, without the names of variables."""
    found = []
    with open_model(path) as model:
        for layer in model.layers:
            weights = []
            for weight in layer.weights:
                values = np.ascontiguousarray(weight.read())
                digest = hashlib.sha1(values.tobytes()).hexdigest()[:16]
                zeros = int(np.count_nonzero(values == 0))
                shape = list(weight.shape)
                weights.append([weight.name, shape, str(weight.dtype), digest, zeros])
            found.append([layer.name, layer.kind, weights])
    return found


def without_prefix(truth: list) -> list:
    """Cut ``dense/kernel:0`` to ``kernel``: the part within the layer."""
    for _, _, weights in truth:
        for weight in weights:
            weight[0] = weight[0].removesuffix(":0").rpartition("/")[2]
    return truth


@pytest.mark.parametrize(
    ("name", "loader"),
    [(name, loader) for name, loaders in FILES.items() for loader in loaders],
)
def test_every_tensor_agrees_with_keras(models_folder, name, loader):
    truth = json.loads((models_folder / "truth" / f"{name}.{loader}.json").read_text())
    assert listing(models_folder / name) == without_prefix(truth["layers"])
    with open_model(models_folder / name) as model:
        assert model.parameter_count == truth["params"]
