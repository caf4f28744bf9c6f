"""Two files weight by weight, against plain numpy."""

from pathlib import Path

import h5py
import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning import pieces
from pruneview.pruning.two_models import compare_weight, match_weights


def write(path: Path, **weights: np.ndarray) -> Path:
    """Write weights of layers in the form of Keras' own HDF5 files."""
    with h5py.File(path, "w") as file:
        names = [name.encode() for name in weights]
        file.attrs["layer_names"] = names
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = b"2.4.0"
        for name, values in weights.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/kernel:0".encode()]
            group.create_dataset(f"{name}/kernel:0", data=values)
    return path


def test_values_are_compared_and_the_rest_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = np.random.default_rng(0)
    kernel = chance.normal(size=(40, 30)).astype(np.float32)
    kernel[0, :3] = 0, np.nan, np.inf
    other = kernel.copy()
    other[5:20, ::2] = 0
    other[0, 0] = 2.5
    other[30, 1] += np.float32(0.75)
    first = write(tmp_path / "a.h5", same=kernel, grown=kernel, gone=kernel)
    second = write(tmp_path / "b.h5", same=other, grown=kernel[:5], new=kernel)
    monkeypatch.setattr(pieces, "_LARGE_BYTES", 1000)
    monkeypatch.setattr(pieces, "_PIECE_BYTES", 1000)
    with open_model(first) as here, open_model(second) as there:
        matching = match_weights(here, there)
        assert [a.path for a, _ in matching.pairs] == ["same/kernel"]
        assert [w.path for w in matching.only_first] == ["grown/kernel", "gone/kernel"]
        assert [w.path for w in matching.only_second] == ["grown/kernel", "new/kernel"]
        found = compare_weight(*matching.pairs[0])
        assert found is not None
        assert (found.zeros_first, found.zeros_second) == (1, 15 * 15)
        assert (found.became_zero, found.left_zero) == (15 * 15, 1)
        assert found.changed == 15 * 15 + 2
        finite = np.isfinite(kernel)
        assert found.largest == np.abs(kernel[finite] - other[finite]).max()
        assert compare_weight(*matching.pairs[0], lambda: True) is None
        with pytest.raises(ValueError, match="against"):
            compare_weight(matching.only_first[0], matching.only_second[0])
