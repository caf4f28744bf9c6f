"""Several training steps in one call of TensorFlow, by its own kernels or by XLA.

On a processor XLA made networks of dense layers train 1.4 times as fast, and made
convolutions slower, so that it is tried only where there are none and the run is long
enough to win back what compiling costs. The two round differently: a run that goes on
must be computed as it began.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.errors import TrainingError
from pruneview.pruning.keras3.graph_lifetime import concrete
from pruneview.pruning.training.engine import Compiled

_WORTH_TRYING = 1e12  # floating point operations of the run: some ten seconds
_OPERATIONS = 6  # for a weight and a sample: two forwards, four backwards
_GAIN = 1.15  # times as fast, so that a choice does not hang on chance
_TRIALS, _LEAST_TRIALS = 12, 3
_TRIAL_SECONDS = 2.0  # for all of them
_MOST_STEPS = 5

Learn = Callable[[Any, Any], Any]


class CompiledSteps:
    """Trains chunks of batches.

    Parameters
    ----------
    batch
        Numbers of samples to their inputs and labels, inside a traced function.
    learn
        Inputs and labels to the loss, after which the weights have moved.
    batch_size
        Of whole batches; the last of an epoch may be smaller.
    """

    def __init__(
        self, batch: Callable[[Any], tuple[Any, Any]], learn: Learn, batch_size: int
    ) -> None:
        self._batch = batch
        self._learn = learn
        self._batch_size = batch_size
        self._plain = traced(*self._loop(learn, None))
        self._xla: Any = None
        self.compiled = Compiled("tensorflow", "")
        self._chosen: tuple[Any, Compiled] | None = None

    def train(self, batches: NDArray[np.int32]) -> NDArray[np.float32]:
        """Train on samples of shape (steps, batch size); return each step's loss."""
        import tensorflow as tf

        whole = batches.shape[1] == self._batch_size
        steps = self._xla if whole and self._xla is not None else self._plain
        losses: NDArray[np.float32] = steps(tf.constant(batches)).numpy()
        return losses

    def choose(self, batch: NDArray[np.int32], operations: float, kinds: str) -> None:
        """Measure whether XLA pays, where it may; the weights move meanwhile.

        What was measured once holds: the same seed is to give the same masks again.

        Parameters
        ----------
        batch
            The samples of one whole batch.
        operations
            Of the whole run, see `operations_of`.
        kinds
            Classes of the model's layers.
        """
        self._xla, self.compiled = None, Compiled("tensorflow", "")
        if operations < _WORTH_TRYING or "Conv" in kinds:
            return
        if self._chosen is not None:
            self._xla, self.compiled = self._chosen
            return
        cause = self._compile(batch)
        if cause is not None:
            self.compiled = Compiled(
                "tensorflow", f"Training is not compiled by XLA, which failed: {cause}"
            )
            return
        xla, self._xla = self._xla, None
        self.train(batch[np.newaxis])
        plain = self._seconds(self._plain, batch[np.newaxis])
        count = min(max(int(_TRIAL_SECONDS / _TRIALS / plain / 2), 1), _MOST_STEPS)
        batches = np.repeat(batch[np.newaxis], count, axis=0)
        until = time.perf_counter() + _TRIAL_SECONDS
        trials: list[tuple[float, float]] = []
        while len(trials) < _LEAST_TRIALS or (
            len(trials) < _TRIALS and time.perf_counter() < until
        ):
            trials.append(
                (self._seconds(self._plain, batches), self._seconds(xla, batches))
            )
        # What else the machine does makes either slower, never faster.
        gain = min(p for p, _ in trials) / min(x for _, x in trials)
        tried = count * len(trials)
        if gain >= _GAIN:
            self._xla = xla
            self.compiled = Compiled(
                "xla",
                f"Training is compiled by XLA: {gain:.1f} times as fast here, measured "
                f"over {tried} steps.",
            )
        else:
            self.compiled = Compiled(
                "tensorflow",
                f"Training is not compiled by XLA: {gain:.1f} times as fast here, "
                f"measured over {tried} steps.",
            )
        self._chosen = (self._xla, self.compiled)

    def use(self, compiler: str, batch: NDArray[np.int32]) -> None:
        """Compute as an earlier run did; the weights move meanwhile."""
        self._xla, self.compiled = None, Compiled("tensorflow", "")
        if compiler != "xla":
            return
        cause = self._compile(batch)
        if cause is None:
            sentence = "Training is compiled by XLA, as the run began."
            self.compiled = Compiled("xla", sentence)
        else:
            self.compiled = Compiled(
                "tensorflow",
                f"The run began with XLA, which fails here: {cause} It goes on without "
                "it, so that the last digits of its weights may differ.",
            )

    def _compile(self, batch: NDArray[np.int32]) -> str | None:
        """Compile by XLA; return why that cannot be."""
        import tensorflow as tf

        try:
            learn = tf.function(self._learn, jit_compile=True, autograph=False)
            function = concrete(*self._loop(learn, self._batch_size))
            function(tf.constant(batch[np.newaxis])).numpy()
        except (tf.errors.OpError, ValueError, TypeError, NotImplementedError) as error:
            return _first_line(error)
        self._xla = function
        return None

    def _seconds(self, steps: Any, batches: NDArray[np.int32]) -> float:
        import tensorflow as tf

        samples = tf.constant(batches)
        started = time.perf_counter()
        steps(samples).numpy()
        return time.perf_counter() - started

    def _loop(self, learn: Learn, batch_size: int | None) -> tuple[Any, list[Any]]:
        """Return the function, and a list for the graphs of its loop."""
        import tensorflow as tf

        graphs: list[Any] = []

        def goes_on(at: Any, count: Any) -> Any:
            graphs.append(tf.compat.v1.get_default_graph())
            return at < count

        def train(batches: Any) -> Any:
            graphs.append(tf.compat.v1.get_default_graph())
            count = tf.shape(batches)[0]

            def one(at: Any, losses: Any) -> tuple[Any, Any]:
                graphs.append(tf.compat.v1.get_default_graph())
                loss = learn(*self._batch(batches[at]))
                return at + 1, losses.write(at, tf.cast(loss, tf.float32))

            losses = tf.TensorArray(tf.float32, count, element_shape=())
            # The same graph for one step and for many: the same bits.
            _, losses = tf.while_loop(
                lambda at, _: goes_on(at, count),
                one,
                (tf.constant(0), losses),
                parallel_iterations=1,
            )
            return losses.stack()

        spec = tf.TensorSpec([None, batch_size], tf.int32)
        return tf.function(train, input_signature=[spec], autograph=False), graphs


def operations_of(weights: int, batch_size: int, steps: int) -> float:
    """Return at least how many floating point operations training takes."""
    return float(_OPERATIONS) * weights * batch_size * steps


def traced(function: Any, loops: Sequence[Any] = ()) -> Any:
    """Trace now, so that what does not fit is found before the first step."""
    try:
        return concrete(function, loops)
    except (ValueError, TypeError) as error:
        raise TrainingError(
            "The model cannot be trained with this loss and metric: "
            f"{_first_line(error)}"
        ) from error


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
