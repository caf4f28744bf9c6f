import numpy as np
import pytest

from pruneview.sparsity.pictures import banded
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.picture import Region, render, whole


@pytest.fixture
def values():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(301, 207)).astype(np.float32)
    values[rng.random(values.shape) < 0.4] = 0
    return values


@pytest.mark.parametrize("block", [(1, 1), (4, 3), (7, 1), (1, 5), (64, 64)])
@pytest.mark.parametrize("region", [None, Region(13, 205, 40, 180)])
def test_bands_give_the_picture_that_one_pass_gives(values, block, region, monkeypatch):
    monkeypatch.setattr(banded, "_BAND", 5_000)
    canvas = canvas_for(values.shape)
    region = region or whole(canvas)
    reads = []

    def read_rows(start, stop, step):
        reads.append(stop - start)
        return values[start:stop:step]

    found = banded.render_bands(read_rows, canvas, region, block=block, limit=2.0)
    expected = render(values, canvas, region, block=block, limit=2.0)

    np.testing.assert_array_equal(found.codes, expected.codes)
    assert found.region == expected.region
    assert not found.coarse
    assert max(reads) * values.shape[1] <= max(5_000, block[0] * values.shape[1])


@pytest.mark.parametrize(("across", "step"), [(1, 1), (4, 2), (5, 5), (12, 6)])
def test_a_coarse_picture_looks_at_a_few_cells_of_each_block(values, across, step):
    canvas = canvas_for(values.shape)
    read = []

    def read_rows(start, stop, step):
        read.append((start, stop, step))
        return values[start:stop:step]

    found = banded.render_coarse(
        read_rows, canvas, whole(canvas), block=(10, across), limit=2.0
    )

    assert read == [(0, 301, 10)]
    assert found.coarse
    assert found.codes.shape == (31, -(-207 // across))
    sample = values[::10, ::step]
    plane = canvas_for(sample.shape)
    expected = render(sample, plane, whole(plane), block=(1, across // step), limit=2.0)
    np.testing.assert_array_equal(found.codes, expected.codes)


def test_cancelled_there_is_no_picture(values):
    canvas = canvas_for(values.shape)
    found = banded.render_bands(
        lambda a, b, c: values[a:b:c],
        canvas,
        whole(canvas),
        block=(2, 2),
        limit=1.0,
        cancelled=lambda: True,
    )
    assert found is None
