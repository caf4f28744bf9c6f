"""The session of the training thread, imported and made when it is first needed.

Its import takes some 70 ms, which the first heatmap must not wait for.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from pruneview.pruning.events import Event
from pruneview.pruning.training.control import RunControl
from pruneview.sparsity.pictures.gradient import Gradient

if TYPE_CHECKING:
    from pruneview.pruning.session import PruningSession


class LateSession:
    """Stands for a `PruningSession` until there is one; on the training thread.

    Parameters
    ----------
    emit, control, on_step
        Of the session.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        control: RunControl,
        on_step: Callable[[int], None],
    ) -> None:
        self._parts = (emit, control, on_step)

    @cached_property
    def made(self) -> "PruningSession":
        """The session itself."""
        from pruneview.pruning.session import PruningSession  # noqa: PLC0415

        return PruningSession(*self._parts)

    @property
    def has_model(self) -> bool:
        """Whether a model is open; any thread."""
        return "made" in self.__dict__ and self.made.path is not None

    @property
    def step(self) -> int:
        """See `PruningSession.step`."""
        return self.made.step

    def warm_up(self, path: Path | None) -> None:
        """See `PruningSession.warm_up`."""
        self.made.warm_up(path)

    def values(self, path: str) -> NDArray[Any]:
        """See `PruningSession.values`."""
        return self.made.values(path)

    def threshold_of(self, path: str) -> float:
        """See `PruningSession.threshold_of`."""
        return self.made.threshold_of(path)

    def baseline(self, path: str) -> NDArray[Any]:
        """See `PruningSession.baseline`."""
        return self.made.baseline(path)

    def gradient(
        self, path: str, step: int, *, wanted: bool, rests: bool
    ) -> Gradient | str:
        """See `PruningSession.gradient`."""
        return self.made.gradient(path, step, wanted=wanted, rests=rests)
