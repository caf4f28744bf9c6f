"""Models of tf_keras through tfmot itself, by the same session and events."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning.data import DataSet
from pruneview.pruning.errors import ModelError
from pruneview.pruning.events import LogLine, MaskUpdated, RunStarted, Saved, StepDone
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.subject.opening import open_with_engine
from pruneview.pruning.subject.trust import Trust
from pruneview.pruning.training.recording import Checkpoint, NotRecorded
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow

PLAN = PruningPlan(
    final_sparsity=0.75,
    end_step=8,
    frequency=4,
    epochs=3,
    batch_size=50,
    optimizer="sgd",
    learning_rate=0.05,
    engine="tfmot",
)


def save_quietly(model: Any, path: Path) -> None:
    """Save to .h5, against which tf_keras warns each time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(path)


@pytest.fixture(scope="module")
def legacy(keras: Any) -> tuple[Any, Any]:
    return import_legacy()


@pytest.fixture(scope="module")
def old_model(legacy: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tf_keras network with a nested model, dropout and normalisation."""
    tf_keras, _ = legacy
    layers = tf_keras.layers
    tf_keras.utils.set_random_seed(3)
    inner = tf_keras.Sequential(
        [
            tf_keras.Input((24,)),
            layers.Dense(32, activation="relu", name="first"),
            layers.Dropout(0.2, name="dropout"),
        ],
        name="inner",
    )
    inputs = tf_keras.Input((20,), name="features")
    flow = layers.Dense(24, activation="relu", name="first")(inputs)
    flow = layers.BatchNormalization(name="normalization")(flow)
    outputs = layers.Dense(3, activation="softmax", name="classes")(inner(flow))
    model = tf_keras.Model(inputs, outputs, name="old")
    path = tmp_path_factory.mktemp("old") / "old.h5"
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    save_quietly(model, path)
    return path


@pytest.fixture(scope="module")
def plain_model(legacy: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tf_keras network that Keras 3 builds as well."""
    tf_keras, _ = legacy
    tf_keras.utils.set_random_seed(5)
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            tf_keras.Input((20,)),
            layers.Dense(24, "relu", name="first"),
            layers.Dense(32, "relu", name="second"),
            layers.Dense(3, "softmax", name="classes"),
        ]
    )
    path = tmp_path_factory.mktemp("plain") / "plain.h5"
    save_quietly(model, path)
    return path


