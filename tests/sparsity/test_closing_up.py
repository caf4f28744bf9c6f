"""Where units lie on a picture, and the picture as it closes up."""

import numpy as np
import pytest

from pruneview.sparsity.pictures.canvas import Arrangement, canvas_for
from pruneview.sparsity.pictures.closing_up import Leaving, closing_frame
from pruneview.sparsity.pictures.lines import Lines, runs
from pruneview.sparsity.pictures.picture import GAP, render, whole

SHAPES = [
    (7,),
    (5, 9),
    (4, 3, 6),
    (3, 3, 5, 7),
    (3, 2, 1, 7),
    (3, 3, 7, 1),
    (2, 3, 2, 4, 5),
]


def cells_of(regions, canvas):
    covered = np.zeros((canvas.height, canvas.width), bool)
    for region in regions:
        covered[region.top : region.bottom, region.left : region.right] = True
    return covered


@pytest.mark.parametrize("arrangement", list(Arrangement))
@pytest.mark.parametrize("shape", SHAPES)
def test_regions_are_the_cells_of_the_index(shape, arrangement):
    canvas = canvas_for(shape, arrangement)
    for axis, length in enumerate(shape):
        lines = Lines(canvas, axis)
        for index in range(length):
            chosen = np.arange(length) == index
            covered = cells_of(lines.covers(chosen), canvas)
            for row in range(canvas.height):
                for column in range(canvas.width):
                    at = canvas.index_at(row, column)
                    if at is not None:
                        assert covered[row, column] == (at[axis] == index)


@pytest.mark.parametrize("shape", [(5, 9), (3, 3, 5, 7), (7,)])
def test_spans_are_one_bar_for_each_index_in_order(shape):
    lines = Lines(canvas_for(shape), len(shape) - 1)
    starts, ends, index = lines.spans()
    assert index.tolist() == list(range(shape[-1]))
    assert (ends > starts).all()
    assert (starts[1:] >= ends[:-1]).all()


def shown(shape, seed=0):
    canvas = canvas_for(shape)
    values = np.random.default_rng(seed).normal(size=shape) + 5
    picture = render(
        canvas.place(values), canvas, whole(canvas), block=(1, 1), limit=8.0
    )
    return canvas, values, picture


def leaving(axis, length, gone, progress):
    return Leaving(axis, np.isin(np.arange(length), gone) * float(progress))


def codes_of(values):
    canvas = canvas_for(values.shape)
    return render(
        canvas.place(values), canvas, whole(canvas), block=(1, 1), limit=8.0
    ).codes


def test_closed_up_it_is_the_picture_of_the_small_matrix():
    canvas, values, picture = shown((6, 8))
    frame = closing_frame(
        picture,
        canvas,
        [leaving(0, 6, [0, 3], 2), leaving(1, 8, [7, 2, 1], 2)],
    )
    small = np.delete(np.delete(values, [0, 3], 0), [7, 2, 1], 1)
    np.testing.assert_array_equal(frame.codes, codes_of(small))
    assert (frame.width, frame.height) == (5, 4)
    assert (frame.opacity == 255).all()


def test_filters_of_a_kernel_close_up_with_their_gaps():
    canvas, values, picture = shown((3, 3, 4, 6))
    frame = closing_frame(
        picture, canvas, [leaving(3, 6, [1, 4], 2), leaving(2, 4, [0], 2)]
    )
    small = np.delete(np.delete(values, [1, 4], 3), [0], 2)
    np.testing.assert_array_equal(frame.codes, codes_of(small))


def test_the_last_filter_takes_no_gap_along():
    canvas, values, picture = shown((3, 3, 4, 6))
    frame = closing_frame(picture, canvas, [leaving(3, 6, [5], 2)])
    expected = codes_of(values[..., :5])
    np.testing.assert_array_equal(frame.codes[:, : expected.shape[1]], expected)


def test_halfway_nothing_has_moved_but_what_leaves_has_faded():
    canvas, _, picture = shown((6, 8))
    frame = closing_frame(picture, canvas, [leaving(1, 8, [2, 5], 0.5)])
    np.testing.assert_array_equal(frame.codes, picture.codes)
    assert (frame.opacity[:, [2, 5]] == 128).all()
    assert (np.delete(frame.opacity, [2, 5], axis=1) == 255).all()


def test_tiles_of_a_wrapped_kernel_flow_into_the_free_places():
    canvas, values, picture = shown((3, 3, 7, 1))
    assert canvas.wrapped
    frame = closing_frame(picture, canvas, [leaving(2, 7, [0, 4], 2)])
    kept = np.delete(values, [0, 4], 2)
    for place in range(5):
        row, column = divmod(place, canvas.columns.count)
        top, left = canvas.rows.tile_start(row), canvas.columns.tile_start(column)
        tile = frame.codes[top : top + 3, left : left + 3]
        np.testing.assert_array_equal(tile, codes_of(kept[:, :, place, 0]))
    assert (frame.codes != GAP).sum() == 5 * 9


def test_a_coarse_pixel_narrows_by_the_share_that_leaves():
    canvas = canvas_for((40, 40))
    values = np.ones((40, 40))
    picture = render(
        canvas.place(values), canvas, whole(canvas), block=(1, 4), limit=1.0
    )
    gone = [0, 1, 4, 5, 6, 7]
    frame = closing_frame(picture, canvas, [leaving(1, 40, gone, 2)])
    assert frame.width == 34
    half = closing_frame(picture, canvas, [leaving(1, 40, gone, 1)])
    assert half.opacity[0, :3].tolist() == [128, 0, 255]


def test_everything_gone_leaves_a_picture_without_extent():
    canvas, _, picture = shown((3, 4))
    frame = closing_frame(picture, canvas, [leaving(1, 4, range(4), 2)])
    assert frame.width == 0


def test_runs():
    assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]
    assert runs(np.zeros(3, bool)) == []
