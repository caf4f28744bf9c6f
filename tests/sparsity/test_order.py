import numpy as np
import pytest

from pruneview.sparsity.pictures.canvas import Arrangement, canvas_for
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.live import FrameRenderer, ViewRequest
from pruneview.sparsity.pictures.order import LineSums, SortBy, order_of
from pruneview.sparsity.pictures.tone import Quantity

SHAPES = [(7,), (6, 9), (3, 4, 5), (3, 3, 4, 5), (3, 3, 1, 5), (2, 3, 3, 4, 5)]


def weight(shape, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=shape).astype(np.float32)
    values[rng.random(shape) < rng.random(shape[-1])] = 0
    return values


@pytest.mark.parametrize("shape", SHAPES[1:])
@pytest.mark.parametrize("by", [SortBy.NORM, SortBy.SPARSITY])
def test_lines_come_by_norm_or_by_zeros(shape, by):
    values = weight(shape)
    placed = order_of(values, by, by).place(values)

    for axis in (-2, -1):
        lines = np.moveaxis(placed, axis, 0).reshape(shape[axis], -1)
        if by is SortBy.NORM:
            along = -np.linalg.norm(lines.astype(np.float64), axis=1)
        else:
            along = (lines == 0).mean(axis=1)
        assert (np.diff(along) >= -1e-9).all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("arrangement", list(Arrangement))
def test_a_cell_tells_the_indices_in_the_file(shape, arrangement):
    values = weight(shape, seed=1)
    order = order_of(values, SortBy.NORM, SortBy.SPARSITY)
    canvas = canvas_for(shape, arrangement)
    cells = canvas.place(order.place(values))

    for row in range(canvas.height):
        for column in range(canvas.width):
            index = canvas.index_at(row, column)
            if index is not None:
                assert cells[row, column] == values[order.index(index)]


@pytest.mark.parametrize("shape", [(6, 9), (3, 3, 4, 5)])
@pytest.mark.parametrize("arrangement", list(Arrangement))
def test_labels_name_the_lines_that_are_there(shape, arrangement):
    values = weight(shape, seed=2)
    order = order_of(values, SortBy.NORM, SortBy.NORM)
    canvas = canvas_for(shape, arrangement)

    down, across = order.along(canvas)

    for grid, found, side in ((canvas.rows, down, 0), (canvas.columns, across, 1)):
        lines = grid.tile if grid.count == 1 else grid.count
        assert len(found.indices) == lines
        for n in range(lines):
            cell = [0, 0]
            cell[side] = n if grid.count == 1 else grid.tile_start(n)
            index = order.index(canvas.index_at(*cell))
            axes = canvas.order[2 * side] or canvas.order[2 * side + 1]
            sizes = [shape[axis] for axis in axes]
            flat = np.ravel_multi_index([index[axis] for axis in axes], sizes)
            assert found.indices[n] == flat


def test_in_pieces_as_in_one():
    values = weight((50, 30), seed=3)
    sums = LineSums(50, 30)
    for start in range(0, 50, 7):
        sums.add(values[start : start + 7], start)
    found = sums.order(SortBy.NORM, SortBy.SPARSITY)
    whole = order_of(values, SortBy.NORM, SortBy.SPARSITY)

    np.testing.assert_array_equal(found.rows.indices, whole.rows.indices)
    np.testing.assert_array_equal(found.columns.indices, whole.columns.indices)


def test_in_a_run_lines_stay_where_they_were_until_they_are_sorted_anew():
    values = weight((6, 8), seed=4)
    by_norm = Display(rows=SortBy.NORM, columns=SortBy.NORM)
    renderer = FrameRenderer(ViewRequest("w", display=by_norm))
    first = renderer.render(values, step=1).picture.order
    assert renderer.render(values[::-1].copy(), step=2).picture.order is first
    other = Display(rows=SortBy.SPARSITY)
    assert renderer.follow(ViewRequest("w", display=other))
    assert renderer.render(values, step=3).picture.order.columns is None


def test_the_difference_is_to_the_values_before_the_run():
    before = weight((6, 8), seed=5)
    now = before.copy()
    now[2, 3] += 0.25
    request = ViewRequest("w", display=Display(quantity=Quantity.DIFFERENCE))

    frame = FrameRenderer(request, baseline=lambda: before).render(now, step=1)

    changed = frame.picture.codes != 0
    assert changed[2, 3]
    assert np.count_nonzero(changed) == 1
    assert frame.picture.limit == pytest.approx(1.5 * 0.25)
    assert frame.picture.tone.quantity is Quantity.DIFFERENCE


def test_the_scale_of_differences_grows_with_them_in_wide_steps():
    before = np.zeros((10, 10), np.float32)
    request = ViewRequest("w", display=Display(quantity=Quantity.DIFFERENCE))
    renderer = FrameRenderer(request, baseline=lambda: before)
    sizes = np.geomspace(1e-4, 1e-2, 200).astype(np.float32)
    limits = [renderer.render(before + s, step=1).picture.limit for s in sizes]

    assert limits == sorted(limits)
    assert all(limit >= size for limit, size in zip(limits, sizes, strict=True))
    assert len(set(limits)) < 15
