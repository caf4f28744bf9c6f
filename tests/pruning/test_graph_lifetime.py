import gc
import weakref

import numpy as np
import pytest

from pruneview.pruning.backend import import_backend
from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model
from pruneview.pruning.keras3.compiled_steps import CompiledSteps
from pruneview.pruning.session import PruningSession, RunControl

pytestmark = pytest.mark.tensorflow


def own_gradients() -> set[str]:
    from tensorflow.python.framework import ops

    names = ops.gradient_registry.list()
    return {name for name in names if name.startswith("CustomGradient-")}


def graphs() -> int:
    return sum(type(kept).__name__.endswith("FuncGraph") for kept in gc.get_objects())


def test_each_opening_frees_the_graphs_of_the_one_before() -> None:
    session = PruningSession(lambda _event: None, RunControl())
    left = []
    for _ in range(3):
        session.open(demo_model())
        session.prepare(DEMO_PLAN, session.load_data(DEMO_DATA))
        gc.collect()
        left.append((graphs(), len(own_gradients())))
    assert left[1] == left[2]
    assert left[2][0] > 0


def test_gradients_of_layers_go_with_the_steps() -> None:
    import_backend(demo_model())
    import keras
    import tensorflow as tf

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, "silu")])
    trained = model.trainable_variables
    x = np.ones((4, 3), np.float32)

    def batch(samples: object) -> tuple[object, object]:
        return tf.gather(tf.constant(x), samples), None

    def learn(given: object, _: object) -> object:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(model(given))
        for variable, gradient in zip(
            trained, tape.gradient(loss, trained), strict=True
        ):
            variable.assign_sub(0.1 * gradient)
        return loss

    before = own_gradients()
    steps = CompiledSteps(batch, learn, 2)
    registered = own_gradients() - before
    assert registered, "silu has a gradient of its own"
    first, second = steps.train(np.array([[0, 1], [2, 3]], np.int32))
    assert second < first
    gone = weakref.ref(steps)
    del steps
    gc.collect()
    assert gone() is None
    assert not registered & own_gradients()
