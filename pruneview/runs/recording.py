"""Reading a run's recording: what it was, how it went, its masks at any moment."""

import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.errors import RecordingError
from pruneview.pruning.events import (
    Event,
    Failed,
    MaskUpdated,
    RunEnded,
    RunStarted,
)
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.training.recording import Checkpoint, RunHeader
from pruneview.runs.bits import to_masks
from pruneview.runs.container import records
from pruneview.runs.container.locking import is_locked
from pruneview.runs.container.log import RecordLog
from pruneview.runs.container.records import Record
from pruneview.runs.event_codec import decode_event
from pruneview.runs.header import decode_header
from pruneview.runs.mask_track import MaskTrack
from pruneview.runs.states import KeptStates

_MOST_JSON = 64_000_000  # bytes
_E = TypeVar("_E", bound=Event)


def is_recording(path: Path | str) -> bool:
    """Whether a file begins as a recording does."""
    try:
        with Path(path).open("rb") as stream:
            return stream.read(len(records.MAGIC)) == records.MAGIC
    except OSError:
        return False


class Recording:
    """One recorded run, whether it ended, was killed or is still going on.

    Its methods may be called from any thread. Everything damaged or hostile in the
    file ends in a `RecordingError` with a sentence; nothing in it is executed.

    Parameters
    ----------
    path
        The file; it is kept open until `close`.

    Raises
    ------
    RecordingError
        Where it is no recording, or the run in it never began.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._lock = threading.RLock()
        self._decoded: dict[int, Event | None] = {}
        self._log = RecordLog(self.path)
        try:
            self._header = self._read_header()
            self._sort()
        except BaseException:
            self._log.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def header(self) -> RunHeader:
        """What the run is made of."""
        return self._header

    @property
    def plan(self) -> PruningPlan:
        """What the run was asked to do."""
        return self._header.plan

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps at which masks were computed."""
        return self._masks.steps

    @property
    def checkpoints(self) -> tuple[int, ...]:
        """The steps whose weights `weights_at_checkpoint` returns, the last included.

        Reads the last checkpoint as a whole.
        """
        step = self.checkpoint_step
        last = () if step is None else (step,)
        return tuple(sorted({*self.looked_back, *last}))

    @property
    def looked_back(self) -> tuple[int, ...]:
        """The steps whose weights stay in the recording to be looked back at."""
        return self._states.looked_back

    @property
    def torn_bytes(self) -> int:
        """Bytes at the end that the process did not finish writing."""
        return self._log.torn_bytes

    def refresh(self) -> bool:
        """Take in what a run that is going on has added; whether it was anything."""
        with self._lock:
            added = self._log.refresh()
            if added:
                self._sort()
            return added

    def events(self) -> list[Event]:
        """Return what happened, in order; kinds of later versions are left out."""
        return [event for _, event in self.timed_events()]

    def timed_events(self) -> tuple[tuple[int, Event], ...]:
        """Return what happened as `events` does, each with the step it came at."""
        found = ((record.step, self._event(record)) for record in self._events)
        return tuple((step, event) for step, event in found if event is not None)

    @property
    def started(self) -> RunStarted | None:
        """How the run began, with the baseline's figures."""
        return self._first(RunStarted, self._events)

    @property
    def ended(self) -> RunEnded | None:
        """How the run ended; None where it was killed, failed or goes on."""
        return self._first(RunEnded, reversed(self._events))

    @property
    def failure(self) -> Failed | None:
        """The error that ended the run, if one did."""
        return self._first(Failed, reversed(self._events))

    @property
    def updates(self) -> list[MaskUpdated]:
        """The figures at each mask."""
        return [event for event in self.events() if isinstance(event, MaskUpdated)]

    @property
    def outcome(self) -> str:
        """How it ended: finished, stopped, failed, or interrupted.

        A run that is still going on is told apart from one that was killed by
        nothing in the file; see `being_written`.
        """
        ended = self.ended
        if ended is not None:
            return "stopped" if ended.stopped else "finished"
        return "interrupted" if self.failure is None else "failed"

    @property
    def being_written(self) -> bool:
        """Whether the run is going on now, as far as the system can tell."""
        return is_locked(self.path)

    @property
    def checkpoint_step(self) -> int | None:
        """The moment of the last checkpoint; None where there is none."""
        newest = self._states.newest()
        return None if newest is None else newest[0]

    @property
    def checkpoint_end(self) -> int:
        """Where the log ended when the last checkpoint was made, in bytes."""
        newest = self._states.newest()
        return self._log.end if newest is None else newest[1]

    def began_before(self, end: int) -> bool:
        """Whether the run had begun when the log was so many bytes long."""
        before = (record for record in self._events if record.offset < end)
        return self._first(RunStarted, before) is not None

    @property
    def last_step(self) -> int:
        """The last step that is known to have been reached.

        Reads the last checkpoint as a whole.
        """
        reached = [record.step for record in self._events]
        return max([0, *reached, *self.steps, *self.checkpoints])

    def masks_at(self, step: int) -> dict[str, NDArray[np.bool_]]:
        """Return the masks in force at a step, by weight; True keeps a weight.

        Before the first mask every weight is kept.

        Raises
        ------
        RecordingError
            Where that part of the file is damaged.
        """
        shapes = self._header.pruned
        bits = self._masks.bits_at(step)
        if bits is None:
            return {path: np.broadcast_to(np.True_, shape) for path, shape in shapes}
        return to_masks(bits, shapes)

    def weights_at_checkpoint(self, step: int) -> dict[str, NDArray[Any]]:
        """Return all weights by path as they were at a step of `checkpoints`.

        Raises
        ------
        KeyError
            Where nothing was kept of that step.
        RecordingError
            Where that part of the file is damaged.
        """
        return self._states.weights_at(step)

    def checkpoint(self) -> Checkpoint | None:
        """Return the last state that was kept whole; None where there is none."""
        last = self._states.last()
        if last is None and self._header.parent is not None:
            raise self._lost_beginning()
        return last

    def checkpoint_before(self, step: int) -> Checkpoint | None:
        """Return the last whole state that was kept up to a step; None: its start.

        Raises
        ------
        RecordingError
            Where that part of the file is damaged, or the beginning of a branch lost.
        """
        found = self._states.before(step)
        if found is None and self._header.parent is not None:
            raise self._lost_beginning()
        return found

    def _lost_beginning(self) -> RecordingError:
        parent = self._header.parent
        assert parent is not None
        return RecordingError(
            f"{self.path.name} was branched from step {parent.step} of "
            f"{parent.recording}, and ends before that state was written: branch "
            "again from there."
        )

    def _read_header(self) -> RunHeader:
        first = next(iter(self._log.records), None)
        if first is None or first.kind != records.HEAD:
            raise RecordingError(
                f"{self.path.name} ends before its run began: it holds nothing."
            )
        return decode_header(self._log.payload(first, _MOST_JSON))

    def _sort(self) -> None:
        in_force = self._log.in_force()
        self._events = [r for r in in_force if r.kind == records.EVENT]
        kept = [r for r in in_force if r.kind == records.WEIGHTS]
        self._states = KeptStates(self._log, kept)
        chain = [r for r in in_force if r.kind in (records.MASKS, records.CHANGES)]
        self._masks = MaskTrack(self._log, chain, self._header.pruned)

    def _event(self, record: Record) -> Event | None:
        try:
            if record.offset not in self._decoded:
                text = self._log.payload(record, _MOST_JSON)
                self._decoded[record.offset] = decode_event(text)
            return self._decoded[record.offset]
        except RecordingError:
            raise
        except ValueError as error:
            raise RecordingError(
                f"{self.path.name} is damaged at byte {record.offset}: what happened "
                "there cannot be read."
            ) from error

    def _first(self, kind: type[_E], among: Iterable[Record]) -> _E | None:
        events = map(self._event, among)
        return next((event for event in events if isinstance(event, kind)), None)
