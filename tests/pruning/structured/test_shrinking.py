"""Models made smaller in a session: at once, in rounds, gradually, and refused."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning.data import DataSet
from pruneview.pruning.errors import Cancelled, ModelError
from pruneview.pruning.events import Evaluation, LogLine, MaskUpdated, RunEnded
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.events import ShrinkEnded, UnitsRemoved
from pruneview.pruning.structured.shrinking.options import ShrinkOptions
from pruneview.runs import Recorder, Recording

pytestmark = pytest.mark.tensorflow

HALF = ShrinkPlan(ratio=0.5)
TRAINING = PruningPlan(epochs=3, batch_size=20, end_step=20, frequency=5)
UNTIMED = ShrinkOptions(timing_rounds=0)
# 20 features to 24, normalized, to 32, to 3 classes; and half of the units.
PARAMETERS = 20 * 24 + 24 + 4 * 24 + 24 * 32 + 32 + 32 * 3 + 3
HALVED = 20 * 12 + 12 + 4 * 12 + 12 * 16 + 16 + 16 * 3 + 3


def options(method: str, **others: Any) -> ShrinkOptions:
    return ShrinkOptions(method, **({"timing_rounds": 0} | others))


def kept(ended: ShrinkEnded) -> dict[str, tuple[int, int]]:
    return {group.id: (group.size, group.kept) for group in ended.groups}


def test_at_once_without_data(opened, keras, tmp_path: Path) -> None:
    session = opened.session
    file = session.path.read_bytes()
    ended = session.shrink(HALF, options=ShrinkOptions(timing_rounds=2))
    assert (ended.before.parameters, ended.after.parameters) == (PARAMETERS, HALVED)
    assert kept(ended) == {"first": (24, 12), "inner/first": (32, 16)}
    assert ended.difference.largest_relative < 1e-5
    assert "noise" in ended.difference.inputs
    assert [one.path for one in ended.excluded] == ["classes"]
    assert ended.after.macs == 20 * 12 + 12 * 16 + 16 * 3
    assert ended.after.evaluation is None
    assert (ended.steps, len(opened.of(RunEnded))) == (0, 0)
    assert [time.batch for time in ended.after.latency] == [1, 32]
    assert session.values("inner/first/kernel").shape == (12, 16)
    session.save(tmp_path / "small.keras")
    loaded = keras.models.load_model(tmp_path / "small.keras")
    x = np.random.default_rng(0).normal(size=(5, 20)).astype(np.float32)
    np.testing.assert_allclose(loaded.predict(x, verbose=0), session.predict(x), 1e-5)
    assert session.path.read_bytes() == file


def test_what_is_removed_is_what_matters_least(opened) -> None:
    session = opened.session
    kernel = session.values("inner/first/kernel")
    norms = np.linalg.norm(kernel, axis=0)
    session.shrink(ShrinkPlan(layers=("inner/first",)), options=UNTIMED)
    best = np.sort(np.argsort(norms)[16:])
    np.testing.assert_array_equal(session.values("inner/first/kernel"), kernel[:, best])


def test_fine_tuned_and_beside_single_weights(opened, blobs: DataSet) -> None:
    ended = opened.session.shrink(
        HALF, blobs, TRAINING, options("one-shot", compare_unstructured=True)
    )
    structured, single = opened.of(RunEnded)
    assert structured.step == single.step == ended.steps == 30
    assert ended.after.evaluation == structured.final
    assert ended.unstructured is not None
    assert ended.unstructured.evaluation == single.final
    # As many parameters as the small model has, but for a tie and rounding.
    assert abs(ended.unstructured.nonzero - HALVED) <= 8 + PARAMETERS - (
        ended.before.nonzero
    )
    assert ended.unstructured.parameters == PARAMETERS
    assert isinstance(ended.before.evaluation, Evaluation)
    assert ended.before.evaluation == single.baseline
    # Three epochs at a small rate, from a network that knew nothing.
    assert ended.after.evaluation.loss < ended.before.evaluation.loss
    assert ended.difference.inputs == "test samples"
    # The small model is the one that is open, not the one it is compared with.
    assert opened.session.values("first/kernel").shape == (20, 12)


def test_rounds_end_with_the_share_that_was_asked_for(opened, blobs) -> None:
    ended = opened.session.shrink(HALF, blobs, TRAINING, options("repeat", rounds=2))
    first, second = opened.of(UnitsRemoved)
    assert HALVED < first.parameters < PARAMETERS
    assert (first.parameters, second.parameters) == (second.parameters_before, HALVED)
    assert kept(ended) == {"first": (24, 12), "inner/first": (32, 16)}
    assert ended.steps == 60
    assert len(opened.of(RunEnded)) == 2


def test_gradually_the_masked_model_becomes_the_small_one(opened, blobs) -> None:
    session = opened.session
    dead: list[int] = []

    def count(step: int) -> None:
        kernel = session.values("inner/first/kernel")
        dead.append(int((kernel == 0).all(axis=0).sum()))

    opened.during = count
    ended = session.shrink(HALF, blobs, TRAINING, options("gradual"))
    sparsities = [event.sparsity for event in opened.of(MaskUpdated)]
    assert sparsities == sorted(sparsities)
    # A quarter of the way on a cubic to one half: 0.5 (1 - 0.75³).
    assert sparsities[0] == pytest.approx(0.289, abs=0.03)
    assert len(sparsities) == 4
    assert dead[0] == 0
    assert dead[-1] == 16
    assert ended.after.parameters == HALVED
    assert ended.difference.largest_relative < 1e-5
    masked, small = opened.of(RunEnded)[0].final, ended.after.evaluation
    assert small is not None
    assert small.value == masked.value
    assert small.loss == pytest.approx(masked.loss, rel=1e-4)
    assert session.values("first/kernel").shape == (20, 12)


def test_a_gradual_run_is_recorded_and_goes_on(opened, blobs, tmp_path) -> None:
    path = tmp_path / "a.pruneview-run"
    session = opened.session
    with Recorder.create(path) as recorder:
        ended = session.shrink(HALF, blobs, TRAINING, options("gradual"), recorder)
    whole = session.values("first/kernel")
    with Recording(path) as recording:
        assert recording.header.plan.structured == HALF
        assert [e for e in recording.events() if isinstance(e, ShrinkEnded)] == [ended]
        assert PruningPlan.from_json(recording.header.plan.to_json()) == (
            recording.header.plan
        )
    opened.events.clear()
    opened.during = lambda step: opened.control.stop() if step == 12 else None
    other = tmp_path / "b.pruneview-run"
    with Recorder.create(other) as recorder:
        stopped = session.shrink(HALF, blobs, TRAINING, options("gradual"), recorder)
    assert stopped.stopped
    assert HALVED < stopped.after.parameters < PARAMETERS
    opened.during = lambda step: None
    opened.control.reset()
    with Recorder.continuing(other) as recorder:
        session.resume(recorder.recording, recorder, data=blobs)
    assert opened.of(ShrinkEnded)[-1].after.parameters == HALVED
    np.testing.assert_array_equal(session.values("first/kernel"), whole)


def test_after_a_shrink_a_run_begins_from_the_file_again(opened, blobs) -> None:
    session = opened.session
    before = session.values("first/kernel")
    session.shrink(HALF, options=UNTIMED)
    session.prepare(TRAINING, blobs)
    np.testing.assert_array_equal(session.values("first/kernel"), before)


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (ShrinkPlan(ratio=0.99, floor=0), "leave none of the 24 neurons"),
        (ShrinkPlan(layers=("classes",)), "outputs of the model"),
        (ShrinkPlan(exclude=("first", "inner/first")), "Nothing is left to remove"),
        (ShrinkPlan(criterion="taylor"), "needs gradients"),
    ],
)
def test_refused_and_nothing_changed(opened, plan, said) -> None:
    session = opened.session
    before = {info.path: session.values(info.path) for info in session.weights}
    with pytest.raises(ShrinkError, match=said):
        session.shrink(plan, options=UNTIMED)
    for path, values in before.items():
        np.testing.assert_array_equal(session.values(path), values)
    assert not opened.of(ShrinkEnded)


@pytest.mark.parametrize(
    ("plan", "chosen", "field"),
    [
        (ShrinkPlan(ratio=1.0), UNTIMED, "ratio"),
        (HALF, options("gradual"), "method"),
        (HALF, options("repeat", rounds=3), "method"),
        (HALF, options("one-shot", rounds=3), "rounds"),
        (HALF, options("one-shot", compare_unstructured=True), "compare_unstructured"),
    ],
)
def test_what_does_not_go_together(opened, plan, chosen, field) -> None:
    with pytest.raises(PlanError) as caught:
        opened.session.shrink(plan, options=chosen)
    assert field in caught.value.problems


def test_gradients_choose_and_data_that_do_not_fit_are_refused(opened, blobs) -> None:
    taylor = ShrinkPlan(criterion="taylor", scope="global")
    ended = opened.session.shrink(taylor, blobs, None, UNTIMED)
    assert ended.after.parameters < PARAMETERS
    assert ended.after.evaluation is not None
    narrow = DataSet(
        "narrow", blobs.x_train[:, :7], blobs.y_train, blobs.x_test[:, :7], blobs.y_test
    )
    with pytest.raises(ValueError, match="shape"):
        opened.session.shrink(HALF, narrow, TRAINING, UNTIMED)


def test_stopped_before_anything_was_removed(opened) -> None:
    opened.control.stop()
    with pytest.raises(Cancelled):
        opened.session.shrink(HALF, options=UNTIMED)
    assert opened.session.values("first/kernel").shape == (20, 24)


def test_a_schedule_that_does_not_fit_is_mended(opened, blobs) -> None:
    training = PruningPlan(epochs=1, batch_size=20)  # 10 steps, of 1000
    ended = opened.session.shrink(HALF, blobs, training, options("gradual"))
    assert ended.after.parameters == HALVED
    assert any("mended" in line.text for line in opened.of(LogLine))


@pytest.fixture
def old_model(keras, tmp_path) -> Path:
    """A network that only tf_keras builds: Keras 3 refuses the key ``groups``."""
    tf_keras, _ = import_legacy()
    tf_keras.utils.set_random_seed(1)
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            tf_keras.Input((5, 4, 1)),
            layers.Conv2D(8, 3, padding="same", activation="relu", name="wide"),
            layers.DepthwiseConv2D(3, padding="same", name="each"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax", name="classes"),
        ]
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.save(tmp_path / "old.h5")
    return tmp_path / "old.h5"


def test_through_tf_keras_where_only_that_builds_the_model(
    recorder, old_model, blobs
) -> None:
    session = recorder.session
    session.open(old_model)
    data = DataSet(
        "maps",
        blobs.x_train.reshape(-1, 5, 4, 1),
        blobs.y_train,
        blobs.x_test.reshape(-1, 5, 4, 1),
        blobs.y_test,
    )
    ended = session.shrink(HALF, data, TRAINING, UNTIMED)
    assert kept(ended) == {"wide": (8, 4)}
    assert ended.steps == 30
    assert ended.difference.largest_relative < 1e-5
    assert ended.before.macs == 20 * 8 * 9 + 20 * 8 * 9 + 160 * 3
    assert ended.after.macs == ended.before.macs / 2
    after = ended.after.evaluation
    assert after is not None
    assert after.loss < ended.before.evaluation.loss
    session.save(old_model.with_name("small.h5"))
    with open_model(old_model.with_name("small.h5")) as model:
        assert model.parameter_count == ended.after.parameters
    with pytest.raises(ModelError, match="tf_keras only"):
        session.shrink(HALF, data, TRAINING, options("gradual"))


def test_a_mobilenet_that_nobody_here_wrote(recorder, models_folder) -> None:
    recorder.session.open(models_folder / "vww_96.h5")
    ended = recorder.session.shrink(HALF, options=UNTIMED)
    # 7.5 million is what Banbury et al. give it (2021, arXiv:2106.07597).
    assert ended.before.macs == 7_489_664
    assert ended.after.parameters < ended.before.parameters / 3
    assert ended.difference.largest_relative < 1e-5
