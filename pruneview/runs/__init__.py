"""A run's recording on disk: written as it goes, read at any moment, continued."""

from pruneview.pruning.errors import RecordingError
from pruneview.runs.recorder import Recorder
from pruneview.runs.recording import Recording, is_recording
from pruneview.runs.replay import Moment, Replay, Values

__all__ = [
    "Moment",
    "Recorder",
    "Recording",
    "RecordingError",
    "Replay",
    "Values",
    "is_recording",
]
