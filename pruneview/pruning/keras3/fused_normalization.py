"""Batch normalisation by one kernel of TensorFlow, as tf_keras has it.

Keras 3 takes mean, variance and result apart, each with a pass over the activations
and more of them backwards: half of the time of a residual network.
"""

import contextlib
import types
from collections.abc import Iterable, Iterator
from typing import Any

_LEAST_EPSILON = 1.001e-5  # the kernel takes no smaller one


@contextlib.contextmanager
def fused_normalization(layers: Iterable[Any]) -> Iterator[None]:
    """Let the layers that can be so be normalised by the fused kernel.

    For what is traced meanwhile. The results are those of Keras but for rounding, the
    moving averages as well.

    Parameters
    ----------
    layers
        Built layers of a Keras 3 model, of any kind.
    """
    fused = [layer for layer in layers if _can_be_fused(layer)]
    for layer in fused:
        layer.call = types.MethodType(_call, layer)
    try:
        yield
    finally:
        for layer in fused:
            del layer.call


def _can_be_fused(layer: Any) -> bool:
    import keras

    return (
        type(layer) is keras.layers.BatchNormalization
        and layer.trainable
        and not layer.synchronized
        and layer.compute_dtype == "float32"
        and layer.epsilon >= _LEAST_EPSILON
        and layer.input_spec.ndim == 4
        and layer.axis in (-1, 3)
        and "call" not in vars(layer)
    )


def _call(layer: Any, inputs: Any, training: Any = None, mask: Any = None) -> Any:
    import tensorflow as tf

    if training is not True or mask is not None:
        return type(layer).call(layer, inputs, training=training, mask=mask)
    channels = inputs.shape[-1]
    scale = tf.convert_to_tensor(layer.gamma) if layer.scale else tf.ones([channels])
    offset = tf.convert_to_tensor(layer.beta) if layer.center else tf.zeros([channels])
    outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(
        inputs, scale, offset, epsilon=layer.epsilon, is_training=True
    )
    # The kernel's variance is that of the population (Bessel's correction), which
    # Keras does not estimate.
    count = tf.cast(tf.size(inputs) // channels, tf.float32)
    for average, value in (
        (layer.moving_mean, mean),
        (layer.moving_variance, variance * (count - 1) / count),
    ):
        kept = average * layer.momentum
        average.assign(kept + value * (1.0 - layer.momentum))
    return outputs
