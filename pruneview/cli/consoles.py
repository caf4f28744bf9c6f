"""Where the terminal's two streams go."""

import sys
from dataclasses import dataclass

from rich.console import Console

# Lines for a file or a pipe are not folded at the width of some terminal.
_UNFOLDED = 1000


@dataclass(frozen=True)
class Consoles:
    """``out`` for what a command was asked for, ``err`` for how it gets on.

    ``log`` takes lines that come while a bar is drawn on ``err``: the same console
    where both reach the person's terminal, so that the bar moves out of the way.
    """

    out: Console
    err: Console

    @property
    def log(self) -> Console:
        """Where log lines go."""
        return self.err if self.err.is_terminal and self.out.is_terminal else self.out


def consoles(*, out_is_taken: bool = False) -> Consoles:
    """Return the consoles; everything on standard error where `out_is_taken`."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a name the terminal cannot spell is no failure
            reconfigure(errors="backslashreplace")
    err = _console(stderr=True)
    return Consoles(err if out_is_taken else _console(stderr=False), err)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr,
        width=None if stream.isatty() else _UNFOLDED,
        markup=False,
        highlight=False,
        emoji=False,
    )
