"""Deflated sizes."""

import zlib

import ml_dtypes
import numpy as np
import pytest

from pruneview.sparsity.sizing.estimating import ESTIMATE_LABEL, estimated_sizes
from pruneview.sparsity.sizing.sizes import (
    EXACT_LABEL,
    QUICK_LABEL,
    deflated_size,
    deflated_total,
    label,
)

WEIGHTS = np.random.default_rng(0).normal(size=(64, 256)).astype(np.float32)


def test_exact_is_zlib_level_6_of_the_raw_bytes() -> None:
    expected = len(zlib.compress(WEIGHTS.tobytes(), 6))
    assert deflated_size(WEIGHTS, quick=False) == expected
    assert deflated_size(WEIGHTS.tobytes(), quick=False) == expected


def test_quick_is_within_a_tenth_of_exact_also_when_pruned() -> None:
    pruned = np.where(np.abs(WEIGHTS) > 1.2, WEIGHTS, np.float32(0))
    for weights in (WEIGHTS, pruned):
        exact = deflated_size(weights, quick=False)
        assert deflated_size(weights) == pytest.approx(exact, rel=0.1)


def test_zeros_make_it_smaller() -> None:
    pruned = np.where(np.abs(WEIGHTS) > 1.2816, WEIGHTS, np.float32(0))
    assert deflated_size(pruned) < deflated_size(WEIGHTS) / 3


def test_layout_and_byte_order_do_not_matter() -> None:
    expected = deflated_size(WEIGHTS)
    assert deflated_size(np.asfortranarray(WEIGHTS)) == expected
    assert deflated_size(WEIGHTS.astype(">f4")) == expected


def test_odd_arrays_have_a_size() -> None:
    assert deflated_size(np.float32(3.0)) > 0
    assert deflated_size(np.zeros((0, 3), np.float32)) > 0
    assert deflated_size(np.ones((3, 3), ml_dtypes.bfloat16)) > 0


def test_a_total_has_one_stream_a_weight() -> None:
    parts = [WEIGHTS[:10], WEIGHTS[10:]]
    assert deflated_total(parts) == sum(deflated_size(part) for part in parts)


def test_the_compressor_is_named() -> None:
    assert label(quick=True) == QUICK_LABEL
    assert label(quick=False) == EXACT_LABEL


def weights(sparsity: float, dtype: type) -> list[np.ndarray]:
    """Return weights of 784-1024-10, rows of unlike size, pruned but for biases."""
    chance = np.random.default_rng(1)
    made = []
    for shape in ((784, 1024), (1024,), (1024, 10), (10,)):
        values = chance.normal(size=shape) * 0.05
        if len(shape) > 1:
            values *= np.linspace(1, 2, shape[0])[:, np.newaxis]
            values[np.abs(values) < np.quantile(np.abs(values), sparsity)] = 0
        made.append(values.astype(dtype))
    return made


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
@pytest.mark.parametrize("sparsity", [0.0, 0.5, 0.8, 0.97])
def test_an_estimate_is_within_5_percent(sparsity: float, dtype: type) -> None:
    arrays = weights(sparsity, dtype)
    exact = deflated_total(arrays, quick=False)
    sizes = estimated_sizes(arrays)
    assert sum(sizes) == pytest.approx(exact, rel=0.05)
    if sparsity <= 0.9:
        assert sum(estimated_sizes(arrays, 0.1)) == pytest.approx(exact, rel=0.05)
    for size, array in zip(sizes, arrays, strict=True):
        assert size == pytest.approx(deflated_size(array, quick=False), rel=0.1, abs=99)
    assert estimated_sizes(arrays) == sizes


def test_small_models_are_not_estimated() -> None:
    arrays = [WEIGHTS[:8], WEIGHTS[8:20], np.zeros(0, np.float32), np.float32(1)]
    assert estimated_sizes(arrays) == [deflated_size(a, quick=False) for a in arrays]
    assert "estimated" in ESTIMATE_LABEL
