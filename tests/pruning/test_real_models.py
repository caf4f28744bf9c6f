"""Files that nobody here wrote: what Keras 3 builds runs, the rest is refused."""

from pathlib import Path

import numpy as np
import pytest

from pruneview.formats import FormatError
from pruneview.pruning.errors import ModelError
from pruneview.pruning.events import LogLine, MaskUpdated
from pruneview.pruning.planning.plan import PruningPlan
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow


def test_the_autoencoder_runs_and_is_measured_by_its_error(
    recorder: Recorder, models_folder: Path, tmp_path: Path
) -> None:
    generator = np.random.default_rng(0)
    x = generator.normal(size=(256, 640)).astype(np.float32)
    np.savez(tmp_path / "x.npz", x_train=x, y_train=x, x_test=x[:64], y_test=x[:64])
    recorder.session.open(models_folder / "ad01.h5")
    data = recorder.session.load_data(str(tmp_path / "x.npz"))
    plan = PruningPlan(end_step=12, frequency=4, epochs=2, batch_size=32)
    ended = recorder.session.run(plan, data)
    assert ended.sparsity == pytest.approx(0.8, abs=0.01)
    assert ended.final.metric == "mse"
    assert len(recorder.of(MaskUpdated)) == 3
    lines = [e.text for e in recorder.of(LogLine) if e.text.startswith("Step ")]
    assert ", mse " in lines[-1]
    recorder.session.save(tmp_path / "pruned.h5")
    recorder.session.save(tmp_path / "pruned.keras")


def test_a_convolutional_network_takes_class_numbers(
    recorder: Recorder, models_folder: Path, tmp_path: Path
) -> None:
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (64, 32, 32, 3)).astype(np.uint8)
    y = generator.integers(0, 10, (64, 1))
    np.savez(tmp_path / "x.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    recorder.session.open(models_folder / "pretrainedResnet.h5")
    data = recorder.session.load_data(str(tmp_path / "x.npz"))
    plan = PruningPlan(end_step=4, frequency=2, epochs=1, batch_size=16)
    ended = recorder.session.run(plan, data)
    assert ended.final.metric == "accuracy"
    assert ended.sparsity == pytest.approx(0.8, abs=0.01)


def test_code_in_a_model_is_not_run(recorder: Recorder, models_folder: Path) -> None:
    with pytest.raises(ModelError, match=r"Lambda layers .*not built"):
        recorder.session.open(models_folder / "model_lambda.h5")


def test_what_no_keras_can_build_is_said_in_one_sentence(
    recorder: Recorder, models_folder: Path
) -> None:
    said = "TestModel.* --custom-objects .* without training"
    with pytest.raises(ModelError, match=said) as caught:
        recorder.session.open(models_folder / "fixed_model.keras")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 320


@pytest.mark.parametrize("name", ["inputs_and_outputs.h5", "transformer_model.keras"])
def test_what_is_not_a_model_is_refused(
    recorder: Recorder, models_folder: Path, name: str
) -> None:
    with pytest.raises((FormatError, ModelError)):
        recorder.session.open(models_folder / name)


def test_a_model_without_weights_has_nothing_to_prune(
    recorder: Recorder, models_folder: Path, tmp_path: Path
) -> None:
    recorder.session.open(models_folder / "misc_1.h5")
    shape = recorder.session._model().shapes.inputs[0]
    x = np.zeros((8, *(axis or 4 for axis in shape)), np.float32)
    y = recorder.session.predict(x)
    np.savez(tmp_path / "x.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    data = recorder.session.load_data(str(tmp_path / "x.npz"))
    with pytest.raises(ModelError, match="no weights that can be pruned"):
        recorder.session.run(PruningPlan(), data)


def test_a_residual_network_trains_without_corrupting_memory(
    recorder: Recorder, models_folder: Path, tmp_path: Path
) -> None:
    # With oneDNN's kernels this file ended the whole process at its first steps.
    generator = np.random.default_rng(0)
    x = generator.random((64, 64, 64, 1), np.float32)
    y = generator.integers(0, 2, 64)
    np.savez(tmp_path / "x.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    recorder.session.open(models_folder / "gender_mini_XCEPTION.21-0.95.hdf5")
    data = recorder.session.load_data(str(tmp_path / "x.npz"))
    plan = PruningPlan(end_step=4, frequency=2, epochs=3, batch_size=32)
    ended = recorder.session.run(plan, data)
    pruned = {w.path.rpartition("/")[2] for w in ended.weights}
    assert {"kernel", "depthwise_kernel", "pointwise_kernel"} <= pruned
    assert ended.sparsity == pytest.approx(0.8, abs=0.01)
