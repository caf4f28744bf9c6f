"""When gradients are measured for a picture, without TensorFlow."""

import numpy as np
import pytest

from pruneview.pruning.training.gradients_on_show import GradientsOnShow, Measured
from pruneview.sparsity.pictures.gradient import Gradient

TRAINED = ("a/kernel", "a/bias")


class Run:
    """A run whose gradients take a second each to measure."""

    def __init__(self) -> None:
        self.now = 100.0
        self.measured: list[int] = []
        self.error: Exception | None = None
        self.source = GradientsOnShow(self.measure, TRAINED, lambda: self.now)

    def measure(self, step: int) -> Measured:
        self.now += 1.0
        self.measured.append(step)
        if self.error is not None:
            raise self.error
        return Measured({path: np.full(3, step) for path in TRAINED}, 64, step)

    def look(self, step: int, path: str = "a/kernel", *, rests: bool = False) -> int:
        """Return the step whose gradient is shown at one."""
        found = self.source.of(path, step, wanted=True, rests=rests)
        assert isinstance(found, Gradient)
        assert found.samples == 64
        assert (found.values == found.step).all()
        return found.step

    def criterion(self, step: int) -> None:
        """Let the criterion measure for the masks of a step, as a run does."""
        arrays = {"a/kernel": np.full(3, step)}
        self.source.offer(lambda: Measured(arrays, 64, step, of_criterion=True))
        self.source.masks_changed()


def test_nothing_is_measured_or_kept_unless_asked_for() -> None:
    run = Run()
    for _ in range(5):
        run.source.weights_changed()
        run.source.offer(lambda: pytest.fail("made for nobody"))
        run.source.masks_changed()
        assert run.source.of("a/kernel", 1, wanted=False, rests=False) == ""
    assert run.measured == []


def test_once_for_each_mask_update_however_often_it_is_looked_at() -> None:
    run = Run()
    shown = []
    for step in range(1, 31):
        run.now += 20.0
        if step % 10 == 0:
            run.source.masks_changed()
        run.source.weights_changed()
        shown.append(run.look(step))
        run.look(step, "a/bias")
    assert run.measured == [1, 10, 20, 30]
    assert shown == [1] * 9 + [10] * 10 + [20] * 10 + [30]


def test_it_takes_a_bounded_share_of_a_run_with_many_updates() -> None:
    run = Run()
    started = run.now
    for step in range(1, 2001):
        run.now += 0.1
        run.source.masks_changed()
        run.look(step)
    share = len(run.measured) / (run.now - started)
    assert 0.08 < share < 0.11


def test_where_a_run_rests_it_is_that_of_the_weights_as_they_are() -> None:
    run = Run()
    run.source.masks_changed()
    assert run.look(10) == 10
    run.source.weights_changed()
    assert run.look(12) == 10
    assert run.look(12, rests=True) == 12
    assert run.look(12, rests=True) == 12
    assert run.measured == [10, 12]


def test_what_the_criterion_has_measured_is_used_again() -> None:
    run = Run()
    run.look(1)
    run.criterion(10)
    shown = run.source.of("a/kernel", 10, wanted=True, rests=False)
    assert isinstance(shown, Gradient)
    assert shown.of_criterion
    run.criterion(20)
    assert run.look(25) == 20
    assert run.measured == [1]
    assert run.look(25, "a/bias") == 25  # the criterion has none of it
    run.now += 20
    run.criterion(30)
    assert run.look(31, "a/bias") == 31
    assert run.measured == [1, 25, 31]


def test_the_criterions_own_are_not_those_of_masks_that_came_after() -> None:
    run = Run()
    run.look(1)
    run.criterion(10)
    run.source.weights_changed()
    assert run.look(10, rests=True) == 10
    assert run.measured == [1, 10]


def test_who_looks_away_is_forgotten() -> None:
    run = Run()
    run.look(1)
    run.source.masks_changed()
    run.now += 60
    run.source.masks_changed()
    run.source.offer(lambda: pytest.fail("made for nobody"))
    run.source.masks_changed()
    assert run.look(40) == 40


def test_another_run_begins_with_nothing() -> None:
    run = Run()
    run.look(5)
    run.source.forget()
    assert run.look(1) == 1


def test_what_cannot_be_measured_is_said_and_tried_once() -> None:
    run = Run()
    run.error = RuntimeError("no gradient defined for operation Floor")
    for step in (1, 2, 3):
        said = run.source.of("a/kernel", step, wanted=True, rests=True)
        assert isinstance(said, str)
        assert "no gradient defined" in said
        run.source.masks_changed()
    assert run.measured == [1]
    run.error = None
    run.source.forget()
    assert run.look(4) == 4


def test_a_weight_that_is_not_trained_has_none() -> None:
    run = Run()
    for wanted in (True, False):
        said = run.source.of("n/moving_mean", 1, wanted=wanted, rests=True)
        assert said == "This weight is not trained, so it has no gradient."
    assert run.measured == []
