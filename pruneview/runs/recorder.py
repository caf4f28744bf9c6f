"""Writes the recording of a run as it goes."""

import contextlib
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from numpy.typing import NDArray

from pruneview.pruning.events import (
    Event,
    Failed,
    MaskUpdated,
    RunEnded,
    RunStarted,
    StepDone,
)
from pruneview.pruning.failures import sentence_of
from pruneview.pruning.training.recording import Checkpoint, Masks, Past, RunHeader
from pruneview.runs.bits import Bits, Shapes, to_bits
from pruneview.runs.container import records
from pruneview.runs.container.arrays import pack_arrays
from pruneview.runs.container.log import pack_offset
from pruneview.runs.container.writer import LogWriter
from pruneview.runs.event_codec import encode_event
from pruneview.runs.header import encode_header
from pruneview.runs.past import write_past
from pruneview.runs.recording import Recording
from pruneview.runs.states import all_finite, as_kept, facts_of, size_of

_CHECKPOINT_EVERY = 0.2  # seconds, at least
_SHARE_OF_TIME = 0.02  # of the run, for checkpoints
_WHOLE_EVERY = 16  # mask updates: what seeking reads at most
_LOOK_BACK_BYTES = 16_000_000  # for weights to look back at, in all
_LOOK_BACK_LEAST, _LOOK_BACK_MOST = 2, 20
_WHOLE_EACH, _WHOLE_BYTES = 5, 8_000_000  # moments; for what is no weight, in all

Warn = Callable[[str], None]


def _silent(_sentence: str) -> None:
    """Nobody is told."""


