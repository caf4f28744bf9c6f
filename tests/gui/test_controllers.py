"""The controllers without a window: what they ask for, and what they leave alone."""

import time
from unittest.mock import MagicMock

import h5py
import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.gui.controllers.document import DocumentController
from pruneview.gui.controllers.document_view import DocumentView
from pruneview.gui.controllers.run import RunController
from pruneview.gui.controllers.run_view import RunView
from pruneview.gui.controllers.state import Phase
from pruneview.pruning.data import DataSpec
from pruneview.pruning.demo import demo_model
from pruneview.pruning.events import (
    Failed,
    Paused,
    Preparing,
    RunCancelled,
    StepDone,
)
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.live import FrameRenderer, ViewRequest
from pruneview.sparsity.pictures.picture import Region, render, whole
from pruneview.workers.mailbox import EventQueue
from pruneview.workers.reader_pool import Answer, ReaderPool
from pruneview.workers.training_worker import TrainingWorker


@pytest.fixture
def pool():
    pool = ReaderPool(threads=2)
    yield pool
    pool.close()


@pytest.fixture
def live():
    return MagicMock(side_effect=lambda request: request is not None)


@pytest.fixture
def document(pool, live):
    controller = DocumentController(pool, MagicMock(spec=DocumentView), live)
    yield controller
    controller.stop()
    pool.close()
    controller.close()


def answer_all(document, pool, until):
    deadline = time.monotonic() + 10
    while not until():
        assert time.monotonic() < deadline
        for answer in pool.drain():
            document.handle(answer)
        time.sleep(0.002)


def open_demo(document, pool):
    document.open(demo_model())
    answer_all(document, pool, lambda: document.model is not None)


def see_all(document, down=2000, across=2000):
    document.view_changed(whole(canvas_for(document.weight.shape)), down, across)


def test_a_picture_comes_once_the_view_is_known(document, pool):
    open_demo(document, pool)
    see_all(document)
    view = document._view
    answer_all(document, pool, lambda: view.show_picture.called)

    picture, value_at, histogram, births = view.show_picture.call_args.args
    assert picture.codes.shape == (1024, 144)
    assert histogram.size == 1024 * 144
    expected = document.model.weight("dense/kernel").read()[3, 4]
    assert value_at((3, 4)) == pytest.approx(expected)
    assert births == ()


def test_the_same_view_is_not_drawn_twice(document, pool):
    open_demo(document, pool)
    see_all(document)
    answer_all(document, pool, lambda: document._view.show_picture.called)
    before = document._request
    document.view_changed(Region(10, 900, 5, 100), 2000, 2000)

    assert document._request is before


def test_only_what_is_in_view_of_a_large_weight_is_drawn(document, pool):
    open_demo(document, pool)
    weight = MagicMock(path="large", shape=(4096, 4096), nbytes=64)
    weight.read.return_value = np.ones((4096, 4096), np.float32)
    document.select(weight)
    document.view_changed(Region(1000, 1400, 2000, 2500), 800, 1000)

    region = document._request.region
    assert region == Region(800, 1600, 1750, 2750)


def large_file(tmp_path):
    """A 2048 x 8192 matrix, larger than what is held in memory, as Keras stores it."""
    path = tmp_path / "large.h5"
    rng = np.random.default_rng(0)
    values = rng.normal(size=(2048, 8192)).astype(np.float32)
    values[np.abs(values) < 0.5] = 0
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"dense"]
        group = file.create_group("dense")
        group.attrs["weight_names"] = [b"dense/kernel:0"]
        group["dense/kernel:0"] = values
    return path, values


def test_a_large_matrix_is_coarse_first_and_then_exact(document, pool, tmp_path):
    path, values = large_file(tmp_path)
    document.open(path)
    answer_all(document, pool, lambda: document.model is not None)
    see_all(document, 500, 700)
    view = document._view
    answer_all(document, pool, lambda: view.show_histogram.called)

    def is_exact():
        shown = view.show_picture
        return shown.called and not shown.call_args.args[0].coarse

    answer_all(document, pool, is_exact)

    shown = [call.args[0] for call in view.show_picture.call_args_list]
    assert shown[0].coarse
    canvas = canvas_for(values.shape)
    expected = render(
        values, canvas, whole(canvas), block=shown[-1].block, limit=shown[-1].limit
    )
    np.testing.assert_array_equal(shown[-1].codes, expected.codes)
    histogram = view.show_histogram.call_args.args[0]
    assert histogram.zeros == np.count_nonzero(values == 0)
    assert view.show_picture.call_args.args[1]((7, 9)) == values[7, 9]
    at, below, exact = document._contents.planned_threshold(0.8)
    assert not exact
    assert np.mean(np.abs(values) < at) == pytest.approx(below, abs=0.02)


