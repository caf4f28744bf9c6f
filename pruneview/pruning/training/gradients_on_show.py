"""Gradients for whoever looks at them: measured seldom, and for nobody never."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pruneview.pruning.failures import sentence_of
from pruneview.sparsity.pictures.gradient import Gradient

NOTHING_TRAINED = (
    "Gradients are measured on the training data, and nothing was trained on them "
    "here yet. Start a run."
)
#: Measuring takes at most this share of the time of a run that is looked at.
_MOST_OF_TIME = 0.1
#: Whoever has not asked for so many seconds, nor since the last masks, looks away.
_PATIENCE = 2.0


@dataclass(frozen=True, eq=False)
class Measured:
    """Mean gradients of weights, by path; see `Gradient`."""

    arrays: Mapping[str, NDArray[Any]]
    samples: int
    step: int
    of_criterion: bool = False


class GradientsOnShow:
    """Keeps what was measured last, until masks have changed and it is asked for.

    Parameters
    ----------
    measure
        Measures the gradients of all weights that are trained, for a step.
    trained
        Paths of those weights.
    """

    def __init__(
        self,
        measure: Callable[[int], Measured],
        trained: Collection[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._measure = measure
        self._trained = trained
        self._clock = clock
        self._asked_at = -_PATIENCE
        self.forget()

    def forget(self) -> None:
        """Another run begins, or the baseline is back."""
        self._kept: Measured | None = None
        self._offered: Measured | None = None
        self._failed = ""
        self._path = ""
        self._asked = False
        self._masks_are_new = self._weights_are_new = True
        self._due = 0.0
        self._is_first = True

    def offer(self, measured: Callable[[], Measured]) -> None:
        """Take what the run measures for its next masks, if anybody looks."""
        if self._is_looked_at:
            self._offered = measured()

    def masks_changed(self) -> None:
        """Masks were computed."""
        offered, self._offered = self._offered, None
        self._masks_are_new = self._weights_are_new = True
        if not self._is_looked_at:
            self._kept = None
        elif offered is not None and self._path in offered.arrays:
            self._kept, self._masks_are_new = offered, False
        self._asked = False

    def weights_changed(self) -> None:
        """A step was trained."""
        self._weights_are_new = True

    def of(self, path: str, step: int, *, wanted: bool, rests: bool) -> Gradient | str:
        """Return the gradient of a weight, measured now if that is due.

        Parameters
        ----------
        wanted
            Whether anybody looks at it; if not, "" stands for one.
        rests
            Whether no run goes on: then it is that of the weights as they are.

        Returns
        -------
        Or a sentence that says why there is none.
        """
        if path not in self._trained:
            return "This weight is not trained, so it has no gradient."
        if not wanted and not self._is_looked_at:
            self._kept = None
        if self._failed or not wanted:
            return self._failed
        self._path, self._asked, self._asked_at = path, True, self._clock()
        kept = self._kept
        if kept is None or path not in kept.arrays or self._is_due(rests=rests):
            try:
                kept = self._measure_now(step)
            except Exception as error:  # noqa: BLE001 - the run must go on
                self._failed = f"It could not be measured: {sentence_of(error)}"
                return self._failed
        return Gradient(kept.arrays[path], kept.samples, kept.step, kept.of_criterion)

    def _measure_now(self, step: int) -> Measured:
        self._kept = None  # not held beside the new ones
        self._kept = self._measure(step)
        self._masks_are_new = self._weights_are_new = False
        ended = self._clock()
        if not self._is_first:  # the first one is also compiled
            self._due = ended + (ended - self._asked_at) / _MOST_OF_TIME
        self._is_first = False
        return self._kept

    def _is_due(self, *, rests: bool) -> bool:
        if rests:
            return self._weights_are_new
        return self._masks_are_new and self._clock() >= self._due

    @property
    def _is_looked_at(self) -> bool:
        return self._asked or self._clock() - self._asked_at < _PATIENCE
