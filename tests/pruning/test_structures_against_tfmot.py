"""Masks of blocks and of m by n against those of the installed tfmot."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pruneview.pruning.onednn import is_on
from pruneview.sparsity.masking.block_masks import block_mask_and_threshold
from pruneview.sparsity.masking.m_by_n_masks import m_by_n_mask, m_by_n_zeros

pytestmark = pytest.mark.tensorflow

VALUES = st.one_of(
    st.floats(-4, 4, width=16, allow_subnormal=False),
    st.sampled_from([0.0, -1.0, 1.0, 0.5]),
)
SPARSITIES = st.one_of(st.floats(0, 0.999), st.sampled_from([0.0, 0.5, 0.8, 0.9999]))
DTYPES = st.sampled_from([np.float32, np.float16, ml_dtypes.bfloat16])


@pytest.fixture(scope="module")
def pruning_class(keras: Any) -> Any:
    from tensorflow_model_optimization.python.core.sparsity.keras import pruning_impl

    return pruning_impl.Pruning


def reference(pruning_class: Any, weights: np.ndarray, sparsity: float, **how: Any):
    """Return tfmot's mask and threshold."""
    import tensorflow as tf

    how = {"block_size": (1, 1), "block_pooling_type": "AVG"} | how
    pruning = pruning_class(
        training_step_fn=lambda: 0,
        pruning_vars=[],
        pruning_schedule=lambda step: (True, tf.constant(sparsity, tf.float32)),
        **how,
    )
    threshold, mask = pruning._maybe_update_block_mask(tf.constant(weights))
    return mask.numpy().astype(bool), float(threshold)


@st.composite
def blocks_and_weights(draw: st.DrawFn) -> tuple[tuple[int, int], np.ndarray]:
    """A matrix that has at least two blocks either way: tfmot fails on others."""
    block = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    rows, columns = (draw(st.integers(max(2, side + 1), 17)) for side in block)
    values = draw(hnp.arrays(np.float32, (rows, columns), elements=VALUES))
    return block, values


@settings(max_examples=200, deadline=None)
@given(drawn=blocks_and_weights(), sparsity=SPARSITIES, dtype=DTYPES)
@pytest.mark.parametrize("pooling", ["avg", "max"])
def test_blocks_equal_those_of_tfmot(
    pruning_class: Any, drawn: Any, sparsity: float, dtype: type, pooling: str
) -> None:
    # oneDNN takes means of such numbers in wider ones; models of them do without it.
    assume(not (is_on() and pooling == "avg" and np.dtype(dtype).itemsize == 2))
    block, weights = drawn
    weights = weights.astype(dtype)
    mask, threshold = reference(
        pruning_class,
        weights,
        sparsity,
        block_size=block,
        block_pooling_type=pooling.upper(),
    )
    ours, our_threshold = block_mask_and_threshold(weights, sparsity, block, pooling)
    assert np.array_equal(ours, mask)
    assert our_threshold == threshold


@pytest.mark.parametrize("pooling", ["avg", "max"])
@pytest.mark.parametrize("block", [(4, 4), (1, 8), (16, 1), (3, 5)])
def test_blocks_equal_those_of_tfmot_on_a_large_kernel(
    pruning_class: Any, block: tuple[int, int], pooling: str
) -> None:
    weights = np.random.default_rng(0).normal(size=(311, 1024)).astype(np.float32)
    how = {"block_size": block, "block_pooling_type": pooling.upper()}
    mask, threshold = reference(pruning_class, weights, 0.8, **how)
    ours, our_threshold = block_mask_and_threshold(weights, 0.8, block, pooling)
    assert np.array_equal(ours, mask)
    assert our_threshold == threshold


@settings(max_examples=200, deadline=None)
@given(
    weights=st.sampled_from([2, 4]).flatmap(
        lambda axes: hnp.arrays(
            np.float32,
            hnp.array_shapes(min_dims=axes, max_dims=axes, min_side=1, max_side=11),
            elements=VALUES,
        )
    ),
    group=st.integers(2, 9),
    data=st.data(),
    dtype=DTYPES,
)
def test_m_by_n_equals_that_of_tfmot(
    pruning_class: Any, weights: np.ndarray, group: int, data: Any, dtype: type
) -> None:
    weights = weights.astype(dtype)
    m_by_n = (data.draw(st.integers(1, group - 1)), group)
    mask, _ = reference(pruning_class, weights, 0.5, sparsity_m_by_n=m_by_n)
    ours = m_by_n_mask(weights, m_by_n)
    assert np.array_equal(ours, mask)
    assert ours.size - np.count_nonzero(ours) == m_by_n_zeros(weights.shape, m_by_n)
