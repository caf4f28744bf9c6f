import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pruneview.sparsity.pictures import picture as pic
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.picture import Region, render, whole


def draw(values, *, block=1, limit=1.0, fresh=None):
    block = block if isinstance(block, tuple) else (block, block)
    canvas = canvas_for(values.shape)
    return render(
        canvas.place(values),
        canvas,
        whole(canvas),
        block=block,
        limit=limit,
        fresh=None if fresh is None else canvas.place(fresh),
    ).codes


def test_only_an_exact_zero_has_the_code_of_zero():
    values = np.array([[0.0, -0.0, 1e-38, -1e-38, 5.0, -5.0]], np.float32)

    codes = draw(values)[0]

    assert list(codes[:2]) == [pic.ZERO, pic.ZERO]
    assert (codes[2:] >= pic.FIRST_VALUE).all()
    assert codes[4] == 255
    assert codes[5] == pic.FIRST_VALUE


def test_codes_are_symmetric_about_the_middle():
    codes = draw(np.array([[-0.5, 0.5, 1e-9]], np.float32))[0].astype(int)

    middle = pic.FIRST_VALUE + pic.VALUE_LEVELS // 2
    assert codes[2] == middle
    assert codes[0] + codes[1] == 2 * middle


def test_nan_and_infinity_have_a_code_of_their_own():
    values = np.array([[np.nan, np.inf, -np.inf, 0.3]], np.float32)

    assert list(draw(values)[0][:3]) == [pic.NOT_FINITE] * 3
    assert draw(values, block=4)[0, 0] == pic.NOT_FINITE


@pytest.mark.parametrize("block", [2, 3, 7, 64])
def test_a_lone_weight_in_a_sea_of_zeros_is_seen_at_every_zoom(block):
    values = np.zeros((50, 70), np.float32)
    values[31, 44] = 1e-6

    codes = draw(values, block=block)

    assert np.count_nonzero(codes != pic.ZERO) == 1
    assert codes[31 // block, 44 // block] != pic.ZERO


@pytest.mark.parametrize("block", [2, 3, 7, 64])
def test_a_lone_zero_in_a_sea_of_weights_is_seen_at_every_zoom(block):
    values = np.full((50, 70), 0.5, np.float32)
    values[31, 44] = 0.0

    codes = draw(values, block=block)

    odd = codes != codes[0, 0]
    if block == 64:
        odd[0, 0] = True
        plain = draw(np.full((50, 70), 0.5, np.float32), block=block)
        assert codes[0, 0] != plain[0, 0]
    assert odd[31 // block, 44 // block]


def share_level(code):
    return (int(code) - pic.FIRST_VALUE) // pic.COARSE_LEVELS


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
def test_share_and_largest_magnitude_equal_a_count_over_the_block(seed, block):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(23, 31)).astype(np.float32)
    values[rng.random(values.shape) < rng.random()] = 0.0

    codes = draw(values, block=block, limit=2.0)

    for (row, column), code in np.ndenumerate(codes):
        part = values[
            row * block : (row + 1) * block, column * block : (column + 1) * block
        ]
        zeros = np.count_nonzero(part == 0)
        if zeros == part.size:
            assert code == pic.ZERO
            continue
        expected = int(np.ceil(zeros / part.size * (pic.SHARE_LEVELS - 1)))
        assert share_level(code) == expected
        extreme = part.flat[np.argmax(np.abs(part))]
        half = pic.COARSE_LEVELS // 2
        level = (int(code) - pic.FIRST_VALUE) % pic.COARSE_LEVELS - half
        assert abs(level - np.clip(extreme / 2.0, -1, 1) * half) <= 0.51


def test_gaps_between_slices_do_not_count_as_zeros():
    values = np.full((3, 3, 4, 4), 0.5, np.float32)

    assert set(np.unique(draw(values))) == {pic.GAP, draw(values)[0, 0]}
    reduced = draw(values, block=5)
    assert {share_level(c) for c in reduced.ravel() if c != pic.GAP} == {0}


def test_fresh_zeros_show_their_wave():
    values = np.array([[0.0, 0.0, 1.0]], np.float32)
    fresh = np.array([[3, 0, 3]], np.uint8)

    codes = draw(values, fresh=fresh)[0]

    assert codes[0] == pic.FIRST_FRESH + 2
    assert codes[1] == pic.ZERO
    assert codes[2] >= pic.FIRST_VALUE


def test_a_region_is_the_same_part_of_the_whole_picture():
    values = np.random.default_rng(0).normal(size=(40, 60)).astype(np.float32)
    canvas = canvas_for(values.shape)

    part = render(values, canvas, Region(5, 17, 9, 31), block=(4, 4), limit=1.0)

    assert (part.region.top, part.region.left) == (4, 8)
    expected = draw(values, block=4)[1:5, 2:8]
    np.testing.assert_array_equal(part.codes, expected)


def test_the_picture_cannot_be_written_to():
    assert not draw(np.ones((2, 2), np.float32)).flags.writeable


def test_the_range_ignores_outliers_and_zeros():
    values = np.zeros(10_000, np.float32)
    values[:1000] = np.linspace(0.001, 1.0, 1000)
    values[0] = 1e6

    assert 0.9 < pic.robust_limit(values) <= 1.0
    assert pic.robust_limit(np.zeros(5)) == 1.0


def test_blocks_need_not_be_square():
    values = np.ones((12, 12), np.float32)
    values[0:6, 0:1] = 0

    codes = draw(values, block=(6, 2))

    assert codes.shape == (2, 6)
    assert share_level(codes[0, 0]) == 3
    assert {share_level(c) for c in codes.ravel()[1:]} == {0}