@pytest.fixture(scope="module")
def wrapped_model(legacy: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that tfmot pruned to one half, saved with its wrappers."""
    tf_keras, tfmot = legacy
    tf_keras.utils.set_random_seed(4)
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            tf_keras.Input((20,)),
            layers.Dense(16, "relu", name="hidden"),
            layers.Dense(3, "softmax", name="classes"),
        ]
    )
    schedule = tfmot.sparsity.keras.ConstantSparsity(0.5, 1, frequency=1)
    wrapped = tfmot.sparsity.keras.prune_low_magnitude(model, schedule)
    wrapped.compile("sgd", "sparse_categorical_crossentropy")
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(32, 20)), generator.integers(0, 3, 32)
    step = tfmot.sparsity.keras.UpdatePruningStep()
    wrapped.fit(x, y, epochs=1, verbose=0, callbacks=[step])
    path = tmp_path_factory.mktemp("wrapped") / "wrapped.h5"
    save_quietly(wrapped, path)
    return path


def kernels(recorder: Recorder) -> dict[str, np.ndarray]:
    session = recorder.session
    return {w.path: session.values(w.path) for w in session.weights if w.prunable}


def test_a_run_is_what_tfmot_makes_of_it(
    recorder: Recorder, legacy: Any, wrapped_model: Path, blobs: DataSet
) -> None:
    tf_keras, tfmot = legacy
    pruning = tfmot.sparsity.keras
    with pruning.prune_scope():
        stripped = pruning.strip_pruning(tf_keras.models.load_model(wrapped_model))
    recorder.session.open(wrapped_model)
    recorder.session.run(PLAN, blobs)

    schedule = pruning.PolynomialDecay(0.0, 0.75, 0, 8, frequency=4)
    model = pruning.prune_low_magnitude(stripped, schedule)
    model.compile(tf_keras.optimizers.SGD(0.05), "sparse_categorical_crossentropy")
    callback = pruning.UpdatePruningStep()
    callback.set_model(model)
    callback.on_train_begin()
    # Both start with the masks of the file.
    for wrapper in model.layers:
        for weight, mask, _ in wrapper.pruning_vars:
            mask.assign((weight.numpy() != 0).astype(np.float32))
    generator = np.random.default_rng(PLAN.seed)
    for _ in range(PLAN.epochs):
        order = generator.permutation(len(blobs.x_train))
        for start in range(0, len(order), PLAN.batch_size):
            batch = order[start : start + PLAN.batch_size]
            model.train_on_batch(blobs.x_train[batch], blobs.y_train[batch])
    callback.on_epoch_end(0)
    ours = kernels(recorder)
    for wrapper in model.layers:
        expected = wrapper.layer.kernel.numpy()
        values = ours[f"{wrapper.name}/kernel"]
        assert np.array_equal(values == 0, expected == 0)
        assert np.mean(expected == 0) == pytest.approx(0.75, abs=0.02)
        np.testing.assert_allclose(values, expected, atol=1e-5)


def test_events_are_those_of_any_run(
    recorder: Recorder, old_model: Path, blobs: DataSet, tmp_path: Path, legacy: Any
) -> None:
    recorder.session.open(old_model)
    before = kernels(recorder)
    ended = recorder.session.run(PLAN, blobs)
    assert recorder.of(RunStarted)[0].steps == 12
    assert [u.step for u in recorder.of(MaskUpdated)] == [4, 8]
    said = recorder.session.gradient("first/kernel", 12, wanted=True, rests=True)
    assert isinstance(said, str)
    assert said.startswith("This run is computed by tfmot")
    assert recorder.of(StepDone)[-1].step == 12
    for update in recorder.of(MaskUpdated):
        assert update.sparsity == pytest.approx(update.target_sparsity, abs=0.01)
    assert ended.sparsity == pytest.approx(0.75, abs=0.01)
    paths = {"first/kernel", "inner/first/kernel", "classes/kernel"}
    assert {w.path for w in ended.weights} == set(before) == paths
    for weight in ended.weights:
        values = recorder.session.values(weight.path)
        assert weight.zeros == np.count_nonzero(values == 0)
        assert np.abs(values[values != 0]).min() > 0
        assert weight.threshold > 0
    with open_model(old_model) as file:
        named = {w.path for layer in file.layers for w in layer.weights}
    assert {w.path for w in recorder.session.weights} == named
    outputs = recorder.session.predict(blobs.x_test)
    for ending in (".h5", ".keras"):
        recorder.session.save(tmp_path / f"pruned{ending}")
        plain = legacy[0].models.load_model(tmp_path / f"pruned{ending}")
        np.testing.assert_allclose(
            plain.predict(blobs.x_test, verbose=0), outputs, 1e-5
        )
        with open_model(tmp_path / f"pruned{ending}") as file:
            kinds = {layer.kind for layer in file.layers}
            assert "PruneLowMagnitude" not in kinds
            counted = sum(
                np.count_nonzero(w.read() == 0)
                for layer in file.layers
                for w in layer.weights
                if w.prunable
            )
        assert counted == sum(w.zeros for w in ended.weights)
    assert len(recorder.of(Saved)) == 2


def test_a_wrapped_model_goes_on_with_its_masks_and_is_stripped(
    recorder: Recorder, wrapped_model: Path, blobs: DataSet, tmp_path: Path
) -> None:
    recorder.session.open(wrapped_model)
    before = kernels(recorder)
    assert all(np.mean(v == 0) == 0.5 for v in before.values())
    # Only one layer takes part: what the file masks elsewhere stays masked.
    plan = PruningPlan(**{**vars(PLAN), "exclude": ("last",), "final_sparsity": 0.9})
    recorder.session.run(plan, blobs)
    after = kernels(recorder)
    hidden, classes = after.values()
    assert np.mean(hidden == 0) == pytest.approx(0.9, abs=0.01)
    assert np.array_equal(classes == 0, list(before.values())[1] == 0)
    assert not np.array_equal(classes, list(before.values())[1])
    recorder.session.save(tmp_path / "stripped.h5")
    with open_model(tmp_path / "stripped.h5") as file:
        assert [layer.name for layer in file.layers if layer.weights] == [
            "hidden",
            "classes",
        ]
        stored = {w.path: w.read() for layer in file.layers for w in layer.weights}
    assert np.array_equal(stored["hidden/kernel"], hidden)


def test_masks_hold_before_the_first_update(
    recorder: Recorder, wrapped_model: Path, blobs: DataSet
) -> None:
    recorder.session.open(wrapped_model)
    before = kernels(recorder)
    plan = PruningPlan(**{**vars(PLAN), "begin_step": 50, "end_step": 60})
    recorder.session.run(plan, blobs)
    for path, values in kernels(recorder).items():
        assert np.array_equal(values == 0, before[path] == 0)


@pytest.mark.parametrize(
    "fields", [{"block_size": (4, 2)}, {"sparsity_m_by_n": (2, 4)}, {}]
)
def test_both_engines_make_the_same_masks(
    recorder: Recorder, plain_model: Path, blobs: DataSet, fields: dict[str, Any]
) -> None:
    recorder.session.open(plain_model)
    zeros = []
    for engine in ("native", "tfmot"):
        plan = PruningPlan(
            **{
                **vars(PLAN),
                "schedule": "one-shot",
                "epochs": 1,
                "layers": ("first", "second"),
                "engine": engine,
                **fields,
            }
        )
        recorder.session.run(plan, blobs)
        zeros.append({path: v == 0 for path, v in kernels(recorder).items()})
    native, tfmot = zeros
    assert native.keys() == tfmot.keys()
    for path, mask in native.items():
        assert np.array_equal(mask, tfmot[path]), path
    assert native["second/kernel"].mean() > 0.4


class Keeper(NotRecorded):
    """Keeps the checkpoint of one step."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.kept: Checkpoint | None = None

    def wants_checkpoint(self) -> bool:
        return True

    def checkpoint(self, checkpoint: Callable[[], Checkpoint]) -> None:
        made = checkpoint()
        if made.completed == self.at:
            self.kept = made


def test_a_run_goes_on_from_a_checkpoint_with_the_same_result(
    recorder: Recorder, old_model: Path, blobs: DataSet
) -> None:
    recorder.session.open(old_model)
    keeper = Keeper(6)
    recorder.session.run(PLAN, blobs, keeper)
    whole = kernels(recorder)
    recorder.session.run(PLAN, blobs)
    again = kernels(recorder)
    other = Recorder()
    other.session.open(old_model)
    other.session.run(PLAN, blobs, checkpoint=keeper.kept)
    for path, values in kernels(other).items():
        assert np.array_equal(values, whole[path]), path
        assert np.array_equal(again[path], whole[path]), path


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"scope": "global"}, "tfmot knows layer only"),
        ({"criterion": "taylor"}, "tfmot knows magnitude only"),
        ({"schedule": "iterative"}, "tfmot has no such schedule"),
        ({"block_size": (16, 4)}, "tfmot needs at least two blocks"),
    ],
)
def test_what_tfmot_has_not_is_refused(
    recorder: Recorder,
    old_model: Path,
    blobs: DataSet,
    fields: dict[str, Any],
    words: str,
) -> None:
    recorder.session.open(old_model)
    with pytest.raises(PlanError, match=words):
        recorder.session.run(PruningPlan(**{**vars(PLAN), **fields}), blobs)


