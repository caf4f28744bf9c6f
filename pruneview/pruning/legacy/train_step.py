"""What TensorFlow has compiled for one wrapped tf_keras model."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.model_shapes import structure_of
from pruneview.pruning.data.samples import Samples
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.errors import TrainingError
from pruneview.pruning.legacy.chance import seed_chance, stateful_chance
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.subject.objective import Objective
from pruneview.pruning.subject.objectives import AnyObjective, parts_of
from pruneview.pruning.training.feeding import Feed
from pruneview.pruning.training.scores import Scores, scores_in

_OPTIMIZERS = {
    "adam": "Adam",
    "adamw": "AdamW",
    "nadam": "Nadam",
    "sgd": "SGD",
    "rmsprop": "RMSprop",
    "adagrad": "Adagrad",
}


class LegacyTrainStep:
    """Trains and measures a wrapped model, compiled here with the objective."""

    def __init__(
        self, model: Any, plan: PruningPlan, objective: AnyObjective, data: DataSet
    ) -> None:
        import tensorflow as tf

        compile_model(model, plan, objective)
        self._model = model
        self._optimizer = model.optimizer
        self._optimizer.build(model.trainable_variables)
        self._initial_state = [v.numpy() for v in self._optimizer.variables]
        self._objective = objective
        feed = self._feed = Feed(model, objective, data, tf.nest.pack_sequence_as)

        def train(samples: Any) -> Any:
            x, y = feed.batch(samples)
            with tf.GradientTape() as tape:
                output = model(x, training=True)
                loss = model.compute_loss(x, y, output)
            model.optimizer.minimize(loss, model.trainable_variables, tape=tape)
            return loss

        def test(*tensors: Any) -> None:
            model.test_step(feed.packed(tensors))

        number = tf.TensorSpec([None], tf.int32)
        try:
            with stateful_chance(model) as self._chance:
                self._train = tf.function(
                    train, input_signature=[number]
                ).get_concrete_function()
            self._test = tf.function(test, reduce_retracing=True)
            self.evaluate(data.x_test[:1], data.y_test[:1], 1)
        except (ValueError, TypeError) as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            cause = lines[-1] if lines else type(error).__name__
            raise TrainingError(
                f"The model cannot be trained with this loss and metric: {cause}"
            ) from error

    def begin(self, plan: PruningPlan) -> None:
        """Set the optimizer and every generator of chance to how a run starts."""
        for variable, value in zip(
            self._optimizer.variables, self._initial_state, strict=True
        ):
            variable.assign(value)
        self._optimizer.learning_rate = plan.learning_rate
        seed_chance(self._chance, plan.seed)

    def learn_at(self, rate: float) -> None:
        """Take another learning rate; the optimizer keeps what it has gathered."""
        self._optimizer.learning_rate = rate

    def variables(self) -> dict[str, Any]:
        """Return what a run changes beside weights and masks, by name."""
        groups = {"optimizer": list(self._optimizer.variables), "seed": self._chance}
        return {
            f"{group}/{place}": variable
            for group, variables in groups.items()
            for place, variable in enumerate(variables)
        }

    def train(self, batches: NDArray[np.int32]) -> NDArray[np.float32]:
        """Train on the samples of these numbers, batch by batch; return the losses."""
        import tensorflow as tf

        losses = [float(self._train(tf.constant(samples))) for samples in batches]
        return np.array(losses, np.float32)

    def evaluate(self, x: Samples, y: Samples, batch_size: int) -> Scores:
        """Return the loss and the metric over all of `x`."""
        self._model.reset_metrics()
        for start in range(0, len(x), batch_size):
            end = start + batch_size
            self._test(*self._feed.tensors(x[start:end], y[start:end]))
        results = {m.name: float(m.result()) for m in self._model.metrics}
        # tf_keras has the losses of the outputs first, and their metrics after them.
        names = [name for name in results if name != "loss"]
        measured = names[-len(parts_of(self._objective)) :]
        return scores_in(
            results["loss"], [results[name] for name in measured], self._objective
        )


def compile_model(model: Any, plan: PruningPlan, objective: AnyObjective) -> None:
    """Compile a tf_keras model as the plan and the objective say.

    Raises
    ------
    PlanError
        Where tf_keras has no such loss or metric.
    """
    import tensorflow as tf

    tf_keras, _ = import_legacy()
    optimizers = tf_keras.optimizers
    optimizer = getattr(optimizers, _OPTIMIZERS[plan.optimizer])(plan.learning_rate)
    losses = [_loss(tf_keras, each) for each in parts_of(objective)]
    metrics = [
        ["AUC" if each.metric == "auc" else each.metric] for each in parts_of(objective)
    ]
    if isinstance(objective, Objective):
        model.compile(optimizer, losses[0], metrics=metrics[0])
        return
    pack = partial(tf.nest.pack_sequence_as, structure_of(model, "output"))
    model.compile(
        optimizer,
        pack(losses),
        loss_weights=pack(list(objective.weights)),
        metrics=pack(metrics),
    )


def _loss(tf_keras: Any, objective: Objective) -> Any:
    try:
        loss = tf_keras.losses.get(objective.loss)
        if objective.options:
            name = "".join(word.capitalize() for word in objective.loss.split("_"))
            loss = getattr(tf_keras.losses, name)(**dict(objective.options))
    except (ValueError, AttributeError):
        sentence = f"Loss is {objective.loss!r}; tf_keras has no loss of that name."
        raise PlanError({"loss": sentence}) from None
    return loss
