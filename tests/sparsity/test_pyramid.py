import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pruneview.sparsity.pictures import banded, pyramid
from pruneview.sparsity.pictures import picture as pic
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.picture import Region, block_for, render, whole
from pruneview.sparsity.pictures.pyramid import Pyramid
from pruneview.sparsity.pictures.tone import Quantity, Tone


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """As if large: blocks of 8 x 4 cells, bands of a few rows."""
    monkeypatch.setattr(pyramid, "_SIDE", 32)
    monkeypatch.setattr(banded, "_BAND", 3_000)


def matrix(seed, shape=(203, 117)):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=shape).astype(np.float32)
    values[rng.random(shape) < rng.choice([0, 0.5, 0.99, 1.0])] = 0
    values[rng.integers(shape[0]), rng.integers(shape[1])] = rng.choice(
        [np.nan, np.inf, 0, 1]
    )
    return values


def reader(values):
    return lambda start, stop, step: values[start:stop:step]


def built(values):
    made = Pyramid(canvas_for(values.shape))
    assert made.build(reader(values), lambda: False)
    assert made.is_complete
    return made


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    times=st.tuples(st.sampled_from([1, 2, 4, 8]), st.sampled_from([1, 2, 16, 64])),
    corner=st.tuples(st.integers(0, 202), st.integers(0, 116)),
    size=st.tuples(st.integers(1, 203), st.integers(1, 117)),
    quantity=st.sampled_from([Quantity.SIGNED, Quantity.MAGNITUDE, Quantity.MASK]),
)
def test_any_view_is_what_one_pass_over_it_gives(seed, times, corner, size, quantity):
    values = matrix(seed)
    made = built(values)
    canvas = canvas_for(values.shape)
    block = made.base[0] * times[0], made.base[1] * times[1]
    (top, left), (height, width) = corner, size
    region = Region(top, min(203, top + height), left, min(117, left + width))

    found = made.render(region, block, 2.0, Tone(quantity))

    expected = render(
        values, canvas, region, block=block, limit=2.0, tone=Tone(quantity)
    )
    assert found.region == expected.region
    np.testing.assert_array_equal(found.codes, expected.codes)


@settings(max_examples=80, deadline=None)
@given(
    place=st.tuples(st.integers(0, 202), st.integers(0, 116)),
    pixels=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    of_zeros=st.booleans(),
    quantity=st.sampled_from([Quantity.SIGNED, Quantity.MAGNITUDE, Quantity.MASK]),
)
def test_the_one_that_differs_is_seen_at_every_zoom(place, pixels, of_zeros, quantity):
    """A single nonzero in a sea of zeros, and the reverse."""
    plain = np.full((203, 117), 0.0 if of_zeros else 0.5, np.float32)
    odd = plain.copy()
    odd[place] = 1e-9 if of_zeros else 0.0
    canvas = canvas_for(odd.shape)
    block = block_for(whole(canvas), *pixels, powers_of_two=True)
    tone = Tone(quantity)

    def codes(values):
        made = built(values)
        if made.fits(block):
            return made.render(whole(canvas), block, 1.0, tone).codes
        return banded.render_bands(
            reader(values), canvas, whole(canvas), block=block, limit=1.0, tone=tone
        ).codes

    differs = codes(odd) != codes(plain)

    assert differs[place[0] // block[0], place[1] // block[1]]
    assert np.count_nonzero(differs) == 1
    assert differs.shape[0] <= pixels[0]
    assert differs.shape[1] <= pixels[1]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    corner=st.tuples(st.integers(0, 5), st.integers(0, 5)),
)
def test_shares_of_zeros_equal_a_count_over_the_weights(seed, corner):
    values = matrix(seed)
    made = built(values)
    block = made.base[0] * 2, made.base[1] * 4
    region = Region(corner[0] * 16, 203, corner[1] * 16, 117)

    codes = made.render(region, block, 1.0, Tone(Quantity.MASK)).codes

    for (row, column), code in np.ndenumerate(codes):
        top, left = region.top + row * block[0], region.left + column * block[1]
        part = values[top : top + block[0], left : left + block[1]]
        zeros = np.count_nonzero(part == 0)
        if not np.isfinite(part).all():
            assert code == pic.NOT_FINITE
        elif zeros == part.size:
            assert code == pic.ZERO
        else:
            level = int(np.floor((1 - zeros / part.size) * (pic.VALUE_LEVELS - 1)))
            assert code == pic.FIRST_VALUE + level


def test_what_was_read_is_kept_where_a_view_moves_on():
    values = matrix(3)
    made = Pyramid(canvas_for(values.shape))
    read = []

    def read_rows(start, stop, step):
        read.append((start, stop))
        return values[start:stop:step]

    assert not made.build(read_rows, lambda: len(read) == 2)
    assert not made.is_complete
    assert made.build(read_rows, lambda: False)
    assert [start for start, _ in read] == sorted({start for start, _ in read})
    assert read[-1][1] == 203


def test_it_is_small_however_large_the_matrix_is(monkeypatch):
    monkeypatch.undo()
    for shape in ((65_536, 65_536), (16_384, 16_384), (4_000_000, 64), (3, 10**9)):
        made = Pyramid(canvas_for(shape))
        assert made._extreme.nbytes + made._zeros.nbytes <= 6 * 4096 * 4096
        assert made.base[0] * made._extreme.shape[0] >= shape[0]
