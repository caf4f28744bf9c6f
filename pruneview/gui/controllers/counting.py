"""Statistics and compressed sizes of all weights, while other things go on. No Qt."""

from collections.abc import Callable

from pruneview.formats import Weight
from pruneview.gui.controllers.document_view import DocumentView
from pruneview.gui.controllers.reading import (
    Counted,
    Numbers,
    Progress,
    measure_weights,
)
from pruneview.sparsity.sizing.sizes import QUICK_LABEL
from pruneview.workers.reader_pool import Answer, ReaderPool


class Counting:
    """Measures all weights of a model on the reader pool and shows the numbers.

    Attributes
    ----------
    quiet
        Whether a run's own words have the status line.
    """

    def __init__(self, pool: ReaderPool, view: DocumentView) -> None:
        self._pool = pool
        self._view = view
        self._waiting: list[Weight] | None = None
        self._left: dict[str, Weight] = {}
        self.quiet = False
        self.on_counted: Callable[[], None] = lambda: None

    def prepare(self, weights: list[Weight]) -> None:
        """Take the weights of a model; `begin` measures them."""
        self._waiting = weights
        self._left = {weight.path: weight for weight in weights}

    def measure_again(self, weights: list[Weight]) -> None:
        """Measure weights whose values have changed, and what was left to measure."""
        self._left |= {weight.path: weight for weight in weights}
        self._waiting = list(self._left.values())
        self.begin()

    def begin(self) -> None:
        """Measure what was prepared, once; the first picture comes before it."""
        weights, self._waiting = self._waiting, None
        if weights is not None:
            self._pool.submit(
                "statistics", lambda request: measure_weights(weights, request)
            )

    def handle(self, answer: Answer) -> None:
        """Take an answer of the reader pool on the channel "statistics"."""
        found: Numbers | Progress | Counted | list[str] = answer.value
        if isinstance(found, Numbers):
            if found.deflated is not None:
                self._left.pop(found.path, None)
            self._view.show_numbers(
                found.path, statistics=found.statistics, deflated=found.deflated
            )
        elif isinstance(found, Counted):
            self.on_counted()
        elif isinstance(found, Progress):
            if not self.quiet:
                self._view.show_stage(f"{found.words}…", found.share)
        else:
            if not self.quiet:
                self._view.show_stage("", None)
            self._view.show_totals(QUICK_LABEL)
            for sentence in found:
                self._view.show_error(sentence, "")
