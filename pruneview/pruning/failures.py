"""What an error means to the person."""

from pruneview.formats import FormatError
from pruneview.pruning.errors import (
    DataError,
    ModelError,
    RecordingError,
    SaveError,
    TrainingError,
)
from pruneview.pruning.planning.plan import PlanError
from pruneview.pruning.structured.errors import ShrinkError

# Their text is a sentence for the person already.
_SPOKEN = (
    FormatError,
    ModelError,
    DataError,
    PlanError,
    TrainingError,
    SaveError,
    RecordingError,
    ShrinkError,
)


def sentence_of(error: BaseException) -> str:
    """Return a sentence that says what went wrong, without a trace."""
    if isinstance(error, _SPOKEN):
        return str(error)
    if is_out_of_memory(error):
        return "There is not enough memory. Choose a smaller batch size, and try again."
    first = next(iter(str(error).strip().splitlines()), "no further word")
    return f"Something unexpected went wrong ({type(error).__name__}: {first})."


def is_out_of_memory(error: BaseException) -> bool:
    """Whether Python or TensorFlow found no more memory."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "ResourceExhaustedError"
    )
