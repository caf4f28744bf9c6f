"""Weights pruned at once, in memory, until they are saved or undone. No Qt here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pruneview.gui import units
from pruneview.gui.controllers.history import Edit, History


@dataclass(frozen=True)
class OneShot:
    """All magnitudes below one threshold made zero.

    Attributes
    ----------
    paths
        Of the weights that took part.
    share
        The share of zeros in them since then, 0 to 1; None where it is not known yet.
    """

    threshold: float
    paths: frozenset[str]
    share: float | None = None

    @property
    def words(self) -> str:
        """Say what was done, for the Edit menu."""
        words = f"one-shot prune at {units.value(self.threshold)}"
        return words if self.share is None else f"{words} ({units.percent(self.share)})"


class OneShots:
    """What was pruned in memory since the file was opened.

    Parameters
    ----------
    show
        Shows the model's weights with a threshold for each path: less is zero.
    possible
        Whether the file's weights are on show, and not a run's.

    Attributes
    ----------
    applied
        One after the other; each has made zeros of what the others had left.
    """

    def __init__(
        self,
        history: History,
        show: Callable[[Mapping[str, float]], None],
        possible: Callable[[], bool],
    ) -> None:
        self._history = history
        self._show = show
        self._possible = possible
        self.applied: tuple[OneShot, ...] = ()
        self._saved: Mapping[str, float] = {}
        self.on_changed: Callable[[], None] = lambda: None

    @property
    def thresholds(self) -> dict[str, float]:
        """By weight, the largest threshold that was applied to it."""
        largest: dict[str, float] = {}
        for shot in self.applied:
            for path in sorted(shot.paths):
                largest[path] = max(shot.threshold, largest.get(path, 0.0))
        return largest

    @property
    def unsaved(self) -> bool:
        """Whether the weights on show are in no file."""
        thresholds = self.thresholds
        return bool(thresholds) and thresholds != self._saved

    def apply(self, shot: OneShot) -> None:
        """Prune what is on show; it can be undone."""
        before, after = self.applied, (*self.applied, shot)
        self._history.add(
            Edit(
                shot.words,
                lambda: self._go_to(before),
                lambda: self._go_to(after),
                owner=self,
                possible=self._possible,
            )
        )
        self._go_to(after)

    def saved(self, thresholds: Mapping[str, float]) -> None:
        """A file with these thresholds applied was written."""
        self._saved = dict(thresholds)
        self.on_changed()

    def keep(self) -> None:
        """A run has begun from these weights: they cannot be taken back any more."""
        self._history.drop(self)

    def forget(self) -> None:
        """Another file is open."""
        self._history.drop(self)
        self.applied, self._saved = (), {}

    def _go_to(self, applied: tuple[OneShot, ...]) -> None:
        self.applied = applied
        self._show(self.thresholds)
        self.on_changed()
