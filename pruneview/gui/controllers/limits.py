"""The ends of a weight's colour scale, found once for each percentile."""

from typing import Any

from numpy.typing import NDArray

from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.picture import robust_limit


class Limits:
    """Where the colour scale of a weight ends.

    Parameters
    ----------
    values
        All of the weight, or a sample of it.
    """

    def __init__(self, values: NDArray[Any]) -> None:
        self._values = values
        self._known: dict[float, float] = {}

    def of(self, display: Display) -> float:
        """Return the magnitude at the ends: what was chosen, or a percentile."""
        if display.limit is not None:
            return display.limit
        percentile = display.percentile
        if percentile not in self._known:
            self._known[percentile] = robust_limit(self._values, percentile)
        return self._known[percentile]
