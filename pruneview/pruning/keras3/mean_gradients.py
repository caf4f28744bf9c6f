"""Mean gradients of the loss, by variables, on a few training samples."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.keras3.graph_lifetime import concrete
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.training.gradients_on_show import Measured

#: Batches whose gradients are averaged.
TAYLOR_BATCHES = 8


@dataclass(frozen=True, eq=False)
class GradientSums:
    """Sums, over batches, of each batch's mean gradient by each variable."""

    sums: list[NDArray[np.float32]]
    batches: int
    samples: int

    def means(
        self, paths: Sequence[str], step: int, *, of_criterion: bool = False
    ) -> Measured:
        """Return the mean gradients, by the paths of the variables."""
        means = [total / np.float32(self.batches) for total in self.sums]
        arrays = dict(zip(paths, means, strict=True))
        return Measured(arrays, self.samples, step, of_criterion)


class MeanGradients:
    """Measures them in inference: neither dropout nor any generator has a part in it.

    Parameters
    ----------
    variables
        TensorFlow's, of the model.
    batch
        Numbers of samples to their inputs and labels, inside a traced function.
    samples
        How many there are to train on.
    """

    def __init__(
        self,
        model: Any,
        variables: Sequence[Any],
        batch: Callable[[Any], tuple[Any, Any]],
        samples: int,
    ) -> None:
        self._model = model
        self._variables = variables
        self._batch = batch
        self._samples = samples
        self._compiled: Any = None

    def sums(self, plan: PruningPlan, step: int) -> GradientSums:
        """Measure on the samples that are chosen for a step."""
        import tensorflow as tf

        if self._compiled is None:
            number = tf.TensorSpec([None], tf.int32)
            traced = tf.function(self._measure, input_signature=[number])
            self._compiled = concrete(traced)
        sums = [np.zeros(tuple(v.shape), np.float32) for v in self._variables]
        chosen = taylor_batches(plan, step, self._samples)
        for samples in chosen:
            gradients = self._compiled(tf.constant(samples))
            for place, gradient in enumerate(gradients):
                sums[place] += gradient.numpy()
        return GradientSums(sums, len(chosen), sum(map(len, chosen)))

    def _measure(self, samples: Any) -> list[Any]:
        import tensorflow as tf

        x, y = self._batch(samples)
        with tf.GradientTape() as tape:
            output = self._model(x, training=False)
            loss = self._model.compute_loss(x=x, y=y, y_pred=output, training=False)
        gradients = tape.gradient(
            loss, self._variables, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        return [tf.cast(tf.convert_to_tensor(g), tf.float32) for g in gradients]


def taylor_batches(
    plan: PruningPlan, step: int, samples: int
) -> list[NDArray[np.int32]]:
    """Return the numbers of the samples that gradients are measured on at `step`.

    They follow from the plan's seed and the step alone, so that a run that goes on
    from a checkpoint measures on the same ones.
    """
    generator = np.random.default_rng([plan.seed, step])
    size = min(plan.batch_size, samples)
    count = min(TAYLOR_BATCHES, samples // size)
    chosen = generator.permutation(samples)[: count * size].astype(np.int32)
    return list(chosen.reshape(count, size))
