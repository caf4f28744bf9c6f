"""A small picture of a whole weight, with its zeros counted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.display import PLAIN, Display
from pruneview.sparsity.pictures.gradient import Gradient, gradient_shown
from pruneview.sparsity.pictures.picture import (
    Picture,
    block_for,
    render,
    robust_limit,
    whole,
)

#: Of a thumbnail's colours nobody reads more than this tells.
_SAMPLED = 1 << 16


@dataclass(frozen=True)
class ThumbnailWish:
    """A weight, by its path in the file, and the pixels there are for it."""

    weight_path: str
    pixels_down: int
    pixels_across: int


@dataclass(frozen=True)
class Thumbnail:
    """A weight as it is at one moment."""

    weight_path: str
    picture: Picture
    zeros: int
    size: int


def thumbnail(
    wish: ThumbnailWish,
    values: NDArray[Any],
    display: Display = PLAIN,
    baseline: NDArray[Any] | None = None,
    gradient: Gradient | str = "",
) -> Thumbnail:
    """Draw all of a weight into its pixels; every weight and every zero is looked at.

    A weight of more cells than pixels is reduced as the large picture is, so that
    its shape is only about that of the picture.
    """
    canvas = canvas_for(values.shape)
    everything = whole(canvas)
    if baseline is not None and baseline.shape != values.shape:
        baseline = None
    zero, shown = None, gradient_shown(display, values, gradient)
    if shown is None:
        display = display.of_weights
        shown = display.of(values, baseline)
    else:
        zero = ~canvas.place(values != 0)
    limit = display.limit or robust_limit(shown, display.percentile, _SAMPLED)
    picture = render(
        canvas.place(shown),
        canvas,
        everything,
        block=block_for(everything, wish.pixels_down, wish.pixels_across),
        limit=limit,
        tone=display.tone,
        zero=zero,
    )
    zeros = values.size - int(np.count_nonzero(values))
    return Thumbnail(wish.weight_path, picture, zeros, values.size)
