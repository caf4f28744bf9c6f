"""Colours of exported pictures, and pictures of weights in them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.picture import (
    EXACT,
    Picture,
    block_for,
    render,
    robust_limit,
    whole,
)


@dataclass(frozen=True, eq=False)
class Look:
    """Colours as ``#rrggbb``, and those of the codes of a picture.

    Attributes
    ----------
    exact, reduced
        RGB of each code where a pixel stands for one weight, or for several; uint8,
        shape (256, 3).
    """

    ground: str
    text: str
    muted: str
    sparsity: str
    accuracy: str
    baseline: str
    exact: NDArray[np.uint8]
    reduced: NDArray[np.uint8]

    def image(self, picture: Picture) -> Image.Image:
        """Return a picture in its colours, a pixel for each code."""
        table = self.exact if picture.block == EXACT else self.reduced
        return Image.fromarray(table[picture.codes])


def picture_of(
    values: NDArray[Any], width: int, height: int, limit: float | None = None
) -> Picture:
    """Draw a whole weight within so many pixels, an axis beyond two in slices."""
    canvas = canvas_for(values.shape)
    region = whole(canvas)
    return render(
        canvas.place(values),
        canvas,
        region,
        block=block_for(region, height, width),
        limit=robust_limit(values) if limit is None else limit,
    )


def fitted(image: Image.Image, width: int, height: int) -> Image.Image:
    """Enlarge an image to a room; each pixel keeps its colour and edges."""
    tall, wide = height / image.height, width / image.width
    scale = min(tall, wide)
    if 0.4 < tall / wide < 2.5:
        tall = wide = scale
    size = max(1, int(image.width * wide)), max(1, int(image.height * tall))
    return image.resize(size, Image.Resampling.NEAREST)
