"""How an error is said to the person."""

import sys

from pruneview.cli.exit_codes import BAD_INPUT


def complain(sentence: str, exit_code: int = BAD_INPUT) -> int:
    """Print `sentence` on standard error and return `exit_code`."""
    print(f"pruneview: {sentence}", file=sys.stderr)
    return exit_code


def in_words(error: BaseException) -> str:
    """Return what `error` says, without the number that the system puts first."""
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}."
    return str(error) or type(error).__name__
