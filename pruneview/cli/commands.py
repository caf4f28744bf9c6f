"""Which command a command line means, and what its errors and exit codes are."""

import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence

from pruneview.cli import arguments
from pruneview.cli.complaints import complain, in_words
from pruneview.cli.exit_codes import BAD_INPUT, FAILED, STOPPED
from pruneview.trace import Trace


def run(argv: Sequence[str]) -> int:
    """Carry out a command line and return the exit code."""
    try:
        command, options = arguments.parse(argv)
    except SystemExit as ended:  # argparse has said why
        return ended.code if isinstance(ended.code, int) else BAD_INPUT
    try:
        trace = Trace(options.trace)
    except (OSError, ValueError) as error:
        return complain(f"--trace: {in_words(error)}")
    try:
        with trace:
            exit_code = _command(command)(options, trace)
        sys.stdout.flush()
        return exit_code
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:
        return _reader_gone()
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        return complain(
            f"A fault in pruneview itself: {type(error).__name__}: {error}. Please"
            " report it; python -X dev -m pruneview shows where it happened.",
            FAILED,
        )


def _command(name: str) -> Callable[[Namespace, Trace], int]:
    # Each command imports only what it needs: the window must not wait for rich.
    if name == "inspect":
        from pruneview.cli.inspection.inspect import inspect  # noqa: PLC0415

        return inspect
    if name == "prune":
        from pruneview.cli.pruning.prune import prune  # noqa: PLC0415

        return prune
    if name == "resume":
        from pruneview.cli.pruning.resume import resume  # noqa: PLC0415

        return resume
    if name == "shrink":
        from pruneview.cli.shrinking.shrink import shrink  # noqa: PLC0415

        return shrink
    if name == "report":
        from pruneview.cli.reporting.report import report  # noqa: PLC0415

        return report
    from pruneview.cli.launch import window  # noqa: PLC0415

    return window.demo if name == "demo" else window.open_window


def _reader_gone() -> int:
    """Whoever read the output has closed it, as ``head`` does: end quietly."""
    # Python flushes standard output once more at exit, and would complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    pipe = getattr(signal, "SIGPIPE", None)
    return FAILED if pipe is None else 128 + int(pipe)
