"""Data that are read to fit a model, from the session to a run."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.data import DataSpec
from pruneview.pruning.errors import ModelError
from pruneview.pruning.events import LogLine
from pruneview.pruning.planning.plan import PruningPlan
from tests.pruning.conftest import Recorder
from tests.pruning.data.test_more_sources import pictures

PLAN = PruningPlan(
    final_sparsity=0.5, end_step=4, frequency=2, batch_size=4, epochs=2, begin_step=0
)


@pytest.fixture(scope="module")
def camera(keras: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of pictures of 6 by 6 pixels."""
    model = keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    path = tmp_path_factory.mktemp("camera") / "camera.keras"
    model.save(path)
    return path


def said(recorder: Recorder) -> str:
    return " ".join(line.text for line in recorder.of(LogLine))


def test_a_folder_of_images_trains_a_model(
    recorder: Recorder, camera: Path, tmp_path: Path
) -> None:
    pictures(tmp_path / "animals", 15)
    recorder.session.open(camera)
    data = recorder.session.load_data(str(tmp_path / "animals"))
    assert data.x_train.shape == (24, 6, 6, 3)
    assert recorder.session.load_data(str(tmp_path / "animals")) is data
    ended = recorder.session.run(PLAN, data)
    assert ended.sparsity == pytest.approx(0.5, abs=0.01)
    assert "0 ape, 1 cat" in said(recorder)
    assert "scaled from 0..255 to 0..1" in said(recorder)


def test_another_model_gets_images_of_its_own_size(
    recorder: Recorder, camera: Path, keras: Any, tmp_path: Path
) -> None:
    pictures(tmp_path / "animals", 6)
    recorder.session.open(camera)
    recorder.session.load_data(str(tmp_path / "animals"))
    other = keras.Sequential(
        [keras.Input((3, 3, 1)), keras.layers.Flatten(), keras.layers.Dense(2)]
    )
    other.save(tmp_path / "other.keras")
    recorder.session.open(tmp_path / "other.keras")
    data = recorder.session.load_data(str(tmp_path / "animals"))
    assert data.x_train.shape[1:] == (3, 3, 1)


def test_images_need_a_model(recorder: Recorder, tmp_path: Path) -> None:
    pictures(tmp_path / "animals", 6)
    with pytest.raises(ModelError, match="Open one first"):
        recorder.session.load_data(str(tmp_path / "animals"))


def test_a_saved_data_set_trains_a_model(opened: Recorder, tmp_path: Path) -> None:
    import tensorflow as tf

    x = np.random.default_rng(0).normal(size=(40, 20)).astype(np.float32)
    dataset = tf.data.Dataset.from_tensor_slices((x, np.arange(40) % 3))
    dataset.batch(8).save(str(tmp_path / "saved"))
    data = opened.session.load_data(str(tmp_path / "saved"))
    assert opened.session.run(PLAN, data).step == 16
    assert "nothing is scaled" in said(opened)


def test_a_function_runs_with_consent_only(opened: Recorder, tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "import numpy as np\n"
        "def load():\n"
        "    x = np.ones((20, 20), 'float32')\n"
        "    return x, np.arange(20) % 3\n"
    )
    text = f"{tmp_path / 'own.py'}:load"
    with pytest.raises(ValueError, match="--allow-code"):
        opened.session.load_data(text)
    data = opened.session.load_data(DataSpec.parse(text, allow_code=True))
    assert len(data.x_train) == 16
