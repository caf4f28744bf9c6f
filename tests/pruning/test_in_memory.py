"""A model pruned in memory reads as its copy would, and its file stays whole."""

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning.demo import demo_model
from pruneview.pruning.in_memory import changed, pruned_model, without_small
from pruneview.pruning.without_training import prune_file
from pruneview.sparsity.masking.masks import threshold_mask


@pytest.fixture
def file():
    with open_model(demo_model()) as model:
        yield model


def test_it_reads_as_the_copy_that_is_written(file, tmp_path):
    thresholds = {"dense/kernel": 0.05, "conv_2/kernel": 0.08}
    pruned, path = pruned_model(file, thresholds), tmp_path / "copy.keras"
    found = prune_file(demo_model(), path, 0.0, thresholds=thresholds)
    with open_model(path) as copy:
        for layer in copy.layers:
            for weight in layer.weights:
                np.testing.assert_array_equal(
                    pruned.weight(weight.path).read(), weight.read()
                )
    assert {w.path: w.threshold for w in found.weights} == thresholds
    kernel = file.weight("dense/kernel").read()
    zeros = {w.path: w.zeros for w in found.weights}
    assert zeros["dense/kernel"] == np.count_nonzero(~threshold_mask(kernel, 0.05))
    assert np.count_nonzero(kernel) == kernel.size


def test_a_window_of_it_is_the_window_of_the_whole(file):
    weight = pruned_model(file, {"dense/kernel": 0.06}).weight("dense/kernel")
    window = (slice(3, 90, 7), slice(1, 9))
    np.testing.assert_array_equal(weight.read(window), weight.read()[window])
    assert 0 < np.count_nonzero(weight.read() == 0) < weight.size


def test_only_what_has_other_values_has_changed(file):
    once = pruned_model(file, {"dense/kernel": 0.05})
    assert [w.path for w in changed(file, once)] == ["dense/kernel"]
    assert [w.path for w in changed(once, file)] == ["dense/kernel"]
    assert changed(file, file) == []
    assert once.parameter_count == file.parameter_count
    once.close()
    file.weight("dense/kernel").read()  # the file stays its owner's


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_dtype_and_nan_stay(dtype):
    values = np.array([0.1, -0.2, np.nan, np.inf, -0.0], dtype)
    pruned = without_small(values, 0.15)
    assert pruned.dtype == dtype
    np.testing.assert_array_equal(pruned, np.array([0, -0.2, np.nan, np.inf, 0], dtype))