def test_an_engine_that_cannot_build_the_model_says_so(
    recorder: Recorder, small_model: Path, blobs: DataSet, models_folder: Path
) -> None:
    recorder.session.open(small_model)
    with pytest.raises(ModelError, match="written by Keras 3"):
        recorder.session.run(PLAN, blobs)
    recorder.session.open(models_folder / "vww_96.h5")
    plan = PruningPlan(**{**vars(PLAN), "engine": "native"})
    with pytest.raises(ModelError, match="Keras 3 cannot build"):
        recorder.session.run(plan, blobs)


@pytest.mark.parametrize("name", ["vww_96.h5", "cnn3d_16.h5"])
def test_files_that_only_tf_keras_builds_run(
    recorder: Recorder, models_folder: Path, name: str, tmp_path: Path, legacy: Any
) -> None:
    session = recorder.session
    session.open(models_folder / name)
    said = [e.text for e in recorder.of(LogLine)]
    assert any("DepthwiseConv2D" in text for text in said) == (name == "vww_96.h5")
    opened = session._model()
    (takes,), (gives,) = opened.shapes.inputs, opened.shapes.outputs
    generator = np.random.default_rng(0)
    x = generator.random((16, *takes), np.float32)
    y = np.eye(gives[-1], dtype=np.float32)[generator.integers(0, gives[-1], 16)]
    y = y.reshape(16, *gives)
    plan = PruningPlan(end_step=2, frequency=1, epochs=2, batch_size=16)
    ended = session.run(plan, DataSet("random", x, y, x, y))
    assert ended.sparsity == pytest.approx(0.8, abs=0.01)
    session.save(tmp_path / "pruned.h5")
    plain = legacy[0].models.load_model(tmp_path / "pruned.h5")
    np.testing.assert_allclose(
        plain.predict(x, verbose=0), session.predict(x), rtol=1e-4, atol=1e-6
    )


