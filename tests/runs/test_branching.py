"""Runs that branch off from a step of a recorded one."""

import dataclasses
import shutil
import warnings

import numpy as np
import pytest

from pruneview.pruning.errors import (
    Cancelled,
    DataError,
    ModelError,
)
from pruneview.pruning.events import (
    LogLine,
    MaskUpdated,
    Preparing,
    RunEnded,
    RunStarted,
)
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.runs import Recorder, Recording, Replay
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
def cheap_checkpoints(monkeypatch) -> None:
    monkeypatch.setattr(recorder_module, "_CHECKPOINT_EVERY", 0.0)
    monkeypatch.setattr(recorder_module, "_SHARE_OF_TIME", 1e9)
    monkeypatch.setattr(LogWriter, "sync", lambda self: None)


@pytest.fixture(scope="module")
def parent(inputs, tmp_path_factory):
    """A finished run of `PLAN`, and its weights."""
    path = tmp_path_factory.mktemp("parent") / "parent.run"
    kept = Kept(inputs)
    with Recorder.create(path) as recorder:
        kept.session.run(PLAN, kept.data, recorder)
    return path, kept.weights()


def branch(kept: Kept, parent, step, path, **changes) -> RunEnded:
    plan = dataclasses.replace(PLAN, **changes)
    with Recording(parent) as recording, Recorder.create(path) as recorder:
        return kept.session.branch(recording, step, plan, recorder)


def said(kept: Kept) -> str:
    return "\n".join(e.text for e in kept.events if isinstance(e, LogLine))


def masks_of(path) -> dict[int, str]:
    with Recording(path) as recording:
        return {s: child.digest(recording.masks_at(s)) for s in recording.steps}


@pytest.mark.parametrize("case", [(1, True), (20, True), (59, False)])
def test_the_same_plan_gives_the_run_again(
    case, kept, parent, tmp_path, monkeypatch
) -> None:
    """To the bit, whether states were kept on the way or all is trained again."""
    path, weights = parent
    step, whole = case
    if not whole:
        monkeypatch.setattr(Recording, "checkpoint_before", lambda *_: None)
    ended = branch(kept, path, step, tmp_path / "b.run")
    assert (ended.step, ended.stopped) == (64, False)
    assert kept.weights() == weights
    assert masks_of(tmp_path / "b.run") == masks_of(path)
    words = said(kept)
    assert f"Branched from step {step} of parent.run." in words
    if not whole:
        assert f"Steps 1 to {step} were trained again from the start" in words
        assert ("all masks on the way equal" in words) == (step >= 20)


def test_another_plan_reaches_its_own_target_and_tells_the_whole_story(
    kept, parent, tmp_path
) -> None:
    path, _ = parent
    before, place = path.read_bytes(), tmp_path / "b.run"
    changes = {
        "final_sparsity": 0.9,
        "end_step": 90,
        "frequency": 15,
        "epochs": 3,
        "learning_rate": 3e-4,
    }
    ended = branch(kept, path, 33, place, **changes)
    assert ended.step == 96
    for weight in ended.weights:
        assert weight.zeros / weight.size == pytest.approx(0.9, abs=0.01)
    assert path.read_bytes() == before
    (started,) = (e for e in kept.events if isinstance(e, RunStarted))
    assert (started.branched_from, started.branched_at) == (str(path.absolute()), 33)
    with Recording(place) as recording, Recording(path) as old:
        header = recording.header
        assert header.parent.recording == path.absolute()
        assert header.parent.run_id == old.header.run_id != ""
        assert header.parent.step == 33
        assert header.run_id not in ("", old.header.run_id)
        assert header.plan.learning_rate == 3e-4
        # The steps of the parent up to 33, then those of the new plan.
        assert recording.steps == (20, 45, 60, 75, 90)
        assert [u.step for u in recording.updates] == [20, 45, 60, 75, 90]
        assert recording.updates[0] == old.updates[0]
        assert recording.started.branched_at == 33
        same = recording.masks_at(20), old.masks_at(20)
        assert child.digest(same[0]) == child.digest(same[1])
        assert {at for at in old.looked_back if at < 33} <= {*recording.looked_back}
        last = recording.weights_at_checkpoint(96)
        for name, mask in recording.masks_at(96).items():
            assert not last[name][~mask].any()
        replay = Replay(recording)
        assert replay.at(25).sparsity == Replay(old).at(25).sparsity
        assert replay.values("hidden/kernel", 33).since == 33
        rate = recording.checkpoint().state["optimizer/1"]
        assert rate == np.float32(3e-4)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"layers": ("hidden",), "optimizer": "sgd"}, "any more under this plan: conv"),
        ({"criterion": "movement", "seed": 8}, ""),
        ({"final_sparsity": 0.2, "power": 1.0}, "fewer than the"),
    ],
)
def test_every_kind_of_plan_can_follow(changes, words, kept, parent, tmp_path) -> None:
    ended = branch(kept, parent[0], 33, tmp_path / "b.run", **changes)
    target = changes.get("final_sparsity", 0.75)
    for weight in ended.weights:
        assert weight.zeros / weight.size == pytest.approx(target, abs=0.02)
    assert words in said(kept)
    assert ("The optimizer begins anew" in said(kept)) == ("optimizer" in changes)
    plan = dataclasses.replace(PLAN, **changes)
    with Recording(tmp_path / "b.run") as recording:
        assert recording.plan == plan
        pruned = {path for path, _ in recording.header.pruned}
        assert set(recording.masks_at(20)) == pruned
        assert recording.updates[-1].step >= 50


