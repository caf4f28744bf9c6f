"""The training thread records a run and goes on with it."""

import dataclasses
from pathlib import Path

import pytest

from pruneview.pruning.demo import DEMO_DATA, demo_model
from pruneview.pruning.events import Failed, RunEnded, StepDone
from pruneview.runs import Recording
from pruneview.workers.command import Branch
from tests.workers.test_training_worker import LONG, SHORT, Driver, fresh, shared

__all__ = ["fresh", "shared"]

pytestmark = pytest.mark.tensorflow


def test_a_recorded_run_is_stopped_and_goes_on(fresh: Driver, tmp_path: Path) -> None:
    path = tmp_path / "a.pruneview-run"
    fresh.worker.open(demo_model())
    fresh.worker.run(LONG, DEMO_DATA, path)
    fresh.until_seen(StepDone)
    with Recording(path) as recording:
        assert recording.outcome == "interrupted"
    fresh.worker.stop()
    fresh.until_seen(RunEnded)
    fresh.until_idle()
    (first,) = fresh.of(RunEnded)
    with Recording(path) as recording:
        assert recording.outcome == "stopped"
        assert recording.checkpoint_step == first.step > 0
    seen = len(fresh.of(StepDone))
    fresh.worker.resume_recording(path)
    fresh.until(lambda: len(fresh.of(StepDone)) > seen)
    fresh.worker.stop()
    fresh.until_seen(RunEnded, 2)
    assert fresh.of(RunEnded)[1].step > first.step
    assert fresh.of(Failed) == []


def test_a_place_that_is_taken_is_said_and_nothing_runs(
    fresh: Driver, tmp_path: Path
) -> None:
    path = tmp_path / "precious"
    path.write_text("precious")
    fresh.worker.open(demo_model())
    fresh.worker.run(SHORT, DEMO_DATA, path)
    fresh.until_seen(Failed)
    fresh.worker.resume_recording(path)
    fresh.until_seen(Failed, 2)
    taken, odd = (failed.sentence for failed in fresh.of(Failed))
    assert taken == f"{path} exists. Name another file for the recording."
    assert odd == "precious is not a recording of a run."
    assert path.read_text() == "precious"
    assert fresh.of(RunEnded) == []


def test_a_branch_goes_on_from_a_step_and_one_that_cannot_is_said(
    fresh: Driver, tmp_path: Path
) -> None:
    path, branched = tmp_path / "a.pruneview-run", tmp_path / "b.pruneview-run"
    fresh.worker.open(demo_model())
    fresh.worker.run(SHORT, DEMO_DATA, path)
    fresh.until_seen(RunEnded)
    fresh.until_idle()
    (first,) = fresh.of(RunEnded)
    longer = dataclasses.replace(
        SHORT, epochs=2 * SHORT.epochs, end_step=first.step + 9
    )
    last = first.step
    fresh.worker.resume_recording(path, branch=Branch(last + 1, longer, branched))
    fresh.until_seen(Failed)
    (failed,) = fresh.of(Failed)
    assert f"must be from 1 to {last}, the last" in failed.sentence
    assert not branched.exists()
    fresh.worker.resume_recording(path, branch=Branch(last, longer, branched))
    fresh.until_seen(RunEnded, 2)
    assert fresh.of(RunEnded)[1].step == 2 * last
    with Recording(branched) as recording:
        assert recording.header.parent is not None
        assert recording.header.parent.step == last
        assert recording.outcome == "finished"
