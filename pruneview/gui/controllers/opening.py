"""What is shown first of a file, and what is said where that fails. No Qt here."""

from pruneview.formats import FormatError, Weight
from pruneview.runs import RecordingError
from pruneview.runs.export.writing import ExportError


def first_to_show(weights: list[Weight]) -> Weight | None:
    """Return the largest weight that can be pruned, or any; None where none is."""
    prunable = (weight for weight in weights if weight.prunable)
    largest = max(prunable, key=lambda weight: weight.size, default=None)
    return largest or next(iter(weights), None)


def is_known(error: BaseException) -> bool:
    """Whether it is the file or the machine that is wrong, not this program."""
    known = FormatError | RecordingError | ExportError | MemoryError
    return isinstance(error, known)


def sentence_about(error: BaseException) -> str:
    """Say what went wrong on the reader pool."""
    if is_known(error):
        return str(error) or "There is not enough memory for this weight."
    return f"Something went wrong that pruneview did not expect: {error!r}"