def test_statistics_of_all_weights_are_reported(document, pool):
    open_demo(document, pool)
    see_all(document)
    view = document._view
    answer_all(document, pool, lambda: view.show_totals.called)
    assert view.show_picture.called

    statistics, deflated = {}, {}
    for call in view.show_numbers.call_args_list:
        (path,), numbers = call.args, call.kwargs
        if numbers["statistics"] is not None:
            statistics[path] = numbers["statistics"]
        if numbers["deflated"] is not None:
            deflated[path] = numbers["deflated"]
    weights = {w.path: w for layer in document.model.layers for w in layer.weights}
    assert statistics.keys() == deflated.keys() == weights.keys()
    for path, found in statistics.items():
        assert found.zeros == np.count_nonzero(weights[path].read() == 0)


def test_a_failure_to_open_leaves_the_model_that_was(document, pool, tmp_path):
    open_demo(document, pool)
    model = document.model
    document.open(tmp_path / "absent.keras")
    answer_all(document, pool, lambda: document._view.show_error.called)

    assert document.model is model
    sentence = document._view.show_error.call_args.args[0]
    assert "absent.keras" in sentence


def test_a_weight_that_cannot_be_read_says_so_and_the_rest_stays(document, pool):
    open_demo(document, pool)
    broken = MagicMock(path="broken", shape=(4, 4), nbytes=64)
    broken.read.side_effect = OSError("cut off")
    document.select(broken)
    answer_all(document, pool, lambda: document._view.show_no_weight.called)

    assert document.model is not None
    document.select(document.model.weight("conv_1/kernel"))
    see_all(document)
    answer_all(document, pool, lambda: document._view.show_picture.called)


def frame_of(path, shape=(1024, 144)):
    return FrameRenderer(ViewRequest(path)).render(np.ones(shape, np.float32), 5)


def test_live_pictures_of_another_weight_are_left_alone(document, pool):
    open_demo(document, pool)
    document.follow_run(on=True)
    see_all(document)

    assert not document.show_frame(frame_of("conv_1/kernel"))
    assert document.show_frame(frame_of("dense/kernel"))


def test_during_a_run_pictures_are_asked_of_the_training_thread(document, pool, live):
    open_demo(document, pool)
    document.follow_run(on=True)
    document.select(document.model.weight("digit/kernel"))
    see_all(document)

    assert live.call_args.args[0].weight_path == "digit/kernel"


def test_opening_another_model_ends_the_live_view(document, pool, live):
    open_demo(document, pool)
    document.follow_run(on=True)
    document.handle(Answer("open", 99, open_model(demo_model())))

    assert live.call_args.args == (None,)
    assert not document.show_frame(frame_of("dense/kernel"))


@pytest.fixture
def run():
    worker = MagicMock(spec=TrainingWorker)
    worker.events = EventQueue()
    controller = RunController(worker, MagicMock(spec=RunView))
    controller.model_changed(demo_model())
    controller.worker = worker
    return controller


def tell(run, *events):
    for event in events:
        run.worker.events.put(event)
    run.poll()


def start(run):
    run.run(PruningPlan(), DataSpec("demo"))


def test_run_opens_the_model_first_and_only_once(run):
    start(run)
    tell(run, RunCancelled())
    start(run)

    assert [call[0] for call in run.worker.method_calls] == ["open", "run", "run"]


def test_a_run_begins_from_what_was_pruned_in_memory(run):
    pruned = {"dense/kernel": 0.1}
    run.one_shot = lambda: pruned
    start(run)
    tell(run, RunCancelled())
    start(run)
    tell(run, RunCancelled())
    run.one_shot = dict  # taken back
    start(run)

    asked = [call for call in run.worker.method_calls if call[0] != "open"]
    assert [call[0] for call in asked] == [
        "start_from",
        "run",
        "run",
        "start_from",
        "run",
    ]
    assert asked[0].args == (pruned,)
    assert asked[3].args == ({},)


def test_a_run_under_way_cannot_be_started_again(run):
    start(run)
    start(run)

    assert run.worker.run.call_count == 1


def test_preparing_comes_too_late_once_a_run_was_asked_for(run):
    start(run)
    run.prepare(PruningPlan(), DataSpec("demo"))

    assert not run.worker.prepare.called


def test_steps_that_come_after_stop_do_not_undo_it(run):
    start(run)
    run.stop()
    tell(run, Paused(3), StepDone(4, 0.1, 0.1, 0.5, 100.0))

    assert run.phase is Phase.STOPPING
    tell(run, RunCancelled())
    assert run.phase is Phase.IDLE


def test_what_is_waited_for_is_shown(run):
    start(run)
    tell(run, Preparing("Importing TensorFlow"))

    run._view.show_stage.assert_called_with("Importing TensorFlow", None)


def test_a_model_that_cannot_be_built_is_told_once_and_built_again_next_time(run):
    start(run)
    tell(run, Failed("prepare", "It holds code."), Failed("run", "No model is open."))

    assert run._view.show_error.call_args_list[0].args[0] == "It holds code."
    assert run._view.show_error.call_count == 1
    start(run)
    assert run.worker.open.call_count == 2