class Recorder:
    """Keeps a run in one file; see `pruneview.pruning.training.recording.RunRecorder`.

    Where writing fails (the disk is full), the recording ends with what is whole,
    `warn` is told once, in a sentence, and the run goes on. Made by `create` or
    `continuing`.

    Attributes
    ----------
    recording
        What is continued; None for a new run.
    """

    def __init__(self, writer: LogWriter, warn: Warn, *, is_new: bool) -> None:
        self.path = writer.path
        self.recording: Recording | None = None
        self._writer = writer
        self._warn = warn
        self._is_new = is_new
        self._active = self._failed = False
        self._shapes: Shapes = ()
        self._bits: Bits | None = None
        self._changes = self._changed_bytes = self._whole_bytes = 0
        self._next_checkpoint = 0.0
        self._looked_back: int | None = None
        self._moments = _LOOK_BACK_LEAST
        self._only_weights = False
        self._back = self._step = self._steps = self._kept = 0
        self._started: RunStarted | None = None

    @classmethod
    def create(
        cls, path: Path | str, warn: Warn = _silent, *, overwrite: bool = False
    ) -> Self:
        """Record a new run.

        Parameters
        ----------
        path
            The file to be made. It does not stay where the run never begins.
        overwrite
            Whether a recording that is there may be replaced, once the run begins.

        Raises
        ------
        RecordingError
            Where the file is there already, or cannot be written.
        """
        path = Path(path)
        is_new = not path.exists()
        return cls(LogWriter.create(path, overwrite=overwrite), warn, is_new=is_new)

    @classmethod
    def continuing(cls, path: Path | str, warn: Warn = _silent) -> Self:
        """Record on in a file whose run is continued; see `recording`.

        Raises
        ------
        RecordingError
        """
        # Locked first: what another process writes changes while it is read.
        writer = LogWriter.continuing(Path(path))
        recorder = cls(writer, warn, is_new=False)
        try:
            recorder._go_on_from(Recording(path))
        except BaseException:
            writer.close()
            raise
        return recorder

    def _go_on_from(self, recording: Recording) -> None:
        self.recording = recording
        started = recording.started
        self._steps = 0 if started is None else started.steps
        self._back = recording.checkpoint_end
        self._looked_back = max(recording.looked_back, default=None)

    @property
    def active(self) -> bool:
        """Whether what happens is being recorded."""
        return self._active

    def begin(self, header: Callable[[], RunHeader], past: Past | None = None) -> None:
        """Start the record of a new run; that of a branch holds its past too."""
        if self._failed:
            return
        with self._guarded():
            made = header()
            self._writer.clear()
            self._writer.append(records.HEAD, 0, encode_header(made))
            self._enter(made)
            if past is not None:
                write_past(self, past)
            self._writer.sync()

    def continued(self) -> None:
        """Go on recording where the checkpoint was made; the rest becomes void."""
        if self._failed or self.recording is None:
            return
        with self._guarded():
            self._writer.append(records.BACK, self._step, pack_offset(self._back))
            self._enter(self.recording.header)
            started = self._started
        if started is not None and not self.recording.began_before(self._back):
            self.event(started)

    def event(self, event: Event) -> None:
        """Keep an event."""
        if isinstance(event, RunStarted):
            self._started = event
        if not self._active:
            return
        with self._guarded():
            if isinstance(event, StepDone | MaskUpdated | RunEnded):
                self._step = event.step
            if isinstance(event, RunStarted):
                self._steps = event.steps
            self._writer.append(records.EVENT, self._step, encode_event(event))

    def masks(self, step: int, masks: Callable[[], Masks]) -> None:
        """Keep the masks that are in force from `step` on, by weight."""
        if not self._active:
            return
        with self._guarded():
            bits = to_bits(masks(), self._shapes)
            worn = self._changed_bytes > self._whole_bytes
            if self._bits is None or self._changes >= _WHOLE_EVERY or worn:
                record = self._writer.append(records.MASKS, step, bits.tobytes())
                self._whole_bytes = record.length
                self._changes = self._changed_bytes = 0
            else:
                changes = (bits ^ self._bits).tobytes()
                self._changed_bytes += self._writer.append(
                    records.CHANGES, step, changes
                ).length
                self._changes += 1
            self._bits = bits

    def wants_checkpoint(self) -> bool:
        """Whether it is time for the next checkpoint; asked at each step."""
        if not self._active:
            return False
        due = time.perf_counter() >= self._next_checkpoint
        self._only_weights = not due and self._must_look_back(self._step)
        return due or self._only_weights

    def checkpoint(self, checkpoint: Callable[[], Checkpoint]) -> None:
        """Keep the state of the run, in place of an earlier one.

        A state with values that are not numbers is not kept: the last good one is
        worth more.
        """
        if not self._active:
            return
        started = time.perf_counter()
        only_weights, self._only_weights = self._only_weights, False
        with self._guarded():
            made = checkpoint()
            if all_finite(made.state):
                moment = made.completed + made.masked
                self._look_back(moment, made)
                if only_weights:
                    # They are cheap to append; a slot waits for the disk.
                    return
                packed = pack_arrays(made.state, facts_of(made))
                self._writer.put_checkpoint(moment, packed)
        now = time.perf_counter()
        pause = max(_CHECKPOINT_EVERY, (now - started) / _SHARE_OF_TIME)
        self._next_checkpoint = now + pause

    def failed(self, error: BaseException) -> None:
        """Keep the cause that ended the run."""
        details = "".join(traceback.format_exception(error))
        self.event(Failed("run", sentence_of(error), details))

    def close(self) -> None:
        """End the recording; an empty file is not left behind."""
        begun = self._active or self._failed
        if self._active:
            with self._guarded():
                self._writer.finish()
        self._active = False
        self._writer.close()
        if self.recording is not None:
            self.recording.close()
        if self._is_new and not begun:
            with contextlib.suppress(OSError):
                self.path.unlink()

    def _enter(self, header: RunHeader) -> None:
        self._shapes = header.pruned
        self._active = True
        # The first one at once: looking back begins where the run began.
        self._next_checkpoint = time.perf_counter()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """End the recording, and nothing else, where it cannot be written."""
        try:
            yield
        except (OSError, MemoryError) as error:
            self._failed, self._active = True, False
            self._writer.close()
            cause = getattr(error, "strerror", None) or "there is not enough memory"
            self._warn(
                f"The recording {self.path.name} ends at step {self._step}: {cause}. "
                "The run goes on without it."
            )

    def _must_look_back(self, moment: int) -> bool:
        last = self._looked_back
        return last is None or moment - last >= max(1, self._steps // self._moments)

    def _look_back(self, moment: int, made: Checkpoint) -> None:
        """Now and then, keep the weights for good: a slot is written over.

        Where it is small, the rest of the state stays with some of them, so that a
        branch has less to train again.
        """
        size = size_of(made.weights())
        number = _LOOK_BACK_BYTES // size
        self._moments = min(max(number, _LOOK_BACK_LEAST), _LOOK_BACK_MOST)
        if self._must_look_back(moment):
            self._kept += 1
            rest = (size_of(made.state) - size) * (self._moments // _WHOLE_EACH)
            whole = self._kept % _WHOLE_EACH == 0 and rest <= _WHOLE_BYTES
            self._append_weights(moment, *as_kept(made, whole=whole))

    def keep(
        self, moment: int, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]
    ) -> None:
        """Keep arrays of a moment for good; see `pruneview.runs.states.as_kept`."""
        if self._active:
            with self._guarded():
                self._append_weights(moment, arrays, facts)

    def _append_weights(
        self, moment: int, arrays: Mapping[str, NDArray[Any]], facts: Mapping[str, Any]
    ) -> None:
        self._writer.append(records.WEIGHTS, moment, pack_arrays(arrays, facts))
        self._looked_back = moment

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
