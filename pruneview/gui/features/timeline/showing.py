"""A moment of a run, ready to be shown; made on a thread of the reader pool."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from pruneview.formats import ModelFile
from pruneview.gui import units
from pruneview.pruning.in_memory import pruned_model
from pruneview.pruning.training.recording import RunHeader, file_sha256
from pruneview.runs import Moment, Recording, Replay
from pruneview.sparsity.pictures.live import FrameRenderer, LiveFrame, ViewRequest
from pruneview.sparsity.pictures.tone import Quantity

_NO_GRADIENT = (
    "Recordings keep no gradients. Go back to now, or start a run, to see them."
)


@dataclass(frozen=True, eq=False)
class Shown:
    """What the window shows of a moment.

    `frame` is None where no weight is on show, or nothing was kept of it; `since` is
    the step whose values it has. `compared` says whether a difference to the baseline
    is shown, and `has_baseline` whether there is one to compare with.
    """

    moment: Moment
    frame: LiveFrame | None
    since: int | None
    steps: int
    compared: bool = False
    has_baseline: bool = True

    @property
    def words(self) -> str:
        """Say which step this is, and where its masks and values are from."""
        moment = self.moment
        parts = [f"Step {units.count(moment.step)} of {units.count(self.steps)}"]
        if self.compared and not self.has_baseline:
            parts.append("nothing to compare with: the run's own file is not open")
        if self.since == 0 and moment.step > 0:
            parts.append(
                "only what is pruned differs: no trained values kept so far"
                if self.compared and self.has_baseline
                else "values of the baseline"
            )
        elif self.since is None:
            parts.append("values were not kept")
        elif self.since != moment.step:
            parts.append(f"values of step {units.count(self.since)}")
        if moment.mask_step is None:
            parts.append("before the first mask")
        elif moment.mask_step != moment.step:
            parts.append(f"masks of step {units.count(moment.mask_step)}")
        return " · ".join(parts)


class MomentMaker:
    """Goes to steps of one recording and draws the weight on show there.

    Parameters
    ----------
    growing
        Whether the run may still be going on.
    """

    def __init__(self, replay: Replay, *, growing: bool) -> None:
        self.replay = replay
        self._growing = growing
        self._lock = threading.Lock()
        self._renderer: FrameRenderer | None = None

    def make(self, step: int, view: ViewRequest | None) -> Shown:
        """Return the moment at a step; any thread.

        Raises
        ------
        RecordingError
            Where that part of the file is damaged.
        """
        replay = self.replay
        with self._lock:
            if self._growing:
                replay.refresh()
            moment = replay.at(step)
            frame, since = None, None
            if view is not None:
                try:
                    values = replay.values(view.weight_path, step)
                except KeyError:
                    pass
                else:
                    since = values.since
                    if self._renderer is None or not self._renderer.follow(view):
                        self._renderer = FrameRenderer(
                            view, baseline=self._baseline_of(view.weight_path)
                        )
                    weight = moment.weight(view.weight_path)
                    frame = self._renderer.render(
                        values.array,
                        step=moment.step,
                        threshold=weight.threshold if weight else 0.0,
                        gradient=_NO_GRADIENT,
                    )
            compared = view is not None and view.display.quantity is Quantity.DIFFERENCE
            return Shown(
                moment, frame, since, replay.steps, compared, replay.has_baseline
            )

    def _baseline_of(self, path: str) -> Callable[[], NDArray[Any] | None]:
        """Return what reads a weight's baseline, once."""
        return cache(lambda: self.replay.baseline(path))


def fits(header: RunHeader, model: ModelFile | None) -> bool:
    """Whether a model has the weights that a run has pruned."""
    if model is None:
        return False
    shapes = {w.path: w.shape for layer in model.layers for w in layer.weights}
    return all(shapes.get(path) == shape for path, shape in header.pruned)


def open_recording(
    path: Path, model: ModelFile | None, *, growing: bool
) -> tuple[Recording, MomentMaker]:
    """Open a recording to go through it; any thread.

    The weights of `model` are the run's baseline only if it is the very file.

    Raises
    ------
    RecordingError
    """
    recording = Recording(path)
    try:
        baseline = _baseline(recording.header, model)
        return recording, MomentMaker(Replay(recording, baseline), growing=growing)
    except BaseException:
        recording.close()
        raise


def _baseline(
    header: RunHeader, model: ModelFile | None
) -> Callable[[str], NDArray[Any]] | None:
    if model is None or not model.path.is_file():
        return None
    if file_sha256(model.path) != header.model_sha256:
        return None
    begun = pruned_model(model, dict(header.one_shot))
    weights = {w.path: w for layer in begun.layers for w in layer.weights}
    return lambda path: weights[path].read()
