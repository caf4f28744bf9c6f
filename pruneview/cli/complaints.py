"""How an error is said to the person."""

import sys

from pruneview.cli import wording
from pruneview.cli.exit_codes import BAD_INPUT


def complain(sentence: str, exit_code: int = BAD_INPUT) -> int:
    """Print `sentence` on standard error and return `exit_code`."""
    # Names in it may come from a file.
    lines = [wording.printable(line) for line in sentence.split("\n")]
    print("pruneview: " + "\n".join(lines), file=sys.stderr)
    return exit_code


def in_words(error: BaseException) -> str:
    """Return what `error` says, without the number that the system puts first."""
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}."
    return str(error) or type(error).__name__
