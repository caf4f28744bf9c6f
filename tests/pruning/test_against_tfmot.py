"""Masks and schedules against those of the installed tfmot."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pruneview.pruning.planning.plan import PruningPlan, fires_at, sparsity_curve
from pruneview.pruning.planning.schedule import firing_steps, make_schedule, sparsity_of
from pruneview.sparsity.masking.masks import mask_and_threshold

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def pruning_class(keras: Any) -> Any:
    from tensorflow_model_optimization.python.core.sparsity.keras import pruning_impl

    return pruning_impl.Pruning


def reference(pruning_class: Any, weights: np.ndarray, sparsity: float) -> Any:
    """Return tfmot's mask and threshold."""
    import tensorflow as tf

    pruning = pruning_class(
        training_step_fn=lambda: 0,
        pruning_vars=[],
        pruning_schedule=lambda step: (True, tf.constant(sparsity, tf.float32)),
        block_size=(1, 1),
        block_pooling_type="AVG",
    )
    threshold, mask = pruning._update_mask(tf.constant(weights))
    return mask.numpy().astype(bool), float(threshold)


SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=8)
VALUES = st.floats(-4, 4, width=16, allow_subnormal=False)
SPARSITIES = st.one_of(st.floats(0, 0.999), st.sampled_from([0.0, 0.5, 0.8, 0.9999]))


@settings(max_examples=150, deadline=None)
@given(
    weights=st.one_of(
        hnp.arrays(np.float32, SHAPES, elements=VALUES),
        # Few values: many ties, also at zero.
        hnp.arrays(np.float32, SHAPES, elements=st.sampled_from([0, -1, 1, 0.5])),
    ),
    sparsity=SPARSITIES,
    dtype=st.sampled_from([np.float32, np.float16, ml_dtypes.bfloat16]),
)
def test_masks_equal_those_of_tfmot(
    pruning_class: Any, weights: np.ndarray, sparsity: float, dtype: type
) -> None:
    weights = weights.astype(dtype)
    mask, threshold = reference(pruning_class, weights, sparsity)
    ours, our_threshold = mask_and_threshold(weights, sparsity)
    assert np.array_equal(ours, mask)
    assert our_threshold == threshold


def test_masks_equal_those_of_tfmot_on_a_large_kernel(pruning_class: Any) -> None:
    weights = np.random.default_rng(0).normal(size=(512, 1024)).astype(np.float32)
    for sparsity in (0.1, 0.5, 0.8, 0.999):
        mask, threshold = reference(pruning_class, weights, sparsity)
        ours, our_threshold = mask_and_threshold(weights, sparsity)
        assert np.array_equal(ours, mask)
        assert our_threshold == threshold


PLANS = [
    PruningPlan(),
    PruningPlan(final_sparsity=0.5, power=1),
    PruningPlan("polynomial", 0.25, 0.9, 30, 700, 7, 2.5),
    PruningPlan(schedule="constant", final_sparsity=0.6, begin_step=10, end_step=-1),
    PruningPlan(schedule="constant", begin_step=5, end_step=400, frequency=3),
]


@pytest.mark.parametrize("plan", PLANS)
def test_schedules_equal_those_of_tfmot_at_every_step(
    keras: Any, pruning_class: Any, plan: PruningPlan
) -> None:
    import tensorflow as tf
    import tensorflow_model_optimization as tfmot

    schedule = make_schedule(plan)
    classes = tfmot.sparsity.keras
    assert type(schedule) in (classes.PolynomialDecay, classes.ConstantSparsity)
    steps = 1100
    fired = firing_steps(schedule, steps)
    curve = sparsity_curve(plan, range(steps + 1))
    for step in range(1, steps + 1):
        should, value = schedule(tf.constant(step, tf.int64))
        assert fired[step] == bool(should) == fires_at(plan, step)
        assert curve[step] == pytest.approx(float(value), abs=1e-6)
    assert sparsity_of(schedule, 500) == float(schedule(tf.constant(500))[1])
    assert not fired[0]
