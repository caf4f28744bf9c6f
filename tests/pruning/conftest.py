"""Small models and data; TensorFlow is imported once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.backend import import_backend
from pruneview.pruning.data import DataSet
from pruneview.pruning.events import Event
from pruneview.pruning.session import PruningSession, RunControl
from tests.pruning import several


@pytest.fixture(scope="session")
def keras() -> Any:
    import_backend()
    import keras

    return keras


@pytest.fixture(scope="session")
def blobs() -> DataSet:
    """Three classes of twenty features that a small network tells apart."""
    generator = np.random.default_rng(0)
    centres = generator.normal(size=(3, 20)) * 1.5
    labels = generator.integers(0, 3, 320)
    samples = (centres[labels] + generator.normal(size=(320, 20))).astype(np.float32)
    return DataSet("blobs", samples[:200], labels[:200], samples[200:], labels[200:])


@pytest.fixture(scope="session")
def small_model(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compiled network with a nested model, dropout and normalisation."""
    layers = keras.layers
    keras.utils.set_random_seed(3)
    inner = keras.Sequential(
        [
            keras.Input((24,)),
            layers.Dense(32, activation="relu", name="first"),
            layers.Dropout(0.2, name="dropout"),
        ],
        name="inner",
    )
    inputs = keras.Input((20,), name="features")
    flow = layers.Dense(24, activation="relu", name="first")(inputs)
    flow = layers.BatchNormalization(name="normalization")(flow)
    outputs = layers.Dense(3, activation="softmax", name="classes")(inner(flow))
    model = keras.Model(inputs, outputs, name="small")
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    path = tmp_path_factory.mktemp("models") / "small.keras"
    model.save(path)
    return path


@pytest.fixture(scope="session")
def linear_model(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An autoencoder without activations, not compiled, written as .h5."""
    keras.utils.set_random_seed(4)
    model = keras.Sequential(
        [
            keras.Input((20,)),
            keras.layers.Dense(8, name="code"),
            keras.layers.Dense(20, name="decoded"),
        ]
    )
    path = tmp_path_factory.mktemp("models") / "linear.h5"
    model.save(path)
    return path


@pytest.fixture(scope="session")
def mirrored(blobs: DataSet) -> DataSet:
    """Samples that are their own labels."""
    x, y = blobs.x_train, blobs.x_test
    return DataSet("mirrored", x, x, y, y)


Files = dict[str, tuple[Path, Path]]


@pytest.fixture(scope="session")
def files(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Models with several inputs or outputs, each with its data."""
    folder = tmp_path_factory.mktemp("several")
    return {name: several.write(keras, name, folder) for name in several.MODELS}


class Recorder:
    """A session whose events are kept."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.control = RunControl()
        self.steps: list[int] = []
        self.during: Callable[[int], None] = lambda step: None
        self.session = PruningSession(self.events.append, self.control, self._on_step)

    def _on_step(self, step: int) -> None:
        self.steps.append(step)
        self.during(step)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def recorder(keras: Any) -> Recorder:
    return Recorder()


@pytest.fixture
def opened(recorder: Recorder, small_model: Path) -> Recorder:
    recorder.session.open(small_model)
    return recorder
