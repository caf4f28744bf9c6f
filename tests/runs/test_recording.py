"""What was recorded comes back: masks at any step, events, weights, the state."""

import dataclasses
import json
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest

from pruneview.pruning.events import (
    Failed,
    LogLine,
    MaskUpdated,
    RunEnded,
    RunStarted,
    StepDone,
)
from pruneview.runs import Recorder, Recording, is_recording
from pruneview.runs.container.arrays import pack_arrays, unpack_arrays
from pruneview.runs.event_codec import decode_event, encode_event
from tests.runs.writing import HEADER, PLAN, SHAPES, ImaginedRun, record


def joined(parts: list[memoryview]) -> memoryview:
    return memoryview(b"".join(parts))


def same_masks(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(
        np.array_equal(one[path], other[path]) for path in one
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> tuple[Path, ImaginedRun]:
    """A recording of 200 mask updates, far apart enough for several whole masks."""
    path = tmp_path_factory.mktemp("runs") / "a.pruneview-run"
    return path, record(path, steps=2000)


def test_what_the_run_is_made_of(finished) -> None:
    path, _ = finished
    assert is_recording(path)
    assert not is_recording(path.with_name("none"))
    with Recording(path) as recording:
        assert recording.header == HEADER
        assert recording.plan == PLAN
        assert recording.outcome == "finished"
        assert recording.torn_bytes == 0


def test_masks_at_any_step_forwards_backwards_and_by_chance(finished) -> None:
    path, run = finished
    forwards = list(range(2005))
    chance = np.random.default_rng(0).permutation(2005).tolist()
    for order in (forwards, forwards[::-1], chance[:500]):
        with Recording(path) as recording:
            assert recording.steps == tuple(run.masks)
            for step in order:
                masks = recording.masks_at(step)
                if step < 10:
                    assert all(mask.all() for mask in masks.values())
                    assert {p: m.shape for p, m in masks.items()} == dict(SHAPES)
                else:
                    assert same_masks(masks, run.masks[step // 10 * 10]), step


def test_events_come_back_in_order(finished) -> None:
    path, _ = finished
    with Recording(path) as recording:
        events = recording.events()
        kinds = [type(event) for event in events]
        assert kinds[:4] == [RunStarted, StepDone, MaskUpdated, LogLine]
        assert kinds[-1] is RunEnded
        assert kinds.count(MaskUpdated) == 200 == len(recording.updates)
        assert recording.started == events[0]
        assert recording.ended == events[-1]
        assert isinstance(events[1], StepDone)
        assert np.isnan(events[1].loss)
        assert recording.last_step == 2000
        assert recording.failure is None


def test_events_of_later_versions_are_passed_over() -> None:
    event = Failed("run", "Too bad.", "trace")
    fields = json.loads(encode_event(event))
    assert decode_event(json.dumps(fields | {"added_later": 1}).encode()) == event
    assert decode_event(b'{"event": "of_a_later_version"}') is None
    for wrong in (
        b"[]",
        b"{",
        b'{"event": "paused", "step": "x"}',
        b'{"event":"paused"}',
    ):
        with pytest.raises(ValueError, match=r"."):
            decode_event(wrong)


def test_the_last_checkpoint_and_weights_to_look_back_at(tmp_path) -> None:
    path = tmp_path / "a.run"
    weights = {}
    with Recorder.create(path) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        for step in range(10, 101, 10):
            run.update(step)
            made = run.checkpoint(step)
            recorder.checkpoint(lambda made=made: made)
            weights[step] = made.weights()
    with Recording(path) as recording:
        state = recording.checkpoint()
        assert state is not None
        assert (state.completed, state.masked) == (99, True)
        assert state.seconds == 10.0
        assert state.state.keys() == made.state.keys()
        for name, array in made.state.items():
            assert state.state[name].dtype == array.dtype
            assert np.array_equal(state.state[name], array)
        assert len(recording.checkpoints) == 10
        for step in recording.checkpoints:
            kept = recording.weights_at_checkpoint(step)
            assert same_masks(kept, weights[step])
        with pytest.raises(KeyError):
            recording.weights_at_checkpoint(11)


def test_checkpoints_do_not_make_the_file_grow(tmp_path) -> None:
    path = tmp_path / "a.run"
    with Recorder.create(path) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        run.update(10)
        sizes = []
        for _ in range(40):
            recorder.checkpoint(lambda: run.checkpoint(10))
            sizes.append(path.stat().st_size)
    assert len(set(sizes[1:])) == 1
    assert sizes[1] > sizes[0]


def test_a_reader_follows_a_run_that_is_going_on(tmp_path) -> None:
    path = tmp_path / "a.run"
    with Recorder.create(path) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        with Recording(path) as recording:
            assert recording.outcome == "interrupted"
            assert not recording.refresh()
            for step in range(10, 400, 10):
                run.update(step)
                assert recording.refresh()
                assert recording.steps[-1] == step
                assert same_masks(recording.masks_at(step), run.masks[step])


def test_opening_without_the_index_gives_the_same(finished, tmp_path) -> None:
    path, _ = finished
    copy = tmp_path / "cut.run"
    copy.write_bytes(path.read_bytes()[:-1])
    with Recording(path) as whole, Recording(copy) as cut:
        assert cut.steps == whole.steps
        assert list(map(repr, cut.events())) == list(map(repr, whole.events()))
        assert cut.torn_bytes > 0
        assert same_masks(cut.masks_at(1234), whole.masks_at(1234))


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float32).reshape(2, 3),
        np.arange(6, dtype=">f8"),
        np.float32(3.5),
        np.array([[True], [False]]),
        np.zeros((0, 4), np.int64),
        np.arange(8, dtype=np.uint32).reshape(2, 4).T,
        np.array([1.5, -2], ml_dtypes.bfloat16),
        np.array([1.5, -2], ml_dtypes.float8_e4m3fn),
        np.array([True] * 9 + [False]),
    ],
)
def test_arrays_come_back_to_the_bit(array) -> None:
    packed = joined(pack_arrays({"a": np.asarray(array), "b": np.ones(3)}, {"n": 1}))
    arrays, facts = unpack_arrays(packed)
    assert facts == {"n": 1}
    assert arrays["a"].shape == array.shape
    assert arrays["a"].dtype == array.dtype.newbyteorder("=")
    assert np.array_equal(arrays["a"], array)
    assert np.array_equal(arrays["b"], np.ones(3))


def test_a_model_without_values_that_are_numbers_is_not_kept(tmp_path) -> None:
    """The last good state is worth more than the latest."""
    path = tmp_path / "a.run"
    with Recorder.create(path) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        run.update(10)
        recorder.checkpoint(lambda: run.checkpoint(10))
        run.weights["a/kernel"][0, 0] = np.nan
        recorder.checkpoint(lambda: run.checkpoint(20))
        run.weights["a/kernel"][0, 0] = np.inf
        recorder.checkpoint(lambda: run.checkpoint(30))
    with Recording(path) as recording:
        assert recording.checkpoint_step == 10


def test_the_plan_is_kept_field_by_field(tmp_path) -> None:
    plan = dataclasses.replace(PLAN, layers=("a",), schedule="constant", end_step=-1)
    header = dataclasses.replace(HEADER, plan=plan, data=None)
    path = tmp_path / "a.run"
    with Recorder.create(path) as recorder:
        recorder.begin(lambda: header)
    with Recording(path) as recording:
        assert recording.header == header
