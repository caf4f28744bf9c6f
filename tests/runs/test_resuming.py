"""Runs that stop, fail or are moved, and go on, in one process."""

import dataclasses
import shutil
import warnings

import numpy as np
import pytest

from pruneview.pruning.errors import DataError, ModelError, TrainingError
from pruneview.pruning.events import LogLine, RunEnded
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.training.engine import Engine
from pruneview.runs import Recorder, Recording
from pruneview.runs import recorder as recorder_module
from pruneview.runs.container.writer import LogWriter
from tests.runs import child
from tests.runs.conftest import Kept

pytestmark = pytest.mark.tensorflow

# 32 steps an epoch, 64 in all.
PLAN = PruningPlan(
    final_sparsity=0.75, end_step=60, frequency=20, epochs=2, batch_size=25, seed=3
)


@pytest.fixture(autouse=True)
def checkpoint_at_every_step(monkeypatch) -> None:
    monkeypatch.setattr(recorder_module, "_CHECKPOINT_EVERY", 0.0)
    monkeypatch.setattr(recorder_module, "_SHARE_OF_TIME", 1e9)
    # Nobody pulls the plug here, and some hundreds of them take long.
    monkeypatch.setattr(LogWriter, "sync", lambda self: None)


@pytest.fixture(scope="module")
def uninterrupted(inputs) -> tuple[str, RunEnded]:
    kept = Kept(inputs)
    ended = kept.session.run(PLAN, kept.data)
    return kept.weights(), ended


def resume(kept: Kept, path) -> RunEnded:
    with Recorder.continuing(path) as recorder:
        return kept.session.resume(recorder.recording, recorder)


@pytest.mark.parametrize("step", [1, 20, 63])
def test_a_stopped_run_goes_on_to_the_same_weights(
    step, kept, uninterrupted, inputs, tmp_path
) -> None:
    path = tmp_path / "a.run"
    kept.during = lambda now: kept.control.stop() if now == step else None
    with Recorder.create(path) as recorder:
        ended = kept.session.run(PLAN, kept.data, recorder)
    assert (ended.step, ended.stopped) == (step, True)
    with Recording(path) as recording:
        assert recording.outcome == "stopped"
        assert recording.checkpoint_step == step
    other = Kept(inputs)
    ended = resume(other, path)
    weights, whole = uninterrupted
    assert other.weights() == weights
    assert (ended.step, ended.stopped) == (64, False)
    assert ended.final == whole.final
    assert ended.weights == whole.weights
    assert any(
        f"goes on after step {step}" in e.text
        for e in other.events
        if isinstance(e, LogLine)
    )
    with Recording(path) as recording:
        assert recording.outcome == "finished"
        assert recording.steps == (20, 40, 60)
        assert recording.checkpoint_step == 64
        last = recording.weights_at_checkpoint(64)
        assert child.digest(last) == weights
        masks = recording.masks_at(64)
        assert all((last[path] == 0)[~mask].all() for path, mask in masks.items())


def test_a_finished_run_that_is_resumed_ends_again_the_same(
    kept, uninterrupted, tmp_path
) -> None:
    path = tmp_path / "a.run"
    with Recorder.create(path) as recorder:
        kept.session.run(PLAN, kept.data, recorder)
    ended = resume(kept, path)
    assert kept.weights() == uninterrupted[0]
    assert ended.step == 64
    with Recording(path) as recording:
        assert sum(isinstance(e, RunEnded) for e in recording.events()) == 1


