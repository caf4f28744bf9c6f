import numpy as np

from pruneview.sparsity.pictures import picture as pic
from pruneview.sparsity.pictures.live import FRESH_SECONDS, FrameRenderer, ViewRequest


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def make():
    clock = Clock()
    return FrameRenderer(ViewRequest("dense/kernel"), clock), clock


def is_fresh(codes):
    return (codes >= pic.FIRST_FRESH) & (codes < pic.FIRST_VALUE)


def test_weights_that_have_just_become_zero_are_fresh_and_then_settle():
    renderer, clock = make()
    values = np.full((4, 4), 0.5, np.float32)
    values[0, 0] = 0
    first = renderer.render(values, 1)
    values = values.copy()
    values[1, 1] = 0

    second = renderer.render(values, 2, threshold=0.1)
    clock.now += FRESH_SECONDS * 1.1
    third = renderer.render(values, 3)

    assert not is_fresh(first.picture.codes).any()
    assert np.argwhere(is_fresh(second.picture.codes)).tolist() == [[1, 1]]
    wave = second.picture.codes[1, 1] - pic.FIRST_FRESH
    assert second.wave_births[wave] == 100.0
    assert third.picture.codes[1, 1] == pic.ZERO
    assert np.isneginf(third.wave_births).all()


def test_more_waves_than_codes_settle_the_oldest():
    renderer, clock = make()
    values = np.ones((1, 20), np.float32)
    renderer.render(values, 0)
    for step in range(12):
        values = values.copy()
        values[0, step] = 0
        clock.now += 0.01
        frame = renderer.render(values, step + 1)

    fresh = is_fresh(frame.picture.codes)[0]
    assert fresh.tolist() == [False] * 4 + [True] * 8 + [False] * 8


def test_another_view_of_the_same_weight_keeps_what_is_fresh():
    renderer, _ = make()
    values = np.ones((6, 6), np.float32)
    renderer.render(values, 0)
    values = values.copy()
    values[2, 2] = 0
    renderer.render(values, 1)

    assert renderer.follow(ViewRequest("dense/kernel", generation=2))
    assert not renderer.follow(ViewRequest("other/kernel"))
    frame = renderer.render(values, 2)

    assert is_fresh(frame.picture.codes).sum() == 1
    assert frame.request.generation == 2


def test_the_share_below_the_threshold_is_counted():
    renderer, _ = make()
    values = np.array([[0.0, 0.1, 0.2, 0.4]], np.float32)

    frame = renderer.render(values, 7, threshold=0.2)

    assert frame.share_below_threshold == 0.5
    assert (frame.step, frame.threshold) == (7, 0.2)
    assert frame.histogram.zeros == 1
