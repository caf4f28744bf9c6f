import numpy as np
import pytest

from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.picture import render, whole
from pruneview.sparsity.pictures.thumbnail import ThumbnailWish, thumbnail
from pruneview.sparsity.pictures.tone import Quantity
from pruneview.workers.live_wall import LiveWall

WISHES = tuple(ThumbnailWish(name, 10, 10) for name in ("a", "b", "gone", "c"))


class Weights:
    """Weights that take a second each to be looked at."""

    def __init__(self):
        self.now = 0.0
        self.asked = []
        rng = np.random.default_rng(0)
        self.values = {n: rng.normal(size=(30, 40)).astype("f4") for n in "abc"}

    def get(self, path):
        self.asked.append(path)
        self.now += 1.0
        return self.values[path]


@pytest.fixture
def weights():
    return Weights()


@pytest.fixture
def wall(weights):
    return LiveWall(weights.get, weights.values.__getitem__, lambda: weights.now)


def test_nobody_looking_costs_nothing(wall, weights):
    wall.on_step(1)
    wall.draw_all(1)
    assert weights.asked == []


def test_one_after_the_other_within_its_share_of_time(wall, weights):
    wall.watch(WISHES)
    for _ in range(1000):
        weights.now += 1.0
        wall.on_step(1)

    assert {"a", "b", "c", "gone"} == set(weights.asked)
    assert 15 <= len(weights.asked) <= 22
    assert sorted(t.weight_path for t in wall.take()) == ["a", "b", "c"]
    assert wall.take() == []


def test_the_end_of_a_run_shows_every_weight_as_it_is(wall, weights):
    wall.watch(WISHES)
    assert wall.is_new
    weights.values["b"][:7] = 0
    wall.draw_all(1)

    assert not wall.is_new
    found = {t.weight_path: t for t in wall.take()}
    assert set(found) == {"a", "b", "c"}
    assert (found["b"].zeros, found["b"].size) == (280, 1200)
    canvas = canvas_for((30, 40))
    expected = render(
        weights.values["b"],
        canvas,
        whole(canvas),
        block=(3, 4),
        limit=found["b"].picture.limit,
    )
    np.testing.assert_array_equal(found["b"].picture.codes, expected.codes)


def test_what_is_no_longer_wanted_is_not_handed_over(wall):
    wall.watch(WISHES)
    wall.draw_all(1)
    wall.watch(())
    assert wall.take() == []


def test_differences_are_to_the_values_before_the_run():
    before = np.ones((8, 8), np.float32)
    now = before.copy()
    now[2, 3] = 0
    display = Display(quantity=Quantity.DIFFERENCE)
    wish = ThumbnailWish("w", 8, 8)

    drawn = thumbnail(wish, now, display, before)

    assert np.argwhere(drawn.picture.codes != 0).tolist() == [[2, 3]]
    assert drawn.zeros == 1
    smaller = thumbnail(wish, now[:4], display, before)
    assert not smaller.picture.codes.any()
