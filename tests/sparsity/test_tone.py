import numpy as np
import pytest

from pruneview.sparsity.pictures import picture as pic
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.picture import render, whole
from pruneview.sparsity.pictures.tone import Quantity, Tone


def draw(values, quantity, block=1, *, logarithmic=False, limit=1.0):
    canvas = canvas_for(values.shape)
    return render(
        values,
        canvas,
        whole(canvas),
        block=(block, block),
        limit=limit,
        tone=Tone(quantity, logarithmic),
    ).codes


@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("quantity", [Quantity.SIGNED, Quantity.MAGNITUDE])
def test_levels_and_the_bars_numbers_are_each_others_inverse(quantity, logarithmic):
    tone, levels, limit = Tone(quantity, logarithmic), 201, 0.37
    signed = quantity is Quantity.SIGNED
    parts = np.linspace(-1 if signed else 0, 1, levels)
    values = np.array([tone.value_at(part, limit) for part in parts], np.float32)

    assert tone.value_at(1.0, limit) == pytest.approx(limit)
    np.testing.assert_array_equal(tone.levels(values, limit, levels), range(levels))
    beyond = np.array([9 * limit, -9 * limit], np.float32)
    ends = [levels - 1, 0 if signed else levels - 1]
    assert list(tone.levels(beyond, limit, levels)) == ends


def test_a_log_scale_tells_small_values_apart_and_stays_symmetric():
    values = np.array([[-0.1, -0.01, -0.001, 0.001, 0.01, 0.1]], np.float32)

    linear = draw(values, Quantity.SIGNED)[0].astype(int)
    logarithmic = draw(values, Quantity.SIGNED, logarithmic=True)[0].astype(int)

    assert linear[3] - linear[2] <= 1
    assert (np.diff(logarithmic) > 15).all()
    assert (logarithmic + logarithmic[::-1] == 2 * pic.FIRST_VALUE + 244).all()


@pytest.mark.parametrize("logarithmic", [False, True])
def test_zero_nan_and_infinity_keep_their_codes(logarithmic):
    values = np.array([[0.0, -0.0, np.nan, np.inf, 1e-30]], np.float32)
    for quantity in Quantity:
        codes = draw(values, quantity, logarithmic=logarithmic)[0]
        assert list(codes[:4]) == [pic.ZERO] * 2 + [pic.NOT_FINITE] * 2
        assert codes[4] >= pic.FIRST_VALUE


@pytest.mark.parametrize("block", [2, 5, 64])
def test_a_mask_shows_how_many_weights_are_kept(block):
    rng = np.random.default_rng(block)
    values = (rng.random((64, 70)) < 0.3).astype(np.float32)

    codes = draw(values, Quantity.MASK, block)

    for (row, column), code in np.ndenumerate(codes):
        part = values[
            row * block : (row + 1) * block, column * block : (column + 1) * block
        ]
        kept = np.count_nonzero(part) / part.size
        level = int(code) - pic.FIRST_VALUE
        assert code == pic.ZERO if kept == 0 else level == int(kept * 244 + 1e-9)


@pytest.mark.parametrize("quantity", list(Quantity))
@pytest.mark.parametrize("block", [2, 3, 16, 256, 1000])
def test_the_one_that_differs_is_seen_whatever_is_shown(quantity, block):
    zeros, ones = np.zeros((200, 300), np.float32), np.ones((200, 300), np.float32)
    weight, zero = zeros.copy(), ones.copy()
    weight[131, 244], zero[131, 244] = 1e-7, 0
    place = 131 // block, 244 // block

    for odd, plain in ((weight, zeros), (zero, ones)):
        differs = draw(odd, quantity, block) != draw(plain, quantity, block)
        assert differs[place]
        assert np.count_nonzero(differs) == 1