def test_a_weight_that_comes_to_be_pruned_begins_unmasked(
    kept, inputs, tmp_path
) -> None:
    one, both = tmp_path / "one.run", tmp_path / "both.run"
    plan = dataclasses.replace(PLAN, layers=("hidden",))
    with Recorder.create(one) as recorder:
        kept.session.run(plan, kept.data, recorder)
    branch(kept, one, 30, both)
    with Recording(both) as recording, Recording(one) as old:
        assert set(old.masks_at(20)) < set(recording.masks_at(20))
        kernel = old.masks_at(20)["hidden/kernel"]
        masks = recording.masks_at(30)
        assert np.array_equal(masks.pop("hidden/kernel"), kernel)
        assert all(mask.all() for mask in masks.values())
        final = recording.masks_at(64).values()
        assert all(m.mean() == pytest.approx(0.25, abs=0.02) for m in final)


def test_a_branch_that_is_killed_goes_on(kept, parent, inputs, tmp_path) -> None:
    """From the state it began with, where no checkpoint was written yet."""
    whole, path = tmp_path / "whole.run", tmp_path / "b.run"
    branch(kept, parent[0], 33, whole, frequency=10, final_sparsity=0.9)
    weights = kept.weights()
    other = Kept(inputs)
    with Recording(parent[0]) as recording:
        recorder = Recorder.create(path)
        recorder.wants_checkpoint = lambda: False
        plan = dataclasses.replace(PLAN, frequency=10, final_sparsity=0.9)
        other.during = lambda step: recorder._writer.close() if step == 45 else None
        with pytest.raises(ValueError, match="closed"):
            other.session.branch(recording, 33, plan, recorder)
    with Recording(path) as recording:
        assert recording.outcome == "interrupted"
        assert recording.checkpoint_step == 33
    third = Kept(inputs)
    with Recorder.continuing(path) as recorder:
        ended = third.session.resume(recorder.recording, recorder)
    assert ended.step == 64
    assert third.weights() == weights
    assert masks_of(path) == masks_of(whole)
    with Recording(path) as recording:
        assert [u.step for u in recording.updates] == [20, 40, 50, 60]
        starts = [e for e in recording.events() if isinstance(e, RunStarted)]
        assert len(starts) == 1
        assert starts[0].branched_at == 33
        assert recording.outcome == "finished"


def test_a_branch_can_be_branched_but_not_before_it_began(
    kept, parent, tmp_path
) -> None:
    first, second = tmp_path / "first.run", tmp_path / "second.run"
    branch(kept, parent[0], 33, first, final_sparsity=0.9)
    with pytest.raises(PlanError, match=r"from 33 to 64: before, .*parent\.run"):
        branch(kept, first, 20, second)
    branch(kept, first, 33, second)
    assert masks_of(second) == masks_of(parent[0])


def test_a_run_through_tfmot_branches_too(kept, tmp_path) -> None:
    tf_keras, _ = import_legacy()
    layers = tf_keras.layers
    model = tf_keras.Sequential(
        [
            tf_keras.Input((8, 8, 1)),
            layers.Flatten(),
            layers.Dense(24, activation="relu", name="hidden"),
            layers.Dropout(0.3),
            layers.Dense(4, activation="softmax"),
        ]
    )
    old, path = tmp_path / "old.h5", tmp_path / "a.run"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tf_keras advises against .h5
        model.save(old)
    kept.session.open(old)
    with Recorder.create(path) as recorder:
        plan = dataclasses.replace(PLAN, engine="tfmot")
        kept.session.run(plan, kept.data, recorder)
    weights = kept.weights()
    branch(kept, path, 33, tmp_path / "same.run", engine="tfmot")
    assert kept.weights() == weights
    assert masks_of(tmp_path / "same.run") == masks_of(path)
    changes = {"layers": ("hidden",), "final_sparsity": 0.9, "engine": "tfmot"}
    ended = branch(kept, path, 33, tmp_path / "other.run", **changes)
    assert ended.weights[0].zeros / ended.weights[0].size == pytest.approx(
        0.9, abs=0.01
    )
    assert "The optimizer begins anew" in said(kept)
    with pytest.raises(PlanError, match="Engine is 'native'; it must be 'tfmot'"):
        branch(kept, path, 33, tmp_path / "no.run", engine="native")


def test_other_things_than_the_runs_own_are_refused(
    kept, parent, inputs, tmp_path
) -> None:
    path, _ = parent
    place = tmp_path / "b.run"
    other = tmp_path / "other.keras"
    shutil.copy(inputs / child.MODEL, other)
    other.write_bytes(other.read_bytes() + b"\0")
    data = dataclasses.replace(kept.data, x_train=kept.data.x_train[:, :4])
    with Recording(path) as recording:
        with pytest.raises(ModelError, match="is not the file the run began with"):
            kept.session.branch(recording, 33, PLAN, model=other)
        with pytest.raises(DataError, match="does not hold the data"):
            kept.session.branch(recording, 33, PLAN, data=data)
    with pytest.raises(PlanError, match="Epochs is 1, which is 32 steps; it must be"):
        branch(kept, path, 33, place, epochs=1)
    with pytest.raises(PlanError, match="Frequency is 40; it must be so small"):
        branch(kept, path, 41, place, frequency=40)
    assert not place.exists()


def test_stopping_while_it_is_trained_again(
    kept, parent, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr(Recording, "checkpoint_before", lambda *_: None)
    emit = kept.session._emit

    def stop(event) -> None:
        emit(event)
        if isinstance(event, Preparing) and (event.fraction or 0) > 0.3:
            kept.control.stop()

    kept.session._emit = stop
    with pytest.raises(Cancelled):
        branch(kept, parent[0], 33, tmp_path / "b.run")
    assert not (tmp_path / "b.run").exists()
    assert not any(isinstance(e, MaskUpdated) for e in kept.events)
