"""What of a weight is shown, on which scale and in which order."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.sparsity.pictures.order import SortBy
from pruneview.sparsity.pictures.tone import Quantity, Scale, Tone

AUTOMATIC_PERCENTILE = 99.5


@dataclass(frozen=True)
class Display:
    """A person's choices.

    Attributes
    ----------
    percentile
        The ends of the scale are at this percentile of the nonzero magnitudes.
    limit
        The ends of the scale, for every weight alike; None: by the percentile.
    rows, columns
        What inputs or channels, and units or filters, are sorted by.
    """

    quantity: Quantity = Quantity.SIGNED
    logarithmic: bool = False
    percentile: float = AUTOMATIC_PERCENTILE
    limit: float | None = None
    rows: SortBy = SortBy.NONE
    columns: SortBy = SortBy.NONE

    @property
    def of_weights(self) -> "Display":
        """The same where there is no gradient: the signed values instead.

        An end of the scale that was chosen for gradients is none for weights.
        """
        if self.quantity is not Quantity.GRADIENT:
            return self
        return replace(self, quantity=Quantity.SIGNED, limit=None)

    @property
    def follows(self) -> bool:
        """Whether what is shown has a scale of its own, which a run changes."""
        return self.quantity in {Quantity.DIFFERENCE, Quantity.GRADIENT}

    @property
    def tone(self) -> Tone:
        """The colour scale."""
        linear = Tone(self.quantity)
        if not self.logarithmic or linear.scale is Scale.SHARE:
            return linear
        return Tone(self.quantity, logarithmic=True)

    def of(
        self, values: NDArray[Any], baseline: NDArray[Any] | None = None
    ) -> NDArray[Any]:
        """Return what is shown of values: themselves, or their difference.

        Without a baseline there is no difference: zeros, or NaN where a value is.
        """
        if self.quantity is Quantity.DIFFERENCE:
            before = values if baseline is None else baseline
            return np.asarray(np.subtract(values, before, dtype=np.float32))
        return values


PLAIN = Display()
