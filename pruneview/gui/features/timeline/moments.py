"""Makes the moments that are wanted, one at a time, on the reader pool."""

from collections.abc import Callable

from pruneview.gui.features.timeline.showing import MomentMaker
from pruneview.sparsity.pictures.live import ViewRequest
from pruneview.workers.reader_pool import ReaderPool

CHANNEL = "timeline-moment"


class WantedMoment:
    """The moment wanted last: a drag that wants more of them must not starve.

    Parameters
    ----------
    view
        What the window wants to see of a moment.
    """

    def __init__(
        self, pool: ReaderPool, view: Callable[[], ViewRequest | None]
    ) -> None:
        self._pool = pool
        self._view = view
        self._step: int | None = None
        self.maker: MomentMaker | None = None

    @property
    def pending(self) -> bool:
        """Whether one is wanted that is not being made yet."""
        return self._step is not None

    def want(self, step: int) -> None:
        """Want the moment at a step."""
        self._step = step
        self.make()

    def make(self) -> None:
        """Begin with what is wanted, unless another one is still being made."""
        maker, step = self.maker, self._step
        if maker is None or step is None or self._pool.is_busy(CHANNEL):
            return
        self._step = None
        view = self._view()
        self._pool.submit(CHANNEL, lambda _request: maker.make(step, view))

    def forget(self) -> None:
        """Want nothing any more."""
        self._step = None
        self._pool.cancel(CHANNEL)
