"""When the watched weight is drawn."""

import numpy as np

from pruneview.sparsity.pictures.live import LiveFrame, ViewRequest
from pruneview.workers.live_view import LiveView


class Bench:
    """A view whose clock stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = 100.0
        self.shown: list[LiveFrame] = []
        self.weights = {"a/kernel": np.ones((4, 5)), "b/kernel": np.ones((2, 2))}
        self.view = LiveView(
            self.values, lambda path: 0.25, self.shown.append, lambda: self.now
        )
        self.cost = 0.0

    def values(self, path: str) -> np.ndarray:
        self.now += self.cost
        return self.weights[path].copy()


def test_nothing_is_drawn_unwatched() -> None:
    bench = Bench()
    bench.view.on_step(1)
    assert bench.shown == []


def test_at_most_thirty_pictures_a_second() -> None:
    bench = Bench()
    bench.view.watch(ViewRequest("a/kernel"))
    for step in range(1, 1001):
        bench.now += 0.001
        bench.view.on_step(step)
    assert 28 <= len(bench.shown) <= 31
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
