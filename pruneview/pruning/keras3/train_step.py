"""One compiled step of training under masks, and one of measuring."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.samples import Samples
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.keras3.compiled_steps import (
    CompiledSteps,
    operations_of,
    traced,
)
from pruneview.pruning.keras3.fused_normalization import fused_normalization
from pruneview.pruning.keras3.mean_gradients import GradientSums, MeanGradients
from pruneview.pruning.keras3.objective import compile_with, scores_of
from pruneview.pruning.keras3.scoring import Scoring
from pruneview.pruning.keras3.variable_values import Values, same_bits
from pruneview.pruning.keras3.weights import walk_layers
from pruneview.pruning.planning.plan import PruningPlan, preflight
from pruneview.pruning.subject.objectives import AnyObjective
from pruneview.pruning.training.engine import Compiled
from pruneview.pruning.training.feeding import Feed
from pruneview.pruning.training.scores import Scores


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
        objective: AnyObjective,
        data: DataSet,
    ) -> None:
        import keras
        import tensorflow as tf

        # The optimizer of `compile` is never used: it only names, in a saved file,
        # what the model was trained with, without the bytes of its state.
        compile_with(model, make_optimizer(plan), objective)
        self._objective = objective
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
        self._feed = Feed(model, objective, data, keras.tree.pack_sequence_as)
        self._samples = len(data.x_train)
        self._chosen_for: tuple[object, ...] | None = None
        self._plan = plan
        self._gradients: MeanGradients | None = None
        self._compile(plan)

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
        self._plan = plan
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

    def scores(
        self, plan: PruningPlan, step: int, told: Callable[[GradientSums], None]
    ) -> list[NDArray[Any]] | None:
        """Return what the plan's criterion says of each masked variable.

        See `pruneview.pruning.keras3.scoring`.
        """
        return self._scoring.scores(plan, step, told)

    def gradients(self, variables: Sequence[Any], step: int) -> GradientSums:
        """Return gradients by variables, always the same, on samples for a step.

        Nothing that training depends on is other than before.
        """
        if self._gradients is None:
            values = [variable.value for variable in variables]
            self._gradients = MeanGradients(
                self._model, values, self._batch, self._samples
            )
        # Some layers change their state, or draw chance, whenever they are called.
        state = self._model.non_trainable_variables
        before = list(Values(state))
        found = self._gradients.sums(self._plan, step)
        for variable, value, now in zip(state, before, Values(state), strict=True):
            if not same_bits(now, value):  # not the frozen ones, which may be large
                variable.assign(value)
        return found

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

    def evaluate(self, x: Samples, y: Samples, batch_size: int) -> Scores:
        """Return the loss and the metric over all of `x`."""
        self._model.reset_metrics()
        for start in range(0, len(x), batch_size):
            end = start + batch_size
            self._test(*self._feed.tensors(x[start:end], y[start:end]))
        return scores_of(self._model, self._objective)

    def _compile(self, plan: PruningPlan) -> None:
        import tensorflow as tf

        model, optimizer = self._model, self._optimizer
        trained = model.trainable_variables
        alive = list(zip(self._masked, self._masks, strict=True))
        feed, batch = self._feed, self._feed.batch

        self._batch = batch
        scoring = self._scoring = Scoring(
            model,
            self._masked,
            self._masks,
            batch,
            self._samples,
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

        def test(*tensors: Any) -> None:
            model.test_step(feed.packed(tensors))

        self._steps = CompiledSteps(batch, learn, plan.batch_size)
        self._test = traced(tf.function(test, input_signature=feed.signature()))


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
