"""The mask rule by itself; against tfmot it is tested in tests/pruning."""

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pruneview.sparsity.masking.masks import (
    kept_count,
    magnitude_mask,
    mask_and_threshold,
    threshold,
)

WEIGHTS = hnp.arrays(
    np.float32,
    hnp.array_shapes(min_dims=1, max_dims=4, max_side=9),
    elements=st.floats(-4, 4, width=32),
)


def test_half_of_four_weights_keeps_the_two_largest() -> None:
    weights = np.array([[0.1, -3.0], [2.0, -0.2]], np.float32)
    assert magnitude_mask(weights, 0.5).tolist() == [[False, True], [True, False]]
    assert threshold(np.abs(weights), 0.5) == 2.0


def test_ties_at_the_threshold_are_all_kept() -> None:
    weights = np.array([1, -1, 1, 0.5], np.float32)
    assert magnitude_mask(weights, 0.5).tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    ("size", "sparsity", "kept"),
    [(10, 0.0, 10), (10, 0.25, 8), (10, 0.75, 2), (10, 0.9999, 1), (3, 0.5, 2)],
)
def test_count_is_rounded_half_to_even_and_at_least_one(
    size: int, sparsity: float, kept: int
) -> None:
    assert kept_count(size, sparsity) == kept


def test_count_never_exceeds_the_size_where_float32_rounds_up() -> None:
    size = 2**24 + 3  # float32 makes it 2**24 + 4
    assert kept_count(size, 0.0) == size


@pytest.mark.parametrize("kind", ["normal", "sorted", "few", "striped", "zeros"])
@pytest.mark.parametrize("sparsity", [0.0, 0.004, 0.5, 0.8, 0.9999])
def test_a_large_array_has_the_threshold_that_sorting_finds(
    kind: str, sparsity: float
) -> None:
    generator = np.random.default_rng(0)
    values = np.abs(generator.normal(size=2**20 + 77)).astype(np.float32)
    if kind == "sorted":
        values.sort()
    elif kind == "few":
        values = generator.integers(0, 5, values.size).astype(np.float32)
    elif kind == "striped":  # all that a sample sees is alike
        values[:: values.size // 2**14] = 3.0
    elif kind == "zeros":
        values[generator.random(values.size) < 0.79] = 0
    kept = kept_count(values.size, sparsity)
    assert threshold(values, sparsity) == np.sort(values)[values.size - kept]


@given(WEIGHTS, st.floats(0, 0.999))
def test_what_is_kept_is_at_least_as_large_as_what_is_not(
    weights: np.ndarray, sparsity: float
) -> None:
    mask, smallest_kept = mask_and_threshold(weights, sparsity)
    magnitudes = np.abs(weights)
    assert mask.shape == weights.shape
    assert mask.sum() >= kept_count(weights.size, sparsity)
    assert magnitudes[mask].min() == np.float32(smallest_kept)
    assert not (magnitudes[~mask] >= smallest_kept).any()


@pytest.mark.parametrize("dtype", [np.float16, np.float64, ml_dtypes.bfloat16])
def test_other_dtypes(dtype: type) -> None:
    weights = np.array([0.5, -2, 0.25, 1], dtype)
    assert magnitude_mask(weights, 0.5).tolist() == [False, True, False, True]


def test_an_empty_weight_has_an_empty_mask() -> None:
    mask, smallest_kept = mask_and_threshold(np.zeros((0, 3), np.float32), 0.5)
    assert mask.shape == (0, 3)
    assert smallest_kept == 0.0


@pytest.mark.parametrize("sparsity", [0.0, 0.5, 0.75, 0.9])
def test_nan_is_kept_like_the_largest_and_costs_nobody_else_the_weight(
    sparsity: float,
) -> None:
    weights = np.array([np.nan, 0.1, -np.inf, 3.0, np.nan, 2.0, 1.0, -0.2], np.float32)
    mask, smallest_kept = mask_and_threshold(weights, sparsity)
    assert not np.isnan(smallest_kept)
    assert mask[[0, 2, 4]].all()
    assert mask.sum() == max(3, round(8 * (1 - sparsity)))
    assert threshold(np.abs(weights), sparsity) == smallest_kept


@given(WEIGHTS, st.floats(0, 0.999))
def test_the_threshold_alone_is_the_same_and_leaves_the_weights_alone(
    weights: np.ndarray, sparsity: float
) -> None:
    before = weights.copy()
    smallest_kept = threshold(np.abs(weights), sparsity)
    assert smallest_kept == mask_and_threshold(weights, sparsity)[1]
    magnitudes = np.abs(weights)
    assert smallest_kept == threshold(magnitudes, sparsity)
    np.testing.assert_array_equal(magnitudes, np.abs(before))
    np.testing.assert_array_equal(weights, before)


def test_what_is_pruned_already_does_not_slow_a_mask() -> None:
    """numpy's partition took 140 ms for a million weights, most of them zero."""
    chance = np.random.default_rng(5)
    weights = chance.normal(size=1 << 17).astype(np.float32)
    weights[np.abs(weights) < 0.8] = 0  # over half
    partitioned = []
    partition = np.partition

    def noting(values: np.ndarray, place: int) -> np.ndarray:
        partitioned.append(values)
        return partition(values, place)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(np, "partition", noting)
        masks = [magnitude_mask(weights, sparsity) for sparsity in (0.2, 0.6, 0.9)]
    assert all((values != 0).all() for values in partitioned)
    kept = [kept_count(weights.size, sparsity) for sparsity in (0.2, 0.6, 0.9)]
    assert [int(mask.sum()) for mask in masks] == [weights.size, *kept[1:]]
    for mask, count in zip(masks[1:], kept[1:], strict=True):
        lowest = np.sort(np.abs(weights))[-count]
        assert np.array_equal(mask, np.abs(weights) >= lowest)
