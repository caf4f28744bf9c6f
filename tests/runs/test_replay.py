"""Any step of a recording shows what was so at that step."""

from pathlib import Path

import numpy as np
import pytest

from pruneview.runs import Recorder, Recording, Replay
from tests.runs.writing import SHAPES, ImaginedRun, record


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> tuple[Path, ImaginedRun, dict[int, dict]]:
    """A recording with weights kept now and then, and the true weights."""
    path = tmp_path_factory.mktemp("replay") / "a.pruneview-run"
    true: dict[int, dict] = {}
    with Recorder.create(path) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        for step in range(10, 101, 10):
            run.update(step)
            true[step] = dict(run.weights)
            if step in (30, 70):
                recorder.checkpoint(lambda step=step: run.checkpoint(step))
        run.end(100)
    return path, run, true


def test_masks_and_figures_at_any_step_in_any_order(told) -> None:
    path, run, _ = told
    with Recording(path) as recording:
        replay = Replay(recording)
        assert replay.stops == tuple(range(0, 101, 10))
        order = np.random.default_rng(0).permutation(120).tolist()
        for step in order:
            moment = replay.at(step)
            last = min(step, 100) // 10 * 10
            assert moment.step == min(step, 100)
            if last == 0:
                assert moment.mask_step is None
                assert moment.sparsity == 0
                assert moment.deflated_bytes == 9
                continue
            assert moment.mask_step == last
            zeros = {p: int((~m).sum()) for p, m in run.masks[last].items()}
            assert {w.path: w.zeros for w in moment.weights} == zeros
            size = sum(np.prod(shape) for _, shape in SHAPES)
            assert moment.sparsity == sum(zeros.values()) / size
            assert moment.target_sparsity == last / 110
            for weight in run.masks[last]:
                assert np.array_equal(moment.masks[weight], run.masks[last][weight])


def test_values_are_never_later_ones_and_zero_exactly_where_the_mask_says(
    told,
) -> None:
    path, run, true = told
    with Recording(path) as recording:
        replay = Replay(recording)
        for step, since in ((30, 30), (45, 30), (69, 30), (70, 70), (100, 70)):
            for weight, _ in SHAPES:
                values = replay.values(weight, step)
                mask = run.masks[step // 10 * 10][weight]
                assert values.since == since
                assert np.array_equal(values.array != 0, mask)
                expected = np.where(mask, true[since][weight], 0)
                assert np.array_equal(values.array, expected)


def test_before_any_weights_were_kept_the_baseline_is_shown(told) -> None:
    path, run, _ = told
    with Recording(path) as recording:
        with pytest.raises(KeyError):
            Replay(recording).values("a/kernel", 20)
        ones = {weight: np.ones(shape, np.float32) for weight, shape in SHAPES}
        values = Replay(recording, ones.__getitem__).values("a/kernel", 20)
        assert values.since == 0
        assert np.array_equal(values.array == 1, run.masks[20]["a/kernel"])
        other = Replay(recording, lambda _path: np.ones(3))
        with pytest.raises(KeyError):
            other.values("a/kernel", 20)


def test_events_up_to_a_step(told) -> None:
    path, _, _ = told
    with Recording(path) as recording:
        replay = Replay(recording)
        assert len(replay.events_until(0)) == 1
        assert len(replay.events_until(25)) == 1 + 2 * 3
        assert replay.events_until(100)[-1] is replay.ended


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_run_that_was_killed_can_be_looked_through(told, tmp_path, share) -> None:
    path, run, _ = told
    whole = path.read_bytes()
    cut = tmp_path / "killed.run"
    cut.write_bytes(whole[: int(len(whole) * share)])
    with Recording(cut) as recording:
        replay = Replay(recording)
        assert replay.ended is None
        for step in range(0, 101, 5):
            moment = replay.at(step)
            if moment.mask_step is not None:
                kept = run.masks[moment.mask_step]
                for weight, mask in moment.masks.items():
                    assert np.array_equal(mask, kept[weight])


def test_a_run_that_goes_on_can_be_looked_back_at(tmp_path) -> None:
    path = tmp_path / "a.run"
    with Recorder.create(path) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        assert recorder.wants_checkpoint(), "looking back begins with the run"
        with Recording(path) as recording:
            replay = Replay(recording)
            assert replay.last_step == 0
            assert replay.steps == 100
            for step in range(10, 101, 10):
                run.update(step)
                recorder.checkpoint(lambda step=step: run.checkpoint(step))
                assert replay.refresh()
                assert replay.last_step == step
                values = replay.values("a/kernel", step)
                assert values.since == step
                assert np.array_equal(values.array, run.weights["a/kernel"])
                earlier = replay.at(step - 5)
                assert earlier.mask_step == (step - 10 or None)
            assert not replay.refresh()


def test_a_whole_run_in_one_go(tmp_path) -> None:
    path = tmp_path / "a.run"
    record(path, steps=500)
    with Recording(path) as recording:
        replay = Replay(recording)
        played = [replay.at(step).mask_step for step in replay.stops]
        assert played == [None, *range(10, 501, 10)]