def test_a_run_killed_before_its_first_checkpoint_begins_anew(
    kept, uninterrupted, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(Recorder, "wants_checkpoint", lambda _self: False)
    path = tmp_path / "a.run"
    recorder = Recorder.create(path)
    kept.during = lambda step: recorder._writer.close() if step == 50 else None
    with pytest.raises(ValueError, match="closed"):
        kept.session.run(PLAN, kept.data, recorder)
    with Recording(path) as recording:
        assert recording.checkpoint_step is None
        assert recording.steps == (20, 40)
    kept.during = lambda step: None
    resume(kept, path)
    assert kept.weights() == uninterrupted[0]
    with Recording(path) as recording:
        assert recording.steps == (20, 40, 60)
        assert recording.outcome == "finished"


def test_the_same_seed_twice_gives_the_same_masks(inputs, tmp_path) -> None:
    masks = []
    for place, seed in enumerate((3, 3, 4)):
        kept, path = Kept(inputs), tmp_path / f"{place}.run"
        with Recorder.create(path) as recorder:
            plan = dataclasses.replace(PLAN, seed=seed)
            kept.session.run(plan, kept.data, recorder)
        with Recording(path) as recording:
            steps = recording.steps
            masks.append([child.digest(recording.masks_at(step)) for step in steps])
    assert masks[0] == masks[1]
    assert masks[0] != masks[2]
    assert len(set(masks[0])) == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"criterion": "movement", "scope": "global", "optimizer": "sgd"},
        {"criterion": "taylor"},
        {"block_size": (2, 2), "layers": ("hidden",)},
        {"criterion": "random", "optimizer": "rmsprop"},
        {"schedule": "iterative"},
    ],
    ids=lambda changes: str(next(iter(changes.values()))),
)
def test_every_kind_of_plan_goes_on_to_the_same_weights(
    changes, kept, tmp_path
) -> None:
    """What a criterion gathers or draws is part of the state, or follows from it."""
    plan = dataclasses.replace(PLAN, **changes)
    kept.session.run(plan, kept.data)
    whole, path = kept.weights(), tmp_path / "a.run"
    kept.during = lambda step: kept.control.stop() if step == 33 else None
    with Recorder.create(path) as recorder:
        kept.session.run(plan, kept.data, recorder)
    assert kept.weights() != whole
    kept.control.reset()
    kept.during = lambda step: None
    resume(kept, path)
    assert kept.weights() == whole


def test_a_run_through_tfmot_goes_on_to_the_same_weights(kept, tmp_path) -> None:
    tf_keras, _ = import_legacy()
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            tf_keras.Input((8, 8, 1)),
            layers.Flatten(),
            layers.Dense(24, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Dense(4, activation="softmax"),
        ]
    )
    old = tmp_path / "old.h5"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tf_keras advises against .h5
        model.save(old)
    plan = dataclasses.replace(PLAN, engine="tfmot")
    kept.session.open(old)
    kept.session.run(plan, kept.data)
    whole, path = kept.weights(), tmp_path / "a.run"
    kept.during = lambda step: kept.control.stop() if step == 33 else None
    with Recorder.create(path) as recorder:
        kept.session.run(plan, kept.data, recorder)
    kept.control.reset()
    kept.during = lambda step: None
    assert resume(kept, path).step == 64
    assert kept.weights() == whole
    with Recording(path) as recording:
        assert recording.steps == (20, 40, 60)
        assert recording.weights_at_checkpoint(64)


def fail_at(kept: Kept, monkeypatch, step: int, error) -> None:
    """Let training at `step` raise, or return, `error`."""
    engine = kept.session._model().engine
    train, done = engine.train, []

    def failing(batches) -> np.ndarray:
        done.extend(batches)
        losses = train(batches)
        if len(done) < step:
            return losses
        if isinstance(error, float):
            return np.array([error])
        raise error

    monkeypatch.setattr(engine, "train", failing)


