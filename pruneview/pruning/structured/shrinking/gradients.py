"""Gradients of the loss by weight, for the first-order criterion."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.model_shapes import structure_of
from pruneview.pruning.data.samples import arrays_of
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.training.feeding import Side

#: Batches whose gradients are averaged.
_BATCHES = 8


def mean_gradients(
    model: Any,
    variables: Mapping[str, Any],
    data: DataSet,
    *,
    batch_size: int,
    seed: Sequence[int],
) -> dict[str, NDArray[Any]]:
    """Return the mean gradient of each weight, over some of the training samples.

    Parameters
    ----------
    model
        A compiled Keras 3 model, in inference: nothing of it changes.
    variables
        Its trainable variables, by path.
    seed
        Decides which samples.
    """
    import keras
    import tensorflow as tf

    values = [variable.value for variable in variables.values()]
    pack = keras.tree.pack_sequence_as
    inputs = Side(
        data.x_train,
        [tf.as_dtype(tensor.dtype) for tensor in model.inputs],
        partial(pack, structure_of(model, "input")),
    )
    labels = Side(
        data.y_train,
        [
            tf.int32 if tf.as_dtype(array.dtype).is_integer else tf.float32
            for array in arrays_of(data.y_train)
        ],
        partial(pack, structure_of(model, "output")),
    )

    def measure(x: Any, y: Any) -> list[Any]:
        with tf.GradientTape() as tape:
            output = model(x, training=False)
            loss = model.compute_loss(x=x, y=y, y_pred=output, training=False)
        found = tape.gradient(
            loss, values, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        return [tf.convert_to_tensor(gradient) for gradient in found]

    compiled = tf.function(measure, reduce_retracing=True)
    order = np.random.default_rng(seed).permutation(len(data.x_train))
    size = min(batch_size, len(order))
    count = min(_BATCHES, len(order) // size)
    sums = [np.zeros(tuple(v.shape), np.float32) for v in values]
    for batch in order[: count * size].reshape(count, size):
        x = inputs.pack(inputs.tensors(data.x_train[batch]))
        y = labels.pack(labels.tensors(data.y_train[batch]))
        for place, gradient in enumerate(compiled(x, y)):
            sums[place] += gradient.numpy()
    return {path: s / count for path, s in zip(variables, sums, strict=True)}
