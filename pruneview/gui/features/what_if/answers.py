"""What is known of a model's weights, and what follows of one threshold. No Qt here."""

from dataclasses import dataclass, field

from pruneview.gui.features.what_if.counts import Counts
from pruneview.gui.features.what_if.sizes import SizeCurve

_LARGEST, _HALVINGS = 1e30, 40


@dataclass(frozen=True)
class Outcome:
    """What one threshold over all weights that take part would do.

    Attributes
    ----------
    zeros
        By the paths of the weights that take part.
    size
        Values of the weights that take part.
    exact
        Whether every count is exact.
    deflated
        About the deflated bytes of all weights; None while not known.
    emptied
        Weights of which nothing would be left.
    """

    zeros: dict[str, int]
    size: int
    exact: bool
    deflated: float | None
    emptied: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of zeros over the weights that take part, 0 to 1."""
        return sum(self.zeros.values()) / self.size if self.size else 0.0


@dataclass(eq=False)
class Known:
    """What was counted so far of the weights of one model.

    Attributes
    ----------
    wanted
        Paths of the weights whose magnitudes are to be counted.
    measured
        How many weights have a size curve when all have.
    """

    wanted: tuple[str, ...]
    measured: int
    counts: dict[str, Counts] = field(default_factory=dict)
    curves: dict[str, SizeCurve] = field(default_factory=dict)

    def outcome(self, threshold: float, taken: frozenset[str]) -> Outcome:
        """Return what would become of the weights of which counts are known."""
        counts = {path: c for path, c in self.counts.items() if path in taken}
        # What is zero already stays so, whatever the threshold.
        zeros = {path: max(c.below(threshold), c.zeros) for path, c in counts.items()}
        return Outcome(
            zeros,
            sum(c.size for c in counts.values()),
            all(c.exact for c in counts.values()),
            self._deflated(zeros),
            tuple(path for path, c in counts.items() if zeros[path] == c.size),
        )

    def threshold_for(self, share: float, taken: frozenset[str]) -> float:
        """Return about the threshold at which so much of `taken` would be zero."""
        low, high = 0.0, 1.0
        while self.outcome(high, taken).share < share and high < _LARGEST:
            high *= 2
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            below = self.outcome(middle, taken).share < share
            low, high = (middle, high) if below else (low, middle)
        return high

    def is_counted(self, taken: frozenset[str]) -> bool:
        """Whether all that take part were counted."""
        return taken <= self.counts.keys()

    def _deflated(self, zeros: dict[str, int]) -> float | None:
        if len(self.curves) < self.measured:
            return None
        return sum(
            curve.at(zeros[path] / curve.size if path in zeros and curve.size else 0.0)
            for path, curve in self.curves.items()
        )
