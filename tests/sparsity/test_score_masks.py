"""Masks by scores, and by one threshold over several weights."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pruneview.sparsity.masking.masks import kept_count, magnitude_mask
from pruneview.sparsity.masking.score_masks import (
    root_mean_square,
    score_masks,
    shared_masks,
)

ARRAYS = st.lists(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=2, max_dims=3, max_side=6),
        elements=st.floats(-4, 4, width=16),
    ),
    min_size=1,
    max_size=4,
)


@given(ARRAYS, st.floats(0, 0.999), st.booleans())
def test_scores_keep_exactly_the_count_and_the_highest(
    weights: list[np.ndarray], sparsity: float, equal: bool
) -> None:
    scores = [np.zeros_like(w) if equal else np.sin(7 * w) for w in weights]
    masks = score_masks(scores, weights, sparsity)
    assert [m.shape for m in masks] == [w.shape for w in weights]
    kept = np.concatenate([m.ravel() for m in masks])
    flat = np.concatenate([s.ravel() for s in scores])
    assert kept.sum() == kept_count(kept.size, sparsity)
    assert flat[kept].min() >= flat[~kept].max(initial=-np.inf)
    if equal:
        magnitudes = np.abs(np.concatenate([w.ravel() for w in weights]))
        assert magnitudes[kept].min() >= magnitudes[~kept].max(initial=0)


@given(ARRAYS, st.floats(0, 0.999))
def test_one_threshold_is_that_of_all_magnitudes_together(
    weights: list[np.ndarray], sparsity: float
) -> None:
    masks, _ = shared_masks(weights, sparsity, normalized=False)
    whole = magnitude_mask(np.concatenate([w.ravel() for w in weights]), sparsity)
    parts = np.split(whole, np.cumsum([w.size for w in weights])[:-1])
    for mask, part, values in zip(masks, parts, weights, strict=True):
        if part.any():
            assert np.array_equal(mask.ravel(), part)
        else:  # the largest stay
            assert np.array_equal(mask, np.abs(values) == np.abs(values).max())


def test_normalized_magnitudes_count_alike_in_a_small_and_a_large_layer() -> None:
    generator = np.random.default_rng(0)
    small = generator.normal(size=(50, 40)).astype(np.float32)
    weights = [small, small * 1000]
    alike, thresholds = shared_masks(weights, 0.5, normalized=True)
    assert np.array_equal(alike[0], alike[1])
    assert abs(alike[0].mean() - 0.5) < 0.01
    assert np.isclose(thresholds[1], thresholds[0] * 1000)
    plain, _ = shared_masks(weights, 0.5, normalized=False)
    assert plain[1].mean() > 0.95


def test_the_root_mean_square_of_zeros_divides_nothing() -> None:
    assert root_mean_square(np.zeros((3, 3), np.float32)) == 1.0
    assert root_mean_square(np.array([3.0, -4.0])) == np.sqrt(12.5)
