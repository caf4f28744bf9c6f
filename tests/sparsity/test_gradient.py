"""Pictures of gradients: signs and sizes of all weights, and which of them are zero."""

import numpy as np
import pytest

from pruneview.sparsity.pictures import picture as pic
from pruneview.sparsity.pictures.canvas import Arrangement, canvas_for
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.gradient import Gradient
from pruneview.sparsity.pictures.live import FrameRenderer, ViewRequest
from pruneview.sparsity.pictures.order import SortBy
from pruneview.sparsity.pictures.picture import render, whole
from pruneview.sparsity.pictures.thumbnail import ThumbnailWish, thumbnail
from pruneview.sparsity.pictures.tone import Quantity

SHOWN = Display(quantity=Quantity.GRADIENT)


def frame_of(values, gradient, display=SHOWN, **fields):
    renderer = FrameRenderer(ViewRequest("w", display=display, **fields))
    return renderer.render(values, 7, gradient=gradient)


def split(codes):
    """Return the share of zeros and the level that codes tell, 0 to 6 and 0 to 34."""
    assert (codes >= pic.FIRST_VALUE).all()
    return np.divmod(codes.astype(int) - pic.FIRST_VALUE, pic.COARSE_LEVELS)


@pytest.fixture
def weight():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(60, 80)).astype(np.float32)
    values[rng.random(values.shape) < 0.8] = 0
    return values, rng.normal(size=values.shape).astype(np.float32) * 1e-4


@pytest.mark.parametrize("logarithmic", [False, True])
def test_every_gradient_has_its_colour_and_zeros_a_darker_one(weight, logarithmic):
    values, gradients = weight
    display = Display(quantity=Quantity.GRADIENT, logarithmic=logarithmic)
    frame = frame_of(values, Gradient(gradients, 512, 7), display)
    picture = frame.picture

    share, level = split(picture.codes)
    np.testing.assert_array_equal(share, np.where(values == 0, 6, 0))
    expected = display.tone.levels(gradients, picture.limit, pic.COARSE_LEVELS)
    np.testing.assert_array_equal(level, expected)
    opposite = frame_of(values, Gradient(-gradients, 512, 7), display).picture
    np.testing.assert_allclose(level + split(opposite.codes)[1], 34, atol=1)
    assert frame.shown is gradients
    assert frame.histogram.zeros == np.count_nonzero(values == 0)


@pytest.mark.parametrize("block", [(1, 1), (3, 7), (60, 80)])
def test_the_share_of_pruned_weights_is_never_averaged_away(weight, block):
    _, gradients = weight
    for rest, odd in ((0.0, 1.0), (1.0, 0.0)):
        values = np.full(gradients.shape, rest, np.float32)
        values[31, 44] = odd
        picture = frame_of(values, Gradient(gradients, 1, 1), block=block).picture
        share, _ = split(picture.codes)
        plain = 6 if rest == 0 else 0
        assert np.argwhere(share != plain).tolist() == [
            [31 // block[0], 44 // block[1]]
        ]


def test_what_has_no_finite_gradient_is_told(weight):
    values, gradients = weight
    gradients[3, 4] = np.inf
    gradients[5] = 0
    frame = frame_of(values, Gradient(gradients, 1, 1))
    assert frame.picture.codes[3, 4] == pic.NOT_FINITE
    assert set(split(frame.picture.codes[5])[1]) == {17}
    nothing = frame_of(values, Gradient(np.zeros_like(gradients), 1, 1))
    assert set(split(nothing.picture.codes)[1].ravel()) == {17}
    hardly = frame_of(values, Gradient(np.full_like(gradients, 1e-42), 1, 1))
    assert set(split(hardly.picture.codes)[1].ravel()) == {17}


def test_gaps_between_tiles_stay_gaps():
    rng = np.random.default_rng(1)
    values = rng.normal(size=(3, 3, 4, 5)).astype(np.float32)
    values[..., 2] = 0
    gradients = rng.normal(size=values.shape).astype(np.float32)
    for block in ((1, 1), (2, 2)):
        picture = frame_of(values, Gradient(gradients, 1, 1), block=block).picture
        canvas = canvas_for(values.shape, Arrangement.SLICES)
        plain = render(
            canvas.place(values), canvas, whole(canvas), block=block, limit=1
        )
        np.testing.assert_array_equal(picture.codes == pic.GAP, plain.codes == pic.GAP)


def test_lines_are_sorted_with_their_weights(weight):
    values, gradients = weight
    by_norm = Display(quantity=Quantity.GRADIENT, rows=SortBy.NORM)
    picture = frame_of(values, Gradient(gradients, 1, 1), by_norm).picture
    order = np.argsort(-np.linalg.norm(values.astype(float), axis=1), kind="stable")
    share, _ = split(picture.codes)
    np.testing.assert_array_equal(share == 6, values[order] == 0)


@pytest.mark.parametrize("missing", ["why not", Gradient(np.ones((2, 2)), 1, 1)])
def test_without_a_gradient_values_are_shown_and_called_so(weight, missing):
    values, _ = weight
    asked = Display(quantity=Quantity.GRADIENT, limit=1e-5)
    frame = frame_of(values, missing, asked, limit=1e-5)
    plain = FrameRenderer(ViewRequest("w")).render(values, 7)
    assert frame.picture.tone.quantity is Quantity.SIGNED
    np.testing.assert_array_equal(frame.picture.codes, plain.picture.codes)
    assert frame.shown is values


def test_the_scale_is_found_anew_when_a_gradient_comes_and_goes(weight):
    values, gradients = weight
    renderer = FrameRenderer(ViewRequest("w", display=SHOWN))
    there = Gradient(gradients, 1, 1)
    limits = [
        renderer.render(values, step, gradient=gradient).picture.limit
        for step, gradient in enumerate([there, "gone", there])
    ]
    assert limits[0] == limits[2] < 1e-2 < limits[1]


def test_small_pictures_show_it_too(weight):
    values, gradients = weight
    wish = ThumbnailWish("w", 60, 80)
    small = thumbnail(wish, values, SHOWN, None, Gradient(gradients, 1, 1))
    large = frame_of(values, Gradient(gradients, 1, 1))
    np.testing.assert_array_equal(
        split(small.picture.codes)[0], split(large.picture.codes)[0]
    )
    assert small.zeros == np.count_nonzero(values == 0)
    without = thumbnail(wish, values, SHOWN, None, "there is none")
    assert without.picture.tone.quantity is Quantity.SIGNED


def test_it_is_said_what_it_is_the_mean_over():
    gradient = Gradient(np.zeros(3), 1_024, 2_500)
    assert gradient.words == (
        "Mean gradient of the loss over 1,024 samples at step 2,500"
    )
    own = Gradient(np.zeros(3), 512, 300, of_criterion=True)
    assert own.words.endswith("over 512 samples at step 300, which decided its masks")
