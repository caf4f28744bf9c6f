"""From the codes of a picture to colours: one look-up table for each theme."""

from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from pruneview.gui.theme import Theme
from pruneview.sparsity.pictures import picture
from pruneview.sparsity.pictures.live import FRESH_SECONDS
from pruneview.sparsity.pictures.picture import EXACT, Picture
from pruneview.sparsity.pictures.tone import Quantity, Scale

#: A pixel of mostly zeros still shows this much of its largest weight's colour.
_LEAST_VALUE_SHARE = 0.45
#: The same where zeros have values of their own that are to be read.
_LEAST_GRADIENT_SHARE = 0.6
#: Where on the map the colour of weights that are not zero is, in a mask.
_KEPT = 0.3


def _rgba(colour: str) -> NDArray[np.uint8]:
    made = QColor(colour)
    return np.array([made.red(), made.green(), made.blue(), 255], np.uint8)


def value_colours(
    theme: Theme, levels: int, scale: Scale = Scale.SIGNED
) -> NDArray[np.uint8]:
    """Return the colours of a scale from its lower end on, shape (levels, 4).

    They are of P. Kovesi, "Good Colour Maps: How to Design Them" (2015), as pyqtgraph
    has them: equal steps look equal, also to people who do not tell red from green or
    blue from yellow. Magnitudes have the colours of positive values.
    """
    colour_map = pg.colormap.get(theme.colour_map)
    if scale is not Scale.SHARE:
        start = 0.0 if scale is Scale.SIGNED else 0.5
        return np.asarray(
            colour_map.getLookupTable(start, 1.0, levels, alpha=True), np.uint8
        )
    kept = colour_map.mapToFloat(_KEPT)[:3] * 255
    share = np.linspace(_LEAST_VALUE_SHARE, 1.0, levels)[:, None]
    mixed = kept * share + _rgba(theme.zero)[:3] * (1 - share)
    return np.c_[np.round(mixed), np.full(levels, 255)].astype(np.uint8)


@lru_cache(maxsize=16)
def lookup_table(
    theme: Theme,
    *,
    reduced: bool,
    scale: Scale = Scale.SIGNED,
    least: float = _LEAST_VALUE_SHARE,
) -> NDArray[np.uint8]:
    """Return the colour of each code, shape (256, 4), RGBA.

    Parameters
    ----------
    reduced
        Whether a pixel stands for several weights: its colour is then that of
        the largest of them, mixed with the colour of zero by the share of zeros.
    least
        How much of that colour is left where all are zeros, or nearly all.
    """
    table = np.zeros((256, 4), np.uint8)
    table[picture.ZERO] = _rgba(theme.zero)
    table[picture.GAP] = _rgba(theme.gap)
    table[picture.NOT_FINITE] = _rgba(theme.not_finite)
    fresh = slice(picture.FIRST_FRESH, picture.FIRST_VALUE)
    table[fresh] = _rgba(theme.zero)
    if not reduced or scale is Scale.SHARE:
        table[picture.FIRST_VALUE :] = value_colours(theme, picture.VALUE_LEVELS, scale)
        return table
    values = value_colours(theme, picture.COARSE_LEVELS, scale).astype(float)
    zero = _rgba(theme.zero).astype(float)
    for share in range(picture.SHARE_LEVELS):
        mix = share / (picture.SHARE_LEVELS - 1) * (1 - least)
        start = picture.FIRST_VALUE + share * picture.COARSE_LEVELS
        table[start : start + picture.COARSE_LEVELS] = np.round(
            values * (1 - mix) + zero * mix
        )
    return table


def table_of(theme: Theme, shown: Picture) -> NDArray[np.uint8]:
    """Return the colours of a picture's codes; see `lookup_table`."""
    of_gradient = shown.tone.quantity is Quantity.GRADIENT
    return lookup_table(
        theme,
        reduced=shown.block != EXACT or of_gradient,
        scale=shown.tone.scale,
        least=_LEAST_GRADIENT_SHARE if of_gradient else _LEAST_VALUE_SHARE,
    )


def with_fresh(
    table: NDArray[np.uint8], theme: Theme, births: tuple[float, ...], now: float
) -> tuple[NDArray[np.uint8], bool]:
    """Colour the codes of fresh zeros by their age.

    They begin in the theme's fresh colour and settle into that of zero.

    Returns
    -------
    The table (a copy where anything is fresh), and whether anything still settles.
    """
    ages = now - np.asarray(births)
    # The picture's maker forgets a wave after FRESH_SECONDS; be done before that.
    progress = np.clip(ages / (FRESH_SECONDS * 0.9), 0.0, 1.0)
    if (progress >= 1.0).all():
        return table, False
    # A flash that holds for a moment and then fades is seen better than a ramp.
    strength = (1.0 - progress**2)[:, None]
    mixed = _rgba(theme.fresh) * strength + _rgba(theme.zero) * (1 - strength)
    coloured = table.copy()
    codes = slice(picture.FIRST_FRESH, picture.FIRST_VALUE)
    coloured[codes] = np.round(mixed)
    return coloured, True
