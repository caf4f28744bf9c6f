"""The training thread, driven as a window drives it, without a window."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning.data import DataSpec
from pruneview.pruning.demo import DEMO_DATA, demo_model
from pruneview.pruning.events import (
    EngineReady,
    Event,
    Failed,
    MaskUpdated,
    Paused,
    Preparing,
    Resumed,
    RunCancelled,
    RunEnded,
    RunStarted,
    Saved,
)
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.gradient import Gradient
from pruneview.sparsity.pictures.live import LiveFrame, ViewRequest
from pruneview.sparsity.pictures.picture import FIRST_VALUE, render, whole
from pruneview.sparsity.pictures.thumbnail import ThumbnailWish
from pruneview.sparsity.pictures.tone import Quantity
from pruneview.workers.command import WorkerState
from pruneview.workers.training_worker import TrainingWorker

pytestmark = pytest.mark.tensorflow

SHORT = PruningPlan(end_step=40, frequency=10, epochs=2, batch_size=32)
LONG = PruningPlan(end_step=40, frequency=10, epochs=5000, batch_size=32)
PATIENCE = 60.0


class Driver:
    """Drains a worker as a window's timer does."""

    def __init__(self) -> None:
        self.worker = TrainingWorker()
        self.events: list[Event] = []
        self.frames: list[LiveFrame] = []

    def turn(self) -> None:
        self.events += self.worker.events.drain()
        frame = self.worker.frames.take()
        if frame is not None:
            self.frames.append(frame)

    def until(self, happened: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        pause = threading.Event()
        while not happened():
            assert time.monotonic() < end, self.events[-5:]
            pause.wait(0.005)
            self.turn()
        self.turn()

    def until_seen(self, kind: type, count: int = 1) -> None:
        self.until(lambda: len(self.of(kind)) >= count)

    def until_idle(self) -> None:
        self.until(lambda: not self.worker.busy)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def fresh() -> Iterator[Driver]:
    driver = Driver()
    driver.worker.start()
    yield driver
    assert driver.worker.close(PATIENCE)


@pytest.fixture(scope="module")
def shared() -> Iterator[Driver]:
    driver = Driver()
    driver.worker.start()
    driver.worker.open(demo_model())
    driver.until_idle()
    assert driver.of(Failed) == []
    yield driver
    assert driver.worker.close(PATIENCE)
    assert driver.worker.state is WorkerState.CLOSED


@pytest.fixture
def ready(shared: Driver) -> Iterator[Driver]:
    yield shared
    shared.worker.stop()
    shared.worker.set_view(None)
    shared.until_idle()
    shared.events.clear()
    shared.frames.clear()


def test_from_nothing_to_a_saved_model(fresh: Driver, tmp_path: Path) -> None:
    worker = fresh.worker
    worker.warm_up()
    worker.open(demo_model())
    worker.set_view(ViewRequest("dense/kernel"))
    worker.run(SHORT, DEMO_DATA)
    worker.save(tmp_path / "pruned.keras")
    assert worker.busy
    fresh.until_idle()
    assert fresh.of(Failed) == []
    order = [Preparing, EngineReady, RunStarted, MaskUpdated, RunEnded, Saved]
    first = [fresh.events.index(fresh.of(kind)[0]) for kind in order]
    assert first == sorted(first)
    last = fresh.frames[-1]
    with open_model(tmp_path / "pruned.keras") as file:
        values = file.weight("dense/kernel").read()
    zeros = {w.path: w.zeros for w in fresh.of(RunEnded)[0].weights}
    assert zeros["dense/kernel"] == (values == 0).sum() == round(values.size * 0.8)
    assert last.step == fresh.of(RunEnded)[0].step
    assert last.threshold > 0


def test_a_view_is_drawn_at_once_when_idle(ready: Driver) -> None:
    for path in ("conv_2/kernel", "dense/bias"):
        ready.frames.clear()
        ready.worker.set_view(ViewRequest(path))
        ready.until(lambda: ready.frames)
        assert ready.frames[0].request.weight_path == path


def test_an_unknown_weight_is_drawn_as_nothing(ready: Driver) -> None:
    ready.worker.set_view(ViewRequest("nowhere/kernel"))
    ready.worker.set_view(ViewRequest("digit/kernel"))
    ready.until(lambda: ready.frames)
    assert {f.request.weight_path for f in ready.frames} == {"digit/kernel"}
    assert ready.of(Failed) == []


def test_the_view_can_change_during_a_run_and_a_pause(ready: Driver) -> None:
    worker = ready.worker
    worker.set_view(ViewRequest("dense/kernel"))
    worker.run(LONG, DEMO_DATA)
    ready.until(lambda: any(f.threshold > 0 for f in ready.frames))
    worker.pause()
    ready.until_seen(Paused)
    assert worker.state is WorkerState.PAUSED
    worker.set_view(ViewRequest("conv_2/kernel"))
    ready.until(lambda: ready.frames[-1].request.weight_path == "conv_2/kernel")
    assert ready.frames[-1].step == ready.of(Paused)[0].step
    steps = ready.frames[-1].step
    worker.resume()
    ready.until_seen(Resumed)
    ready.until(lambda: ready.frames[-1].step > steps)
    worker.stop()
    ready.until_seen(RunEnded)
    ready.until_idle()
    assert ready.of(RunEnded)[0].stopped
    assert worker.state is WorkerState.IDLE


def test_differences_and_all_weights_can_be_watched(ready: Driver) -> None:
    worker, difference = ready.worker, Display(quantity=Quantity.DIFFERENCE)
    paths = ("conv_2/kernel", "dense/kernel")
    worker.watch_wall(tuple(ThumbnailWish(p, 64, 64) for p in paths), difference)
    worker.set_view(ViewRequest("conv_2/kernel", display=difference))
    worker.run(SHORT, DEMO_DATA)
    ready.until_seen(RunEnded)
    ready.until_idle()

    with open_model(demo_model()) as model:
        before = model.weight("conv_2/kernel").read()
    frame = ready.frames[-1]
    canvas = canvas_for(before.shape)
    expected = render(
        canvas.place(frame.values - before),
        canvas,
        whole(canvas),
        block=(1, 1),
        limit=frame.picture.limit,
        tone=difference.tone,
    )
    assert (frame.picture.codes == expected.codes).all()
    assert (frame.picture.codes > 200).any()
    drawn = {t.weight_path: t for t in worker.take_wall()}
    worker.watch_wall((), difference)
    zeros = {w.path: w.zeros for w in ready.of(RunEnded)[0].weights}
    assert {p: t.zeros for p, t in drawn.items()} == {p: zeros[p] for p in paths}
    for small in drawn.values():
        assert small.picture.tone == difference.tone
        assert (small.picture.codes >= FIRST_VALUE).any()


def test_gradients_can_be_watched_in_a_run_and_after_it(ready: Driver) -> None:
    worker, shown = ready.worker, Display(quantity=Quantity.GRADIENT)
    worker.watch_wall((ThumbnailWish("dense/kernel", 64, 64),), shown)
    worker.set_view(ViewRequest("conv_2/kernel", display=shown))
    worker.run(SHORT, DEMO_DATA)
    ready.until_seen(RunEnded)
    ready.until_idle()
    assert ready.of(Failed) == []

    frames = [f for f in ready.frames if isinstance(f.gradient, Gradient)]
    assert any(f.gradient.step < f.step for f in frames)  # not measured at each frame
    last = ready.frames[-1]
    assert isinstance(last.gradient, Gradient)
    assert last.gradient.step == last.step == ready.of(RunEnded)[0].step
    assert last.gradient.samples == 8 * SHORT.batch_size
    assert last.picture.tone.quantity is Quantity.GRADIENT
    assert last.shown is last.gradient.values
    assert np.count_nonzero(last.shown[last.values == 0])  # of pruned weights too
    (small,) = worker.take_wall()
    worker.watch_wall((), shown)
    assert small.picture.tone.quantity is Quantity.GRADIENT

    ready.frames.clear()
    worker.set_view(ViewRequest("conv_2/kernel"))
    ready.until(lambda: ready.frames)
    assert ready.frames[-1].gradient == ""
    assert ready.frames[-1].picture.tone.quantity is Quantity.SIGNED


def test_a_run_that_waits_can_be_called_off(ready: Driver) -> None:
    ready.worker.run(LONG, DEMO_DATA)
    ready.worker.run(SHORT, DEMO_DATA)
    ready.until_seen(RunStarted)
    ready.worker.stop()
    ready.until_idle()
    assert len(ready.of(RunCancelled)) == 1
    assert len(ready.of(RunStarted)) == len(ready.of(RunEnded)) == 1


def test_stop_does_not_reach_the_next_run(ready: Driver) -> None:
    ready.worker.run(LONG, DEMO_DATA)
    ready.until_seen(RunStarted)
    ready.worker.stop()
    ready.worker.run(SHORT, DEMO_DATA)
    ready.until_seen(RunEnded, 2)
    assert [e.stopped for e in ready.of(RunEnded)] == [True, False]


def test_the_same_plan_twice_gives_the_same_result(ready: Driver) -> None:
    for _ in range(2):
        ready.worker.run(SHORT, DEMO_DATA)
    ready.until_seen(RunEnded, 2)
    first, second = ready.of(RunEnded)
    assert first.weights == second.weights
    assert first.final == second.final


def test_errors_are_sentences_and_the_thread_goes_on(
    ready: Driver, tmp_path: Path
) -> None:
    worker = ready.worker
    worker.run(SHORT, DataSpec.parse(tmp_path / "gone.npz"))
    worker.run(PruningPlan(epochs=0), DEMO_DATA)
    worker.save(tmp_path / "model.txt")
    worker.open(tmp_path / "gone.keras")
    # The model that was open before must not be pruned in its place.
    worker.run(SHORT, DEMO_DATA)
    ready.until_seen(Failed, 5)
    assert not ready.of(RunStarted)
    during = [e.during for e in ready.of(Failed)]
    assert during == ["run", "run", "save", "prepare", "run"]
    for failed, words in zip(
        ready.of(Failed),
        ("gone.npz", "Epochs is 0", ".keras", "gone.keras", "No model is open"),
        strict=True,
    ):
        assert words in failed.sentence
        assert "Traceback" in failed.details
        assert "Traceback" not in failed.sentence
    worker.open(demo_model())
    worker.run(SHORT, DEMO_DATA)
    ready.until_seen(RunEnded)


def test_closing_ends_a_run_promptly(fresh: Driver) -> None:
    fresh.worker.open(demo_model())
    fresh.worker.run(LONG, DEMO_DATA)
    fresh.until_seen(MaskUpdated)
    before = time.monotonic()
    assert fresh.worker.close(5)
    assert time.monotonic() - before < 5
    assert fresh.worker.state is WorkerState.CLOSED
    fresh.worker.run(SHORT, DEMO_DATA)
    assert not fresh.worker.busy
