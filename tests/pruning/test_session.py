"""Runs from beginning to end on a small model."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning.data import DataSet
from pruneview.pruning.events import (
    EngineReady,
    LogLine,
    MaskUpdated,
    Paused,
    Resumed,
    RunEnded,
    RunStarted,
    StepDone,
)
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.sparsity.masking.masks import kept_count
from pruneview.sparsity.sizing.sizes import deflated_size
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow

# 200 samples in batches of 20: 10 steps an epoch, 40 in all.
PLAN = PruningPlan(
    final_sparsity=0.75, end_step=30, frequency=10, epochs=4, batch_size=20, seed=7
)


def masks(recorder: Recorder) -> dict[str, np.ndarray]:
    session = recorder.session
    return {w.path: session.values(w.path) != 0 for w in session.weights if w.prunable}


def test_weights_go_by_the_paths_of_the_file(
    opened: Recorder, small_model: Path
) -> None:
    with open_model(small_model) as file:
        in_file = {w.path: w for layer in file.layers for w in layer.weights}
        assert {w.path for w in opened.session.weights} == set(in_file)
        assert "inner/first/kernel" in in_file
        for weight in opened.session.weights:
            assert weight.prunable == in_file[weight.path].prunable
            values = opened.session.values(weight.path)
            assert np.array_equal(values, in_file[weight.path].read())


def test_a_run_prunes_to_the_target_and_counts_zeros(
    opened: Recorder, blobs: DataSet
) -> None:
    ended = opened.session.run(PLAN, blobs)
    assert opened.of(RunEnded) == [ended]
    assert (ended.step, ended.stopped) == (40, False)
    assert ended.raw_bytes == sum(4 * np.prod(w.shape) for w in opened.session.weights)
    assert ended.baseline.samples == ended.final.samples == len(blobs.x_test)
    assert ended.deflated_bytes < ended.baseline_deflated_bytes
    assert "zlib level 6" in ended.compressor
    pruned = {w.path for w in opened.session.weights if w.prunable}
    assert {w.path for w in ended.weights} == pruned
    for weight in ended.weights:
        values = opened.session.values(weight.path)
        zeros = values == 0
        assert (
            weight.zeros == zeros.sum() == values.size - kept_count(values.size, 0.75)
        )
        assert not np.signbit(values[zeros]).any()
        assert np.abs(values[~zeros]).min() > 0
        assert opened.session.threshold_of(weight.path) == weight.threshold > 0
    assert all(w.zeros == 0 for w in ended.baseline_weights)


def test_events_come_in_order_and_each_mask_is_one_line(
    opened: Recorder, blobs: DataSet
) -> None:
    opened.session.run(PLAN, blobs)
    (started,) = opened.of(RunStarted)
    assert (started.steps, started.steps_per_epoch) == (40, 10)
    assert started.plan == PLAN.to_json()
    updates = opened.of(MaskUpdated)
    assert [u.step for u in updates] == [10, 20, 30]
    assert all(u.baseline_deflated_bytes == started.deflated_bytes for u in updates)
    assert all(
        u.sparsity == pytest.approx(u.target_sparsity, abs=0.01) for u in updates
    )
    # The curve's baseline is measured on the same sample as its points.
    sample = started.held_out_baseline
    assert all(
        (u.evaluation.samples, u.evaluation.data) == (sample.samples, sample.data)
        for u in updates
    )
    arrays = {w.path: opened.session.values(w.path) for w in updates[-1].weights}
    ended = opened.of(RunEnded)[0]
    for weight in ended.weights:
        exact = deflated_size(arrays[weight.path], quick=False)
        assert weight.deflated_bytes == exact < 4 * weight.size
    assert sum(w.deflated_bytes for w in ended.weights) < ended.deflated_bytes
    for update in updates:
        line = opened.events[opened.events.index(update) + 1]
        assert isinstance(line, LogLine)
        assert line.text.startswith(f"Step {update.step}: sparsity ")
        assert " %, accuracy " in line.text
        assert "MB deflated (" in line.text
    assert opened.of(StepDone)[-1].step == 40
    assert isinstance(opened.events[-1], RunEnded)
    assert any("120 test samples" in e.text for e in opened.of(LogLine))
    # The mask is there before the batch of its step, and each step has a boundary.
    assert sorted(set(opened.steps)) == list(range(1, 41))
    assert opened.steps.count(10) == 2


def test_the_log_of_the_ramp_reads_5_25_and_50_percent(
    opened: Recorder, blobs: DataSet
) -> None:
    plan = PruningPlan(
        final_sparsity=0.5, end_step=1000, power=1, epochs=100, batch_size=20
    )
    opened.session.run(plan, blobs)
    lines = [e.text for e in opened.of(LogLine) if e.text.startswith("Step ")]
    assert len(lines) == 10
    for step, share in ((100, "5.0 %"), (500, "25.0 %"), (1000, "50.0 %")):
        (line,) = (text for text in lines if text.startswith(f"Step {step}:"))
        assert line.startswith(f"Step {step}: sparsity {share}, accuracy ")


def test_the_same_seed_gives_the_same_weights_and_another_does_not(
    small_model: Path, blobs: DataSet, keras: Any
) -> None:
    results = []
    for seed in (7, 7, 8):
        recorder = Recorder()
        recorder.session.open(small_model)
        recorder.session.run(PruningPlan(**{**vars(PLAN), "seed": seed}), blobs)
        results.append(recorder.session.values("inner/first/kernel"))
    assert np.array_equal(results[0], results[1])
    assert not np.array_equal(results[0], results[2])


def test_running_again_starts_from_the_baseline(
    opened: Recorder, blobs: DataSet
) -> None:
    first = opened.session.run(PLAN, blobs)
    before = masks(opened)
    opened.session.run(PruningPlan(**{**vars(PLAN), "seed": 1}), blobs)
    second = opened.session.run(PLAN, blobs)
    for path, mask in masks(opened).items():
        assert np.array_equal(mask, before[path]), path
    assert second.baseline == first.baseline
    assert second.final == first.final


def test_only_the_chosen_layers_are_pruned(opened: Recorder, blobs: DataSet) -> None:
    plan = PruningPlan(**{**vars(PLAN), "layers": ("inner/first",)})
    ended = opened.session.run(plan, blobs)
    assert [w.path for w in ended.weights] == ["inner/first/kernel"]
    assert (opened.session.values("classes/kernel") != 0).all()


def test_stop_keeps_the_masks_reached_so_far(opened: Recorder, blobs: DataSet) -> None:
    opened.during = lambda step: opened.control.stop() if step == 15 else None
    ended = opened.session.run(PLAN, blobs)
    assert (ended.step, ended.stopped) == (15, True)
    reached = opened.of(MaskUpdated)[-1]
    assert reached.step == 10
    assert [w.zeros for w in ended.weights] == [w.zeros for w in reached.weights]
    assert 0 < ended.sparsity < 0.75
    assert opened.session.predict(blobs.x_test).shape == (120, 3)


def test_pause_waits_and_resume_goes_on(opened: Recorder, blobs: DataSet) -> None:
    ticks = []

    def during(step: int) -> None:
        if step == 12 and not ticks:
            opened.control.pause()
            ticks.append("asked")
        elif opened.control.paused:
            ticks.append("waiting")
            if len(ticks) == 4:
                opened.control.resume()

    opened.during = during
    ended = opened.session.run(PLAN, blobs)
    assert [e.step for e in opened.of(Paused)] == [12]
    assert [e.step for e in opened.of(Resumed)] == [12]
    assert len(ticks) == 4
    assert ended.step == 40


def test_a_paused_run_can_be_stopped(opened: Recorder, blobs: DataSet) -> None:
    def during(step: int) -> None:
        if opened.control.paused:
            opened.control.stop()
        elif step == 12:
            opened.control.pause()

    opened.during = during
    ended = opened.session.run(PLAN, blobs)
    assert (ended.step, ended.stopped) == (12, True)
    assert opened.of(Resumed) == []


def test_an_autoencoder_is_measured_by_its_error(
    recorder: Recorder, linear_model: Path, mirrored: DataSet
) -> None:
    recorder.session.open(linear_model)
    ended = recorder.session.run(PLAN, mirrored)
    assert ended.final.metric == "mse"
    assert not ended.final.is_fraction
    x = mirrored.x_test
    error = np.mean((recorder.session.predict(x) - x) ** 2)
    assert ended.final.value == pytest.approx(error, rel=1e-4)
    lines = [e.text for e in recorder.of(LogLine) if e.text.startswith("Step ")]
    assert ", mse " in lines[0]


def test_one_hot_labels_take_the_dense_loss(opened: Recorder, blobs: DataSet) -> None:
    def one_hot(labels: np.ndarray) -> np.ndarray:
        return np.eye(3, dtype=np.float32)[labels]

    data = DataSet(
        "one hot",
        blobs.x_train,
        one_hot(blobs.y_train),
        blobs.x_test,
        one_hot(blobs.y_test),
    )
    ended = opened.session.run(PLAN, data)
    assert ended.final.metric == "accuracy"
    classes = opened.session.run(PLAN, blobs)
    assert ended.baseline.value == pytest.approx(classes.baseline.value)


def test_the_file_that_was_opened_is_not_touched(
    opened: Recorder, small_model: Path, blobs: DataSet
) -> None:
    before = hashlib.sha256(small_model.read_bytes()).hexdigest()
    opened.session.run(PLAN, blobs)
    assert hashlib.sha256(small_model.read_bytes()).hexdigest() == before


def test_ready_is_said_once(recorder: Recorder, small_model: Path) -> None:
    recorder.session.warm_up()
    recorder.session.open(small_model)
    (ready,) = recorder.of(EngineReady)
    assert ready.versions.keys() >= {"tensorflow", "keras"}


def test_a_run_does_not_need_the_file_again(
    recorder: Recorder, small_model: Path, blobs: DataSet, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.keras"
    copy.write_bytes(small_model.read_bytes())
    recorder.session.open(copy)
    copy.unlink()
    assert recorder.session.run(PLAN, blobs).step == 40
