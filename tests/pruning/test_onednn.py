"""oneDNN's kernels: when they are used, and what keeps them from corrupting memory."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.native_code import set_tensorflow_environment
from pruneview.pruning.demo import demo_model
from pruneview.pruning.onednn import (
    choose_kernels,
    is_on,
    spare_strided_points,
    untried_in,
)

_TRAIN = """
import sys
import numpy as np
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.session import PruningSession, RunControl

model, data, engine = sys.argv[1:]
session = PruningSession(lambda event: None, RunControl())
session.open(model)
plan = PruningPlan(end_step=4, frequency=2, epochs=3, batch_size=32, engine=engine)
ended = session.run(plan, session.load_data(data))
print(session._versions["oneDNN"], round(ended.sparsity, 2))
"""


@pytest.mark.parametrize("engine", ["native", "tfmot"])
def test_a_network_that_skips_pixels_is_trained_by_onednn(
    models_folder: Path, tmp_path: Path, engine: str
) -> None:
    # Without what is tested here, the process ends at its first steps.
    generator = np.random.default_rng(0)
    x = generator.random((64, 64, 64, 1), np.float32)
    y = generator.integers(0, 2, 64)
    np.savez(tmp_path / "x.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    model = models_folder / "gender_mini_XCEPTION.21-0.95.hdf5"
    environment = {k: v for k, v in os.environ.items() if k != "TF_ENABLE_ONEDNN_OPTS"}
    done = subprocess.run(
        [sys.executable, "-c", _TRAIN, model, tmp_path / "x.npz", engine],
        env=environment | {"MALLOC_PERTURB_": "165"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["on", "0.8"]


@pytest.mark.parametrize(
    ("name", "untried"),
    [
        ("pretrainedResnet.h5", ()),
        ("vww_96.h5", ()),
        ("ad01.h5", ()),
        ("cnn3d_16.h5", ("Conv3D", "MaxPooling3D")),
        ("lstm1.keras", ("LSTM",)),
        ("model_lambda.h5", ("Lambda",)),
    ],
)
def test_kinds_that_were_not_tried_are_named(
    models_folder: Path, name: str, untried: tuple[str, ...]
) -> None:
    assert set(untried) <= set(untried_in(models_folder / name))
    assert bool(untried_in(models_folder / name)) == bool(untried)


def test_the_demo_is_computed_by_onednn() -> None:
    assert untried_in(demo_model()) == ()


def test_dense_layers_on_several_axes_were_not_tried(tmp_path: Path) -> None:
    import keras

    deep = keras.Sequential([keras.Input((4, 3)), keras.layers.Dense(2)])
    deep.save(tmp_path / "deep.keras")
    flat = keras.Sequential(
        [keras.Input((4, 3)), keras.layers.Flatten(), keras.layers.Dense(2)]
    )
    flat.save(tmp_path / "flat.keras")
    assert untried_in(tmp_path / "deep.keras") == ("Dense on several axes",)
    assert untried_in(tmp_path / "flat.keras") == ()


def test_half_precision_was_not_tried(tmp_path: Path) -> None:
    import keras

    layer = keras.layers.Dense(2, dtype="mixed_float16")
    keras.Sequential([keras.Input((3,)), layer]).save(tmp_path / "half.keras")
    assert untried_in(tmp_path / "half.keras") == ("half precision",)


def test_a_choice_of_the_person_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tensorflow")
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    choose_kernels(demo_model())
    assert not is_on()
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS")
    choose_kernels(demo_model())
    assert is_on()
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS")
    choose_kernels(None)
    assert not is_on()


def test_what_tensorflow_chose_by_itself_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", sys)
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    choose_kernels(None)
    set_tensorflow_environment()
    assert is_on()


@pytest.mark.parametrize("size", [7, 8, 15])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("strides", [2, 3, (2, 1)])
def test_taking_pixels_first_changes_no_bit(
    size: int, padding: str, strides: Any
) -> None:
    import keras
    import tensorflow as tf

    layer = keras.layers.Conv2D(5, 1, strides=strides, padding=padding)
    x = tf.random.stateless_normal((2, size, size + 1, 3), (0, size))
    with tf.GradientTape() as tape:
        tape.watch(x)
        expected = layer(x)
    gradient = tape.gradient(expected, x)
    spare_strided_points([layer])
    with tf.GradientTape() as tape:
        tape.watch(x)
        taken = layer(x)
    np.testing.assert_array_equal(taken, expected)
    np.testing.assert_array_equal(tape.gradient(taken, x), gradient)


def test_other_layers_are_left_alone() -> None:
    import keras

    layers = keras.layers
    others = [
        layers.Conv2D(2, 3, strides=2),
        layers.Conv2D(2, 1),
        layers.Conv2DTranspose(2, 1, strides=2),
        layers.DepthwiseConv2D(1, strides=2),
        layers.SeparableConv2D(2, 1, strides=2),
        layers.Conv2D(2, 1, strides=2, groups=2),
        layers.Conv2D(2, 1, strides=2, data_format="channels_first"),
        layers.Dense(2),
        layers.MaxPooling2D(1, 2),
    ]
    spare_strided_points(others)
    assert not any("convolution_op" in vars(layer) for layer in others)
