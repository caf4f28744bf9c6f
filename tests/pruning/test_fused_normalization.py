"""Batch normalisation by TensorFlow's kernel against Keras' own."""

from typing import Any

import numpy as np
import pytest

from pruneview.pruning.keras3.fused_normalization import fused_normalization


def made(**options: Any) -> Any:
    import keras

    layer = keras.layers.BatchNormalization(**options)
    layer.build((None, 5, 6, 3))
    generator = np.random.default_rng(1)
    for variable in layer.variables:
        variable.assign(generator.random(variable.shape, np.float32) + 0.5)
    return layer


def trained(layer: Any, x: Any, *, fused: bool) -> list[Any]:
    """Return output, gradients and moving averages after two calls in training."""
    import tensorflow as tf

    @tf.function(autograph=False)
    def step(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            if fused:
                with fused_normalization([layer]):
                    y = layer(x, training=True)
            else:
                y = layer(x, training=True)
            loss = tf.reduce_sum(y * y * x)
        return y, tape.gradient(loss, [x, *(v.value for v in layer.trainable_weights)])

    step(x)
    y, gradients = step(x)
    names = {v.name for v in step.get_concrete_function(x).graph.get_operations()}
    assert any("FusedBatchNorm" in name for name in names) == fused
    return [y, *gradients, *(v.numpy() for v in layer.non_trainable_variables)]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"momentum": 0.5, "epsilon": 0.1},
        {"center": False},
        {"scale": False},
        {"center": False, "scale": False},
    ],
)
def test_it_is_what_keras_computes(options: dict[str, Any]) -> None:
    import tensorflow as tf

    x = 3 * tf.random.stateless_normal((4, 5, 6, 3), (0, 1)) + 1
    kept, fused = made(**options), made(**options)
    for own, theirs in zip(
        trained(fused, x, fused=True), trained(kept, x, fused=False), strict=True
    ):
        np.testing.assert_allclose(own, theirs, rtol=2e-5, atol=2e-5)


def test_afterwards_the_layer_is_as_it_was() -> None:
    layer = made()
    with fused_normalization([layer]):
        assert "call" in vars(layer)
    assert "call" not in vars(layer)


@pytest.mark.parametrize(
    "options",
    [{"epsilon": 1e-6}, {"axis": 1}, {"dtype": "float16"}, {"trainable": False}],
)
def test_what_the_kernel_cannot_do_is_left_to_keras(options: dict[str, Any]) -> None:
    layer = made(**options)
    with fused_normalization([layer]):
        assert "call" not in vars(layer)


def test_outside_of_training_keras_computes() -> None:
    x = np.ones((2, 5, 6, 3), np.float32)
    layer = made()
    expected = layer(x)
    with fused_normalization([layer]):
        np.testing.assert_array_equal(layer(x), expected)
        np.testing.assert_array_equal(layer(x, training=False), expected)
