"""What can go wrong in a run; every message is a sentence for the person."""


class ModelError(ValueError):
    """The model cannot be built or trained."""


class DataError(ValueError):
    """The data cannot be read, or do not fit the model."""


class TrainingError(RuntimeError):
    """Training cannot go on."""


class SaveError(OSError):
    """The model was not saved; no file has changed."""


class RecordingError(ValueError):
    """A recording cannot be read or written."""


class Cancelled(Exception):  # noqa: N818 - not an error: the person asked for it
    """The person stopped what was being prepared."""
