"""What a branch has behind it, copied into its own recording.

So one file tells the whole story, from the baseline over the branch point to the end,
also where the recording of the run it came from is gone.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.events import Event, MaskUpdated, StepDone
from pruneview.pruning.training.recording import Masks, Past, RecordedRun
from pruneview.runs.states import as_kept


class _Writes(Protocol):
    """What is needed of a recorder."""

    def event(self, event: Event) -> None: ...
    def masks(self, step: int, masks: Callable[[], Masks]) -> None: ...
    def keep(
        self, moment: int, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]
    ) -> None: ...


def write_past(recorder: _Writes, past: Past) -> None:
    """Write the figures, masks and weights up to the branch point, and its state.

    The last masks are those of the state: they are in force when the branch begins.
    """
    run, step = past.run, past.checkpoint.completed
    for at, event in run.timed_events():
        if at <= step and isinstance(event, StepDone | MaskUpdated):
            recorder.event(event)
    updates = [at for at in run.steps if at <= step]
    for at in updates[:-1]:
        recorder.masks(at, partial(_fitted, run, at, past.masks))
    for at in updates[-1:]:
        recorder.masks(at, lambda: past.masks)
    for at in run.looked_back:
        if at < step:
            recorder.keep(at, run.weights_at_checkpoint(at), {})
    recorder.keep(step, *as_kept(past.checkpoint, whole=True))


def _fitted(run: RecordedRun, step: int, now: Masks) -> Masks:
    """Return the masks of a step, of the weights that have any now."""
    before = run.masks_at(step)
    return {
        path: before.get(path, np.ones(mask.shape, np.bool_))
        for path, mask in now.items()
    }