def test_code_of_a_legacy_file_is_run_only_with_consent(
    legacy: Any, tmp_path: Path, models_folder: Path
) -> None:
    tf_keras, _ = legacy
    layers = tf_keras.layers
    twice = layers.Lambda(lambda x: x * 2, name="twice")
    model = tf_keras.Sequential([tf_keras.Input((6,)), twice, layers.Dense(3)])
    path = tmp_path / "code.h5"
    save_quietly(model, path)
    with pytest.raises(ModelError, match="without your consent"):
        open_with_engine(path, "tfmot", Trust())
    opened = open_with_engine(path, "tfmot", Trust(code=True))
    x = np.ones((2, 6), np.float32)
    expected = model.predict(x, verbose=0)
    np.testing.assert_array_equal(opened.engine.model.predict(x, verbose=0), expected)
    old = models_folder / "model_lambda.h5"
    with pytest.raises(ModelError, match="another version of Python"):
        open_with_engine(old, "tfmot", Trust(code=True))


def test_several_inputs_and_outputs_through_tfmot(
    recorder: Recorder, legacy: Any, tmp_path: Path
) -> None:
    tf_keras, _ = legacy
    layers = tf_keras.layers
    left = tf_keras.Input((6,), name="left")
    right = tf_keras.Input((4,), dtype="int32", name="right")
    read = layers.Flatten()(layers.Embedding(9, 3, name="read")(right))
    flow = layers.Dense(12, activation="relu", name="both")(
        layers.Concatenate()([left, read])
    )
    outputs = [
        layers.Dense(3, activation="softmax", name="kind")(flow),
        layers.Dense(1, name="price")(flow),
    ]
    model = tf_keras.Model([left, right], outputs)
    save_quietly(model, tmp_path / "several.h5")
    chance = np.random.default_rng(2)
    arrays = {}
    for part, count in (("train", 80), ("test", 30)):
        one = chance.normal(size=(count, 6)).astype(np.float32)
        arrays[f"x_{part}_left"] = one
        arrays[f"x_{part}_right"] = chance.integers(0, 9, (count, 4))
        arrays[f"y_{part}_kind"] = one[:, :3].argmax(1)
        arrays[f"y_{part}_price"] = one.sum(1, keepdims=True)
    np.savez(tmp_path / "several.npz", **arrays)
    recorder.session.open(tmp_path / "several.h5")
    data = recorder.session.load_data(str(tmp_path / "several.npz"))
    ended = recorder.session.run(replace(PLAN, batch_size=10), data)
    assert ended.final.metric == "kind accuracy"
    ((name, error),) = ended.final.others
    assert name == "price mse"
    made = recorder.session.predict(recorder.session._fit(data).x_test)
    kinds, prices = made.arrays
    right = kinds.argmax(1) == arrays["y_test_kind"]
    assert ended.final.value == pytest.approx(right.mean())
    assert error == pytest.approx(
        np.mean((prices - arrays["y_test_price"]) ** 2), rel=1e-4
    )
    assert ended.final.loss > error
