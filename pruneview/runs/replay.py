"""Any moment of a recorded run: what was zero, how large, how accurate."""

import bisect
import dataclasses
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.events import (
    Evaluation,
    Event,
    MaskUpdated,
    RunEnded,
    RunStarted,
    StepDone,
    WeightSparsity,
)
from pruneview.runs.recording import Recording

_MOST_IN_MEMORY = 64_000_000  # bytes of weights that were kept
Baseline = Callable[[str], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Moment:
    """A run at one step.

    Attributes
    ----------
    mask_step
        The step at which the masks in force were computed; None before the first.
    masks
        By weight, True keeps; of the weights' shapes.
    weights
        Zeros of each pruned weight, counted in its mask, with the threshold and the
        deflated bytes that were measured at `mask_step`.
    progress
        The last report of a train step up to here.
    evaluation
        Measured at `mask_step`, or of the baseline; None where the run was killed
        before it was known.
    deflated_bytes
        Of all the model's weights, by `compressor`; None likewise.
    """

    step: int
    mask_step: int | None
    masks: Mapping[str, NDArray[np.bool_]]
    weights: tuple[WeightSparsity, ...]
    progress: StepDone | None
    target_sparsity: float
    evaluation: Evaluation | None
    deflated_bytes: int | None
    compressor: str

    @property
    def sparsity(self) -> float:
        """Share of zeros over the pruned weights, 0 to 1."""
        size = sum(weight.size for weight in self.weights)
        return sum(weight.zeros for weight in self.weights) / size if size else 0.0

    def weight(self, path: str) -> WeightSparsity | None:
        """Return the figures of one pruned weight; None where it has no mask."""
        return next((w for w in self.weights if w.path == path), None)


@dataclass(frozen=True, eq=False)
class Values:
    """Values of one weight at a moment.

    Attributes
    ----------
    array
        In the weight's shape; zero exactly where the mask of the moment prunes.
    since
        The step whose values these are, kept at that time, never a later one than
        the moment's; 0 for the baseline. Only `masks` are newer.
    """

    array: NDArray[Any]
    since: int


class Replay:
    """Goes to any step of a recording; any thread.

    Parameters
    ----------
    recording
        Of a run that ended, was killed or is going on; it stays its owner's.
    baseline
        Gives a weight of the model before the run, for the steps before any weights
        were kept; raises KeyError where it has none.
    """

    def __init__(self, recording: Recording, baseline: Baseline | None = None) -> None:
        self.recording = recording
        self._baseline = baseline
        self._lock = threading.RLock()
        self._kept: dict[int, Mapping[str, NDArray[Any]]] = {}
        self._last: tuple[int, Mapping[str, NDArray[Any]]] | None = None
        self._last_is_read = False
        self._unpacked: tuple[int, Mapping[str, NDArray[np.bool_]]] | None = None
        self._sort()

    def refresh(self) -> bool:
        """Take in what a run that is going on has added; whether it was anything."""
        with self._lock:
            added = self.recording.refresh()
            if added:
                self._last_is_read = False
                self._unpacked = None
                self._sort()
            return added

    def _sort(self) -> None:
        self.events: tuple[tuple[int, Event], ...] = self.recording.timed_events()
        happened = [event for _, event in self.events]
        self.started = next((e for e in happened if isinstance(e, RunStarted)), None)
        self.ended = next((e for e in happened if isinstance(e, RunEnded)), None)
        self.updates = [e for e in happened if isinstance(e, MaskUpdated)]
        self.progress = [e for e in happened if isinstance(e, StepDone)]
        self._update_steps = [update.step for update in self.updates]
        self._progress_steps = [done.step for done in self.progress]
        masks = self.recording.steps
        reached = [step for step, _ in self.events]
        end = 0 if self.ended is None else self.ended.step
        self.last_step = max([0, end, *reached, *masks])
        self.stops = tuple(sorted({0, *masks, self.last_step}))

    @property
    def steps(self) -> int:
        """How many steps the run was to take, or took as far as is known."""
        planned = 0 if self.started is None else self.started.steps
        return max(planned, self.last_step, 1)

    @property
    def has_baseline(self) -> bool:
        """Whether values are known from the very beginning."""
        return self._baseline is not None

    def baseline(self, path: str) -> NDArray[Any] | None:
        """Return a weight's values before the run; None where they are not known."""
        if self._baseline is None:
            return None
        try:
            return self._baseline(path)
        except KeyError:
            return None

    def events_until(self, step: int) -> list[Event]:
        """Return what had happened by the end of a step, in order."""
        return [event for at, event in self.events if at <= step]

    def at(self, step: int) -> Moment:
        """Return the moment at a step; the nearest one where there is no such step.

        Raises
        ------
        RecordingError
            Where that part of the file is damaged.
        """
        with self._lock:
            step = min(max(0, step), self.last_step)
            masks = self._masks(step)
            place = bisect.bisect_right(self.recording.steps, step) - 1
            mask_step = self.recording.steps[place] if place >= 0 else None
            update = self._update(mask_step)
            at = bisect.bisect_right(self._progress_steps, step) - 1
            progress = self.progress[at] if at >= 0 else None
            started = self.started
        measured = () if update is None else update.weights
        if not measured and started is not None:
            measured = started.weights
        known = {weight.path: weight for weight in measured}
        moment = Moment(
            step=step,
            mask_step=mask_step,
            masks=masks,
            weights=tuple(_counted(path, m, known) for path, m in masks.items()),
            progress=progress,
            target_sparsity=_target(progress, update),
            evaluation=None,
            deflated_bytes=None,
            compressor="",
        )
        if update is not None:
            return dataclasses.replace(
                moment,
                evaluation=update.evaluation,
                deflated_bytes=update.deflated_bytes,
                compressor=update.compressor,
            )
        if started is None or mask_step is not None:
            return moment
        return dataclasses.replace(
            moment,
            evaluation=started.held_out_baseline or started.baseline,
            deflated_bytes=started.deflated_bytes,
            compressor=started.compressor,
        )

    def _masks(self, step: int) -> Mapping[str, NDArray[np.bool_]]:
        """Return the masks at a step; figures and values of it ask one by one."""
        if self._unpacked is None or self._unpacked[0] != step:
            self._unpacked = step, self.recording.masks_at(step)
        return self._unpacked[1]

    def _update(self, mask_step: int | None) -> MaskUpdated | None:
        """Return what was measured with those very masks."""
        if mask_step is None:
            return None
        place = bisect.bisect_right(self._update_steps, mask_step) - 1
        if place < 0 or self._update_steps[place] != mask_step:
            return None
        return self.updates[place]

    def values(self, path: str, step: int) -> Values:
        """Return a weight's values at a step, as near as they were kept.

        They are those of the last moment before whose weights were kept, or of the
        baseline, with the mask of the step applied: a later moment's would show
        weights as zero that were not yet.

        Raises
        ------
        KeyError
            Where nothing was kept of that weight up to that step.
        RecordingError
            Where that part of the file is damaged.
        """
        with self._lock:
            step = min(max(0, step), self.last_step)
            since, array = self._nearest(path, step)
            mask = self._masks(step).get(path)
        if mask is not None:
            if mask.shape != array.shape:
                raise KeyError(path)
            # Not a product: minus zero and NaN are no zeros of a mask.
            array = np.where(mask, array, np.zeros((), array.dtype))
        return Values(array, since)

    def _nearest(self, path: str, step: int) -> tuple[int, NDArray[Any]]:
        looked_back = [at for at in self.recording.looked_back if at <= step]
        newest = max(self.recording.looked_back, default=-1)
        if step >= newest:
            last = self._last_kept()
            if last is not None and last[0] <= step:
                return last[0], last[1][path]
        if looked_back:
            since = max(looked_back)
            return since, self._kept_at(since)[path]
        if self._baseline is None:
            raise KeyError(path)
        return 0, self._baseline(path)

    def _kept_at(self, since: int) -> Mapping[str, NDArray[Any]]:
        """Return weights that were kept for good; small enough ones are read once."""
        if since not in self._kept:
            weights = self.recording.weights_at_checkpoint(since)
            size = sum(array.nbytes for array in weights.values())
            if (len(self._kept) + 1) * size > _MOST_IN_MEMORY:
                self._kept.clear()
            self._kept[since] = weights
        return self._kept[since]

    def _last_kept(self) -> tuple[int, Mapping[str, NDArray[Any]]] | None:
        """Return the weights of the last checkpoint; read once until `refresh`."""
        if not self._last_is_read:
            last = self.recording.checkpoint()
            self._last = (
                None if last is None else (last.completed + last.masked, last.weights())
            )
            self._last_is_read = True
        return self._last


def _counted(
    path: str, mask: NDArray[np.bool_], known: Mapping[str, WeightSparsity]
) -> WeightSparsity:
    zeros = mask.size - int(np.count_nonzero(mask))
    measured = known.get(path)
    if measured is None:
        return WeightSparsity(path, mask.size, zeros)
    return dataclasses.replace(measured, zeros=zeros, size=mask.size)


def _target(progress: StepDone | None, update: MaskUpdated | None) -> float:
    """Return what the schedule asked for, as it was last said."""
    said = [event for event in (progress, update) if event is not None]
    if not said:
        return 0.0
    return max(said, key=lambda event: event.step).target_sparsity
