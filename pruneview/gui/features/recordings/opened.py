"""A recording as it is opened: all that is shown of it, read on another thread.

No Qt here.
"""

from dataclasses import dataclass
from pathlib import Path

from pruneview.pruning.data import DataSpec
from pruneview.pruning.errors import DataError
from pruneview.pruning.events import Event, MaskUpdated, RunEnded, RunStarted
from pruneview.pruning.training.recording import file_sha256
from pruneview.runs import Recording

_WORDS = {
    "running": "it is being recorded now",
    "finished": "it finished",
    "stopped": "it was stopped",
    "failed": "it failed",
    "interrupted": "it was interrupted",
}


@dataclass(frozen=True)
class OpenedRecording:
    """What was read of a recording.

    Attributes
    ----------
    recording
        Open, until whoever holds this closes it.
    events
        What happened, in order.
    outcome
        As `Recording.outcome`, or ``running``.
    checkpoint
        The step that the run goes on from; None: it begins anew.
    last_step
        The last that is known to have been reached.
    model
        A file with the very model the run began with; None where there is none.
    """

    recording: Recording
    events: tuple[Event, ...]
    outcome: str
    checkpoint: int | None
    last_step: int
    model: Path | None

    @property
    def path(self) -> Path:
        return self.recording.path

    def close(self) -> None:
        """Close the recording."""
        self.recording.close()

    @property
    def can_go_on(self) -> bool:
        """Whether the run can be continued."""
        return self.outcome in ("interrupted", "stopped", "failed")

    @property
    def started(self) -> RunStarted | None:
        return next((e for e in self.events if isinstance(e, RunStarted)), None)

    @property
    def ended(self) -> RunEnded | None:
        ends = (e for e in reversed(self.events) if isinstance(e, RunEnded))
        return next(ends, None)

    @property
    def updates(self) -> tuple[MaskUpdated, ...]:
        return tuple(e for e in self.events if isinstance(e, MaskUpdated))

    @property
    def function(self) -> str:
        """The Python function that gives the run's data; "" where there is none."""
        try:
            spec = DataSpec.parse(self.recording.header.data or "")
        except DataError:
            return ""
        return spec.name if spec.kind == "python" else ""

    @property
    def sentence(self) -> str:
        """What this is, in a sentence or two."""
        started = self.started
        of = f" of {started.steps:,}" if started else ""
        said = (
            f"This is the recording {self.path.name}: "
            f"{_WORDS[self.outcome]}, at step {self.last_step:,}{of}."
        )
        if self.model is None:
            said += (
                f" Its model, {self.recording.header.model}, is not there any more or "
                "has changed: open the file it began with, and then the recording."
            )
        return said


def read_recording(path: Path, open_model: Path | None) -> OpenedRecording:
    """Read a recording; any thread.

    Parameters
    ----------
    open_model
        The file that the window shows: it may be the run's model, moved.

    Raises
    ------
    RecordingError
        Where it is none, or is damaged.
    """
    recording = Recording(path)
    try:
        header = recording.header
        running = recording.being_written
        events = tuple(recording.events())
        places = [header.model, *([open_model] if open_model else [])]
        return OpenedRecording(
            recording,
            events,
            "running" if running else recording.outcome,
            recording.checkpoint_step,
            recording.last_step,
            next((p for p in places if _is_model(p, header.model_sha256)), None),
        )
    except BaseException:
        recording.close()
        raise


def _is_model(path: Path, sha256: str) -> bool:
    try:
        return file_sha256(path) == sha256
    except OSError:
        return False
