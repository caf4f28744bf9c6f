"""The states of a run that its recording keeps: where it goes on, or branches off.

Two checkpoints are written over in turn. Besides, weights stay here and there to be
looked back at; where the rest of the state is small it stays with them, and so does
the whole state that a branch begins with.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.errors import RecordingError
from pruneview.pruning.training.recording import WEIGHT, Checkpoint
from pruneview.runs.container import records
from pruneview.runs.container.arrays import unpack_arrays
from pruneview.runs.container.log import RecordLog
from pruneview.runs.container.records import Record
from pruneview.runs.container.slots import (
    FRONT_SIZE,
    SlotContent,
    sequence_in,
    unpack_slot,
)

#: Begins the names of what is no weight; no weight's path does.
_REST = "/"
_WHOLE = "whole"

Arrays = dict[str, NDArray[Any]]
Facts = dict[str, Any]


def facts_of(checkpoint: Checkpoint) -> Facts:
    """Return what a checkpoint holds beside arrays, as JSON has it."""
    return {
        "completed": checkpoint.completed,
        "masked": checkpoint.masked,
        "sparsity": checkpoint.sparsity,
        "seconds": checkpoint.seconds,
        "training_seconds": checkpoint.training_seconds,
    }


def as_kept(checkpoint: Checkpoint, *, whole: bool) -> tuple[Arrays, Facts]:
    """Return weights by their paths, the rest of the state with them if `whole`."""
    arrays, facts = checkpoint.weights(), facts_of(checkpoint)
    if whole:
        facts[_WHOLE] = True
        for name, array in checkpoint.state.items():
            if not name.startswith(WEIGHT):
                arrays[_REST + name] = array
    return arrays, facts


def size_of(arrays: Mapping[str, NDArray[Any]]) -> int:
    """Return their bytes, at least one."""
    return max(sum(array.nbytes for array in arrays.values()), 1)


def all_finite(arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Whether every value is a number; one pass, without a temporary."""
    return all(
        array.dtype.kind in "biu" or bool(np.isfinite(array.sum(dtype=np.float64)))
        for array in arrays.values()
    )


class KeptStates:
    """Finds states in the records of a log; any thread."""

    def __init__(self, log: RecordLog, kept: Sequence[Record]) -> None:
        self._log = log
        self._kept = kept

    @property
    def looked_back(self) -> tuple[int, ...]:
        """The moments whose weights stay in the recording."""
        return tuple(record.step for record in self._kept)

    def newest(self) -> tuple[int, int] | None:
        """Return the moment of the last state, and where the log ended then."""
        content = next(iter(self._slots()), None)
        if content is not None:
            return content.step, content.log_end
        last = next(iter(self._whole()), None)
        return None if last is None else (last[0].step, last[0].end)

    def last(self) -> Checkpoint | None:
        """Return the last state that was kept whole."""
        content = next(iter(self._slots()), None)
        if content is not None:
            return self._checkpoint(*unpack_arrays(content.body))
        found = next(iter(self._whole()), None)
        return None if found is None else self._checkpoint(*found[1:])

    def before(self, moment: int) -> Checkpoint | None:
        """Return the last whole state at a moment or before it."""
        slot = next((c for c in self._slots() if c.step <= moment), None)
        kept = next((k for k in self._whole(moment)), None)
        if slot is not None and (kept is None or kept[0].step <= slot.step):
            return self._checkpoint(*unpack_arrays(slot.body))
        return None if kept is None else self._checkpoint(*kept[1:])

    def weights_at(self, moment: int) -> Arrays:
        """Return the weights of a moment by path; raises KeyError."""
        for record in self._kept:
            if record.step == moment:
                arrays, _ = unpack_arrays(memoryview(self._log.payload(record)))
                return {n: a for n, a in arrays.items() if not n.startswith(_REST)}
        last = self.last()
        if last is None or last.completed + last.masked != moment:
            raise KeyError(moment)
        return last.weights()

    def _slots(self) -> Iterator[SlotContent]:
        """Yield the slots that are whole, the newest first; each is read when due."""
        slots = [r for r in self._log.records if r.kind == records.SLOT]
        fronts = [sequence_in(self._log.raw(slot, FRONT_SIZE)) for slot in slots]
        for _, slot in sorted(zip(fronts, slots, strict=True), reverse=True):
            content = unpack_slot(self._log.raw(slot))
            if content is not None:
                yield content

    def _whole(
        self, moment: int | None = None
    ) -> Iterator[tuple[Record, Arrays, Facts]]:
        """Yield states that stay, the latest first; each is read when it is due."""
        for record in sorted(self._kept, key=lambda r: r.step, reverse=True):
            if moment is not None and record.step > moment:
                continue
            kept, facts = unpack_arrays(memoryview(self._log.payload(record)))
            if facts.get(_WHOLE):
                state = {
                    n[1:] if n.startswith(_REST) else WEIGHT + n: array
                    for n, array in kept.items()
                }
                yield record, state, facts

    def _checkpoint(self, state: Arrays, facts: Mapping[str, Any]) -> Checkpoint:
        try:
            return Checkpoint(
                completed=int(facts["completed"]),
                masked=bool(facts["masked"]),
                sparsity=float(facts["sparsity"]),
                seconds=float(facts["seconds"]),
                training_seconds=float(facts["training_seconds"]),
                state=state,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RecordingError(
                f"{self._log.path.name} is damaged: its checkpoint lacks {error}."
            ) from error
