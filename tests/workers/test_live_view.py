"""When the watched weight is drawn."""

import threading
from concurrent.futures import Executor, ThreadPoolExecutor

import numpy as np
import pytest

from pruneview.sparsity.pictures.live import LiveFrame, ViewRequest
from pruneview.sparsity.pictures.picture import Region
from pruneview.workers.live_view import LiveView


class Bench:
    """A view whose clock stands still until told otherwise."""

    def __init__(self, aside: Executor | None = None) -> None:
        self.now = 100.0
        self.shown: list[LiveFrame] = []
        self.weights = {"a/kernel": np.ones((4, 5)), "b/kernel": np.ones((2, 2))}
        self.view = LiveView(
            self.values,
            lambda path: 0.25,
            self.shown.append,
            lambda: self.now,
            spent=lambda: self.now,
            aside=aside,
        )
        self.cost = 0.0

    def values(self, path: str) -> np.ndarray:
        self.now += self.cost
        return self.weights[path].copy()


def test_nothing_is_drawn_unwatched() -> None:
    bench = Bench()
    bench.view.on_step(1)
    assert bench.shown == []


def test_at_most_twenty_pictures_a_second() -> None:
    bench = Bench()
    bench.view.watch(ViewRequest("a/kernel"))
    for step in range(1, 1001):
        bench.now += 0.001
        bench.view.on_step(step)
    assert 18 <= len(bench.shown) <= 21
    assert bench.shown[-1].threshold == 0.25


def test_another_view_is_drawn_at_once_and_an_equal_step_once() -> None:
    bench = Bench()
    bench.view.watch(ViewRequest("a/kernel"))
    bench.view.on_step(1)
    bench.view.watch(ViewRequest("b/kernel"))
    bench.view.on_step(1)
    bench.now += 10
    bench.view.on_step(1)
    assert [f.request.weight_path for f in bench.shown] == ["a/kernel", "b/kernel"]


def test_expensive_pictures_leave_most_of_the_time_to_training() -> None:
    bench = Bench()
    bench.cost = 0.1
    bench.view.watch(ViewRequest("a/kernel"))
    started = bench.now
    for step in range(1, 10_001):
        bench.now += 0.001
        bench.view.on_step(step)
    assert len(bench.shown) * bench.cost <= 0.12 * (bench.now - started)


def test_pictures_stay_lively_where_that_is_affordable() -> None:
    bench = Bench()
    bench.cost = 0.005  # a share of 3 % alone would allow six a second
    bench.view.watch(ViewRequest("a/kernel"))
    started = bench.now
    for step in range(1, 10_001):
        bench.now += 0.001
        bench.view.on_step(step)
    assert 7 <= len(bench.shown) / (bench.now - started) <= 8


def test_training_does_not_wait_for_a_picture() -> None:
    reached, may_end = threading.Event(), threading.Event()

    def show(_frame: LiveFrame) -> None:
        reached.set()
        may_end.wait(10)

    with ThreadPoolExecutor(1) as aside:
        bench = Bench(aside)
        bench.view._show = show
        bench.view.watch(ViewRequest("a/kernel"))
        bench.view.on_step(1)
        assert reached.wait(10)
        bench.now += 10
        bench.view.on_step(2)  # still busy with the first: passed over
        assert bench.view._drawn_step == 1
        may_end.set()
        bench.view.draw(3)
        assert bench.view._drawn_step == 3


def test_what_went_wrong_aside_is_raised_on_the_training_thread() -> None:
    with ThreadPoolExecutor(1) as aside:
        bench = Bench(aside)
        bench.weights["a/kernel"] = np.ones((4, 5))
        bench.view.watch(
            ViewRequest("a/kernel", region=Region(0, 2, 0, 2), block=(0, 0))
        )
        bench.view.on_step(1)
        with pytest.raises(ZeroDivisionError):
            bench.view.draw(2)


def test_a_weight_that_the_model_lacks_is_passed_over_once() -> None:
    bench = Bench()
    bench.view.watch(ViewRequest("c/kernel"))
    assert bench.view.is_new
    bench.view.draw(0)
    assert not bench.view.is_new
    assert bench.shown == []


def test_after_forgetting_zeros_are_not_fresh() -> None:
    bench = Bench()
    bench.view.watch(ViewRequest("a/kernel"))
    bench.view.draw(1)
    bench.weights["a/kernel"][0] = 0
    bench.view.draw(2)
    assert np.isfinite(bench.shown[-1].wave_births).any()
    bench.view.forget()
    assert bench.view.is_new
    bench.view.draw(3)
    assert not np.isfinite(bench.shown[-1].wave_births).any()