@pytest.mark.parametrize(
    "failure",
    [
        (float("nan"), TrainingError, "loss became nan at step 50"),
        (MemoryError(), MemoryError, "not enough memory"),
        (OSError("the disk of the data is gone"), OSError, "disk of the data is gone"),
    ],
)
def test_what_fails_is_told_and_the_last_good_state_is_kept(
    failure, kept, uninterrupted, tmp_path, monkeypatch
) -> None:
    error, raised, said = failure
    path = tmp_path / "a.run"
    with monkeypatch.context() as patch:
        fail_at(kept, patch, 50, error)
        with Recorder.create(path) as recorder, pytest.raises(raised):
            kept.session.run(PLAN, kept.data, recorder)
    with Recording(path) as recording:
        assert recording.outcome == "failed"
        assert said in recording.failure.sentence
        assert recording.checkpoint_step == 49
        assert recording.steps == (20, 40)
    resume(kept, path)
    assert kept.weights() == uninterrupted[0]
    with Recording(path) as recording:
        assert recording.failure is None


def test_a_state_with_nan_is_never_the_last_good_one(kept, tmp_path) -> None:
    path = tmp_path / "a.run"
    engine: Engine = kept.session._model().engine

    def spoil(step: int) -> None:
        if step == 30:
            state = engine.state()
            name = next(name for name in state if name.startswith("weight/"))
            engine.set_state(state | {name: np.full_like(state[name], np.nan)})

    kept.during = spoil
    with Recorder.create(path) as recorder, pytest.raises(TrainingError):
        kept.session.run(PLAN, kept.data, recorder)
    with Recording(path) as recording:
        assert recording.outcome == "failed"
        assert recording.checkpoint_step == 29
        weights = recording.weights_at_checkpoint(29)
        assert all(np.isfinite(values).all() for values in weights.values())


def test_another_model_or_other_data_are_refused(kept, inputs, tmp_path) -> None:
    folder = tmp_path / "moved"
    shutil.copytree(inputs, folder)
    moved, path = Kept(folder), tmp_path / "a.run"
    moved.during = lambda step: moved.control.stop() if step == 30 else None
    with Recorder.create(path) as recorder:
        moved.session.run(PLAN, moved.data, recorder)
    kept.control.reset()
    data, model = folder / child.DATA, folder / child.MODEL
    arrays = dict(np.load(data))
    np.savez(data, **arrays | {"x_train": arrays["x_train"] + 1})
    with pytest.raises(DataError, match="have changed since"):
        resume(kept, path)
    model.write_bytes(model.read_bytes() + b"\0")
    with pytest.raises(ModelError, match="contents have changed"):
        resume(kept, path)
    model.unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        resume(kept, path)
    with Recorder.continuing(path) as recorder:
        ended = kept.session.resume(
            recorder.recording,
            recorder,
            model=inputs / child.MODEL,
            data=kept.data,
        )
    assert ended.step == 64


def test_arrays_without_a_name_must_be_given_again(kept, tmp_path) -> None:
    data = dataclasses.replace(kept.data)
    path = tmp_path / "a.run"
    kept.during = lambda step: kept.control.stop() if step == 30 else None
    with Recorder.create(path) as recorder:
        kept.session.run(PLAN, data, recorder)
    kept.control.reset()
    with pytest.raises(DataError, match="Give the same arrays again"):
        resume(kept, path)
    with Recorder.continuing(path) as recorder:
        recording = recorder.recording
        assert kept.session.resume(recording, recorder, data=data).step == 64


def test_the_state_of_another_plan_is_refused(kept, tmp_path) -> None:
    kept.session.prepare(PLAN, kept.data)
    engine = kept.session._model().engine
    state = engine.state()
    some = {k: v for k, v in state.items() if not k.startswith("mask/")}
    with pytest.raises(ModelError, match="does not belong"):
        engine.set_state(some)
    engine.set_state(state)


def test_other_kernels_than_the_run_began_with_are_told(kept, tmp_path) -> None:
    path = tmp_path / "a.run"
    kept.during = lambda step: kept.control.stop() if step == 40 else None
    with Recorder.create(path) as recorder:
        kept.session.run(PLAN, kept.data, recorder)
    kept.session._versions = kept.session._versions | {"oneDNN": "of another kind"}
    resume(kept, path)
    (line,) = (e for e in kept.events if isinstance(e, LogLine) and "oneDNN" in e.text)
    assert "the last digits of its weights may differ" in line.text
