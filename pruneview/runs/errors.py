"""What can be wrong with a recording."""


class RecordingError(ValueError):
    """The file is no recording, or cannot be written; the message says so."""
