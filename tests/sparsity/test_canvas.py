import numpy as np
import pytest

from pruneview.sparsity.pictures.canvas import Arrangement, canvas_for

SHAPES = [
    (),
    (5,),
    (4, 6),
    (3, 4, 6),
    (3, 3, 4, 8),
    (3, 3, 1, 10),
    (3, 3, 7, 1),
    (3, 3, 1, 1),
    (1, 1, 5, 6),
    (2, 3, 4, 5, 6),
    (2, 2, 2, 2, 2, 2),
]


@pytest.mark.parametrize("arrangement", list(Arrangement))
@pytest.mark.parametrize("shape", SHAPES)
def test_every_weight_has_one_cell_and_knows_its_indices(shape, arrangement):
    values = np.arange(1, np.prod(shape, dtype=int) + 1, dtype=np.float32)
    values = values.reshape(shape)
    canvas = canvas_for(shape, arrangement)

    cells = canvas.place(values)

    assert cells.shape == (canvas.height, canvas.width)
    covered = canvas.covered
    shown = cells if covered is None else cells[covered]
    assert sorted(shown.ravel()) == sorted(values.ravel())
    for row in range(canvas.height):
        for column in range(canvas.width):
            index = canvas.index_at(row, column)
            if index is None:
                assert covered is not None
                assert not covered[row, column]
            else:
                assert cells[row, column] == values[index]


def test_convolution_is_a_grid_of_input_channels_by_filters():
    canvas = canvas_for((3, 5, 4, 8))

    assert (canvas.rows.title, canvas.rows.count, canvas.rows.tile) == (
        "input channel",
        4,
        3,
    )
    assert (canvas.columns.title, canvas.columns.count, canvas.columns.tile) == (
        "filter",
        8,
        5,
    )
    start = canvas.rows.tile_start(2), canvas.columns.tile_start(7)
    assert canvas.index_at(*start) == (0, 0, 2, 7)


def test_a_single_line_of_tiles_is_wrapped_to_about_a_square():
    canvas = canvas_for((3, 3, 1, 64))

    assert canvas.wrapped
    assert canvas.rows.count == canvas.columns.count == 8


def test_outside_there_is_no_weight():
    canvas = canvas_for((4, 6))

    assert canvas.index_at(-1, 0) is None
    assert canvas.index_at(0, 6) is None


def test_a_weight_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="for shape"):
        canvas_for((4, 6)).place(np.zeros((6, 4)))
