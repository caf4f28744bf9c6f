"""Which weights of a picture a threshold would make zero. No Qt here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruneview.gui.controllers.selected import SelectedWeight
from pruneview.gui.features.what_if.overlay import shares_that_go
from pruneview.sparsity.pictures.picture import Picture


@dataclass(frozen=True)
class Shares:
    """The share of each pixel's weights that would go, exactly.

    Attributes
    ----------
    codes
        Of the picture's pixels, see `shares_that_go`.
    """

    threshold: float
    picture: Picture
    codes: NDArray[np.uint8]


def shares_of(contents: SelectedWeight, picture: Picture, threshold: float) -> Shares:
    """Read the weights of a picture and find out which are below a threshold."""
    bands = list(contents.cells(picture.region, picture.order))
    cells = np.concatenate(bands) if len(bands) != 1 else bands[0]
    return Shares(threshold, picture, shares_that_go(cells, picture.block, threshold))
