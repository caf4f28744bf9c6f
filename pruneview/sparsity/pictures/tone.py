"""How values become levels of a colour scale, and levels values again."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

#: A signed-log scale is linear below this share of its limit: three decades.
_LINEAR_SHARE = 1e-3


class Quantity(StrEnum):
    """What a pixel's colour tells of its weights."""

    SIGNED = "signed"
    MAGNITUDE = "magnitude"
    #: Zero or not; of several weights, how many are not.
    MASK = "mask"
    #: The current value less that of the file: what a run has changed.
    DIFFERENCE = "difference"
    #: Of the loss by the weight, where a run measures it.
    GRADIENT = "gradient"


class Scale(StrEnum):
    """What the ends of a colour scale are."""

    SIGNED = "signed"
    MAGNITUDE = "magnitude"
    #: How many of a pixel's weights are not zero; their values do not matter.
    SHARE = "share"


_SCALES = {Quantity.MAGNITUDE: Scale.MAGNITUDE, Quantity.MASK: Scale.SHARE}


@dataclass(frozen=True)
class Tone:
    """A colour scale without its limit.

    The signed-log scale is sign(v) log(1 + |v| / c) / log(1 + limit / c), with c a
    thousandth of the limit; after J. B. W. Webber, "A bi-symmetric log transformation
    for wide-range data" (2013).
    """

    quantity: Quantity = Quantity.SIGNED
    logarithmic: bool = False

    @property
    def scale(self) -> Scale:
        return _SCALES.get(self.quantity, Scale.SIGNED)

    def levels(
        self, values: NDArray[np.float32], limit: float, levels: int
    ) -> NDArray[np.uint8]:
        """Map the scale's range to 0..levels-1, the outside clipped; NaN anywhere.

        From -limit to limit, or the magnitudes from 0 to limit.
        """
        steps = levels - 1
        signed = self.scale is Scale.SIGNED
        if self.scale is Scale.MAGNITUDE:
            values = np.abs(values)
        half = steps / 2 if signed else float(steps)
        if self.logarithmic:
            scaled = np.abs(values)
            scaled *= np.float32(1 / (_LINEAR_SHARE * limit))
            np.log1p(scaled, out=scaled)
            scaled *= np.float32(half / np.log1p(1 / _LINEAR_SHARE))
            np.copysign(scaled, values, out=scaled)
        else:
            scaled = values * np.float32(half / limit)
        # Unlike clip these take NaN for the limit, at no cost.
        np.fmin(scaled, np.float32(half), out=scaled)
        np.fmax(scaled, np.float32(-half if signed else 0), out=scaled)
        scaled += np.float32(half + 0.5 if signed else 0.5)
        return scaled.astype(np.uint8)

    def value_at(self, part: float, limit: float) -> float:
        """Return the value at a part of the scale, -1 to 1 or 0 to 1."""
        if not self.logarithmic:
            return part * limit
        linear = _LINEAR_SHARE * limit
        grown = np.expm1(abs(part) * np.log1p(1 / _LINEAR_SHARE)) * linear
        return float(np.copysign(grown, part))


SIGNED = Tone()
