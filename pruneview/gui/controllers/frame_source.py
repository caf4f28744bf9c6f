"""Where moving pictures come from: the training thread, or a replay. No Qt here."""

from collections.abc import Callable

from pruneview.sparsity.pictures.live import LiveFrame, ViewRequest
from pruneview.workers.training_worker import TrainingWorker

Ask = Callable[[ViewRequest], None]


class FrameSource:
    """Passes on what the window wants to see to whoever draws it now.

    Attributes
    ----------
    request
        What is wanted; None while pictures come from the file.
    is_rested
        Whether the window has time for another picture; a newer one may come.
    """

    def __init__(self, worker: TrainingWorker) -> None:
        self._worker = worker
        self._replay: Ask | None = None
        self.request: ViewRequest | None = None
        self.is_rested: Callable[[], bool] = lambda: True

    def ask(self, request: ViewRequest | None) -> bool:
        """Want pictures of a weight, or no more; whether any will come."""
        self.request = request
        if self._replay is None:
            self._worker.set_view(request)
        elif request is not None:
            self._replay(request)
        return request is not None

    def divert(self, replay: Ask | None) -> None:
        """Ask `replay` from now on; None: the training thread again."""
        self._replay = replay
        if replay is None:
            self._worker.set_view(self.request)
            return
        self._worker.set_view(None)
        if self.request is not None:
            replay(self.request)

    def take(self) -> LiveFrame | None:
        """Return the training thread's latest picture, if it is the one to be shown."""
        if not self.is_rested():
            return None
        frame = self._worker.frames.take()
        return frame if self._replay is None else None
