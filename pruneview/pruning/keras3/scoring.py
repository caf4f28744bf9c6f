"""What decides which weights go first, where it is not their magnitude alone.

Movement is that of Sanh, Wolf and Rush, "Movement Pruning", 2020, arXiv:2005.07683:
the sum, over the steps, of minus weight times gradient. Magnitude times gradient is
the first-order Taylor criterion of Molchanov et al., 2017, arXiv:1611.06440, here of
single weights.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.keras3.mean_gradients import GradientSums, MeanGradients
from pruneview.pruning.planning.plan import PruningPlan


class Scoring:
    """Scores of the variables that have masks.

    Parameters
    ----------
    masked, masks
        The variables and their masks, TensorFlow's.
    batch
        Numbers of samples to their inputs and labels, inside a traced function.
    samples
        How many there are to train on.
    movement
        Whether movement is to be summed, which takes as much memory as the variables.
    """

    def __init__(
        self,
        model: Any,
        masked: Sequence[Any],
        masks: Sequence[Any],
        batch: Callable[[Any], tuple[Any, Any]],
        samples: int,
        *,
        movement: bool,
    ) -> None:
        import tensorflow as tf

        self._masked = masked
        self._masks = masks
        self.movement = [
            tf.Variable(tf.zeros(variable.shape), trainable=False)
            for variable in (masked if movement else ())
        ]
        self._gradients = MeanGradients(model, masked, batch, samples)

    def begin(self) -> None:
        """Forget the movement so far."""
        for variable in self.movement:
            variable.assign(np.zeros(variable.shape, np.float32))

    def note(self, gradients: Mapping[int, Any]) -> None:
        """Sum up movement, inside the traced step; gradients by id of the variable."""
        import tensorflow as tf

        for variable, moved in zip(self._masked, self.movement, strict=False):
            gradient = gradients.get(id(variable))
            if gradient is not None:
                dense = tf.cast(tf.convert_to_tensor(gradient), tf.float32)
                moved.assign_sub(tf.cast(variable, tf.float32) * dense)

    def scores(
        self, plan: PruningPlan, step: int, told: Callable[[GradientSums], None]
    ) -> list[NDArray[Any]] | None:
        """Return each variable's scores, highest to be kept; None for magnitudes.

        Where gradients are measured for that, `told` is given them.
        """
        if plan.criterion == "taylor":
            return self._taylor(plan, step, told)
        if plan.criterion == "movement":
            # What has been removed stays so: it no longer moves.
            return [
                np.where(mask.numpy(), moved.numpy(), np.float32(-np.inf))
                for mask, moved in zip(self._masks, self.movement, strict=True)
            ]
        if plan.criterion == "random":
            # The same at every step, so that what has been removed stays so.
            return [
                np.random.default_rng([plan.seed, place]).random(tuple(variable.shape))
                for place, variable in enumerate(self._masked)
            ]
        return None

    def _taylor(
        self, plan: PruningPlan, step: int, told: Callable[[GradientSums], None]
    ) -> list[NDArray[Any]]:
        found = self._gradients.sums(plan, step)
        told(found)
        return [
            np.abs(variable.numpy().astype(np.float32) * total)
            for variable, total in zip(self._masked, found.sums, strict=True)
        ]
