"""One compiled step of training under masks, and one of measuring."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.keras3.compiled_steps import (
    CompiledSteps,
    operations_of,
    traced,
)
from pruneview.pruning.keras3.fused_normalization import fused_normalization
from pruneview.pruning.keras3.scoring import Scoring
from pruneview.pruning.keras3.weights import walk_layers
from pruneview.pruning.planning.plan import PruningPlan, preflight
from pruneview.pruning.subject.objective import Objective
from pruneview.pruning.training.engine import Compiled


class TrainStep:
    """What TensorFlow has compiled for one model, objective and set of data.

    The training data are given to TensorFlow once; a step then names its samples by
    number, so that no pipeline stands between the shuffled order and the model.

    Parameters
    ----------
    model
        A Keras 3 model; it is compiled here with the objective.
    masked
        Its variables that are to have masks.
    """

    def __init__(
        self,
        model: Any,
        masked: Sequence[Any],
        plan: PruningPlan,
        objective: Objective,
        data: DataSet,
    ) -> None:
        import tensorflow as tf

        # The optimizer of `compile` is never used: it only names, in a saved file,
        # what the model was trained with, without the bytes of its state.
        model.compile(
            optimizer=make_optimizer(plan),
            loss=objective.build_loss(),
            metrics=[objective.metric],
            jit_compile=False,
        )
        self._model = model
        self._masked = [variable.value for variable in masked]
        self._masks = [
            tf.Variable(tf.ones(variable.shape, tf.bool), trainable=False)
            for variable in self._masked
        ]
        self._optimizer = make_optimizer(plan)
        self._optimizer.build(model.trainable_variables)
        self._initial_state = [_compact(v.numpy()) for v in self._optimizer.variables]
        self._seeds = [v for v in model.variables if v.name == "seed_generator_state"]
        self._x_type = tf.as_dtype(model.inputs[0].dtype)
        self._y_type = tf.int32 if objective.loss.startswith("sparse_") else tf.float32
        self._x_given, self._y_given = data.x_test.dtype, data.y_test.dtype
        self._samples = len(data.x_train)
        self._chosen_for: tuple[object, ...] | None = None
        self._compile(data, plan)

    @property
    def compiled(self) -> Compiled:
        """What computes the steps."""
        return self._steps.compiled

    def choose_compiler(self, plan: PruningPlan, compiler: str | None) -> None:
        """Choose what computes the steps, by a short trial; `begin` must follow.

        A choice is kept for runs of as many steps, so that they round alike.

        Parameters
        ----------
        compiler
            What an earlier run was computed by; None to choose.
        """
        steps = preflight(plan, self._samples).steps
        wanted = (compiler, steps)
        if wanted == self._chosen_for:
            return
        self._chosen_for = wanted
        batch = np.arange(plan.batch_size, dtype=np.int32) % self._samples
        if compiler is not None:
            self._steps.use(compiler, batch)
            return
        trained = sum(math.prod(v.shape) for v in self._model.trainable_variables)
        kinds = " ".join(type(layer).__name__ for _, layer in walk_layers(self._model))
        self._steps.choose(batch, operations_of(trained, len(batch), steps), kinds)

    def begin(self, plan: PruningPlan) -> None:
        """Set everything that changes in a run to how a run starts."""
        for variable, value in zip(
            self._optimizer.variables, self._initial_state, strict=True
        ):
            variable.assign(np.broadcast_to(value, variable.shape))
        self._optimizer.learning_rate = plan.learning_rate
        for place, variable in enumerate(self._seeds):
            variable.assign(np.array([plan.seed, place], variable.dtype))
        self._scoring.begin()

    def learn_at(self, rate: float) -> None:
        """Take another learning rate; the optimizer keeps what it has gathered."""
        self._optimizer.learning_rate = rate

    def lift_masks(self) -> None:
        """Let every weight live."""
        for mask in self._masks:
            mask.assign(np.ones(mask.shape, np.bool_))

    def set_mask(self, place: int, mask: NDArray[np.bool_]) -> None:
        """Give the variable at `place` a mask, and make its zeros."""
        import tensorflow as tf

        variable, kept = self._masked[place], self._masks[place]
        kept.assign(mask)
        variable.assign(tf.where(kept, variable, tf.zeros((), variable.dtype)))

    def scores(self, plan: PruningPlan, step: int) -> list[NDArray[Any]] | None:
        """Return what the plan's criterion says of each masked variable.

        See `pruneview.pruning.keras3.scoring`.
        """
        return self._scoring.scores(plan, step)

    def masks(self) -> list[NDArray[np.bool_]]:
        """Return the masks, in the order of the masked variables."""
        return [mask.numpy() for mask in self._masks]

    def state(self) -> dict[str, Any]:
        """Return the variables that a run changes beside the weights, by name."""
        groups = {
            "optimizer": self._optimizer.variables,
            "seed": self._seeds,
            "mask": self._masks,
            "movement": self._scoring.movement,
        }
        return {
            f"{group}/{place}": variable
            for group, variables in groups.items()
            for place, variable in enumerate(variables)
        }

    def train(self, batches: NDArray[np.int32]) -> NDArray[np.float32]:
        """Train on the samples of these numbers, batch by batch; return the losses."""
        return self._steps.train(batches)

    def evaluate(self, x: NDArray, y: NDArray, batch_size: int) -> tuple[float, float]:
        """Return the loss and the metric over all of `x`."""
        import tensorflow as tf

        self._model.reset_metrics()
        for start in range(0, len(x), batch_size):
            end = start + batch_size
            self._test(
                tf.constant(x[start:end], self._x_given),
                tf.constant(y[start:end], self._y_given),
            )
        results = self._model.get_metrics_result()
        loss = float(results.pop("loss"))
        return loss, float(next(iter(results.values())))

    def _compile(self, data: DataSet, plan: PruningPlan) -> None:
        import tensorflow as tf

        model, optimizer = self._model, self._optimizer
        trained = model.trainable_variables
        alive = list(zip(self._masked, self._masks, strict=True))
        x_type, y_type = self._x_type, self._y_type
        with tf.device("CPU:0"):
            all_x, all_y = tf.constant(data.x_train), tf.constant(data.y_train)

        def batch(samples: Any) -> tuple[Any, Any]:
            x = tf.cast(tf.gather(all_x, samples), x_type)
            return x, tf.cast(tf.gather(all_y, samples), y_type)

        scoring = self._scoring = Scoring(
            model,
            self._masked,
            self._masks,
            batch,
            len(data.x_train),
            movement=plan.criterion == "movement",
        )

        def learn(x: Any, y: Any) -> Any:
            with tf.GradientTape() as tape:
                with fused_normalization(layer for _, layer in walk_layers(model)):
                    output = model(x, training=True)
                loss = model.compute_loss(x=x, y=y, y_pred=output, training=True)
                scaled = optimizer.scale_loss(loss)
            gradients = tape.gradient(scaled, trained)
            scoring.note(
                {id(v.value): g for v, g in zip(trained, gradients, strict=True)}
            )
            optimizer.apply(gradients, trained)
            for variable, mask in alive:
                # Not a plain product: that would leave negative zeros, which do not
                # compress, and keep a NaN. Twice as fast as a choice by `where`.
                moved = variable.read_value()
                with tf.control_dependencies([moved]):
                    # Else all casts are made first, and held beside the gradients.
                    kept = tf.cast(mask, variable.dtype)
                variable.assign(tf.math.multiply_no_nan(moved, kept))
            return loss

        def test(x: Any, y: Any) -> None:
            model.test_step((tf.cast(x, x_type), tf.cast(y, y_type)))

        self._steps = CompiledSteps(batch, learn, plan.batch_size)
        self._test = traced(
            tf.function(
                test,
                input_signature=[
                    tf.TensorSpec([None, *data.x_test.shape[1:]], self._x_given),
                    tf.TensorSpec([None, *data.y_test.shape[1:]], self._y_given),
                ],
            )
        )


def make_optimizer(plan: PruningPlan) -> Any:
    """Return the plan's Keras optimizer, without any state yet."""
    import keras

    return keras.optimizers.get(
        {"class_name": plan.optimizer, "config": {"learning_rate": plan.learning_rate}}
    )


def _compact(values: NDArray) -> NDArray:
    """Return a scalar for an array of equal values, as optimizers start with."""
    if values.size and (values == values.flat[0]).all():
        return values.flat[0]
    return values
