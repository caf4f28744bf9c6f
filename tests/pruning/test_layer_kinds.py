"""Kernels of every kind, half precision and subclassed models in whole runs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.data import DataSet
from pruneview.pruning.errors import ModelError
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.subject.trust import Trust
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow

KINDS = {
    "words/embeddings",
    "attention/query/kernel",
    "attention/attention_output/kernel",
    "recurrent/kernel",
    "recurrent/recurrent_kernel",
    "depthwise/kernel",
    "separable/depthwise_kernel",
    "separable/pointwise_kernel",
    "transposed/kernel",
    "classes/kernel",
}
MODULE = """
import keras


@keras.saving.register_keras_serializable("mine")
class Twice(keras.Model):
    def __init__(self, **settings):
        super().__init__(**settings)
        self.hidden = keras.layers.Dense(24, activation="relu", name="hidden")
        self.classes = keras.layers.Dense(4, activation="softmax", name="classes")

    def build(self, shape):
        self.hidden.build(shape)
        self.classes.build((shape[0], 24))
        super().build(shape)

    def call(self, x):
        return self.classes(self.hidden(x))
"""


@pytest.fixture(scope="module")
def every_kind(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network that computes in half precision and has kernels of many kinds."""
    layers = keras.layers
    keras.utils.set_random_seed(2)
    keras.config.set_dtype_policy("mixed_float16")
    try:
        inputs = keras.Input((16,), dtype="int32")
        x = layers.Embedding(40, 8, name="words")(inputs)
        x = layers.MultiHeadAttention(2, 4, name="attention")(x, x)
        x = layers.LSTM(16, name="recurrent")(x)
        x = layers.Reshape((4, 4, 1))(x)
        x = layers.DepthwiseConv2D(2, depth_multiplier=4, name="depthwise")(x)
        x = layers.SeparableConv2D(6, 2, name="separable")(x)
        x = layers.Conv2DTranspose(4, 2, name="transposed")(x)
        x = layers.Flatten()(x)
        outputs = layers.Dense(3, "softmax", dtype="float32", name="classes")(x)
        model = keras.Model(inputs, outputs)
    finally:
        keras.config.set_dtype_policy("float32")
    path = tmp_path_factory.mktemp("kinds") / "kinds.keras"
    model.save(path)
    return path


@pytest.fixture(scope="module")
def sentences() -> DataSet:
    chance = np.random.default_rng(0)
    x = chance.integers(0, 40, (128, 16)).astype(np.int32)
    y = chance.integers(0, 3, 128)
    return DataSet("sentences", x, y, x[:32], y[:32])


@pytest.mark.parametrize("criterion", ["magnitude", "taylor", "movement"])
def test_kernels_of_every_kind_in_half_precision(
    recorder: Recorder, every_kind: Path, sentences: DataSet, criterion: str
) -> None:
    recorder.session.open(every_kind)
    plan = PruningPlan(
        final_sparsity=0.75,
        end_step=6,
        frequency=2,
        epochs=2,
        batch_size=32,
        criterion=criterion,
    )
    ended = recorder.session.run(plan, sentences)
    reached = {weight.path: weight.zeros / weight.size for weight in ended.weights}
    assert set(reached) >= KINDS
    for path in KINDS:
        assert reached[path] == pytest.approx(0.75, abs=0.02), path
        assert np.isfinite(recorder.session.values(path)).all()


def test_a_subclassed_model_under_one_threshold(
    recorder: Recorder, keras: Any, tmp_path: Path, blobs: DataSet
) -> None:
    (tmp_path / "mine.py").write_text(MODULE)
    namespace: dict[str, Any] = {"__name__": "elsewhere"}
    exec(MODULE, namespace)
    keras.utils.set_random_seed(0)
    model = namespace["Twice"](name="twice")
    model.build((None, *blobs.x_train.shape[1:]))
    model(blobs.x_train[:2])
    model.save(tmp_path / "twice.keras")
    recorder.session.open(tmp_path / "twice.keras", Trust(False, tmp_path / "mine.py"))
    plan = PruningPlan(
        final_sparsity=0.7, end_step=8, frequency=4, epochs=2, scope="global"
    )
    ended = recorder.session.run(plan, blobs)
    assert ended.sparsity == pytest.approx(0.7, abs=0.01)
    shares = [weight.zeros / weight.size for weight in ended.weights]
    assert max(shares) - min(shares) > 0.01
    recorder.session.save(tmp_path / "out.keras")
    saved = keras.saving.load_model(
        tmp_path / "out.keras",
        custom_objects={"Twice": namespace["Twice"]},
        compile=False,
    )
    x = blobs.x_test[:8]
    np.testing.assert_allclose(
        saved.predict(x, verbose=0), recorder.session.predict(x), atol=1e-6
    )


def test_a_subclassed_model_that_cannot_be_followed_is_refused(
    recorder: Recorder, keras: Any, tmp_path: Path
) -> None:
    stubborn = MODULE.replace(
        "return self.classes", "return int(x[0, 0]) or self.classes"
    )
    (tmp_path / "mine.py").write_text(stubborn)
    namespace: dict[str, Any] = {"__name__": "elsewhere"}
    exec(stubborn, namespace)
    model = namespace["Twice"](name="twice")
    model.build((None, 20))
    model.save(tmp_path / "twice.keras")
    with pytest.raises(ModelError, match=r"cannot be followed from .* \(20,\)"):
        recorder.session.open(
            tmp_path / "twice.keras", Trust(False, tmp_path / "mine.py")
        )
