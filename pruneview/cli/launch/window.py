"""The commands that open the window, once it is known that one can open."""

from argparse import Namespace
from pathlib import Path

from pruneview.cli.complaints import complain
from pruneview.cli.launch.display import display_problem
from pruneview.trace import Trace


def open_window(options: Namespace, trace: Trace) -> int:
    """``pruneview [FILE]``."""
    file: Path | None = options.file
    if file is not None and not file.exists():
        return complain(f"There is no file {file}.")
    problem = display_problem()
    if problem is not None:
        name = file or "FILE"
        return complain(
            f"{problem} Without a window: pruneview inspect {name}, pruneview prune"
            f" {name} --data DATA --output OUT, pruneview demo --terminal."
        )
    from pruneview.gui.app import run  # noqa: PLC0415

    return run(file, demo=False, trace=trace, custom_objects=options.custom_objects)


def demo(options: Namespace, trace: Trace) -> int:
    """``pruneview demo``: the window, or the same run in the terminal."""
    terminal_only = options.output or options.events
    problem = None
    if not options.terminal:
        problem = display_problem()
        if problem is None and not terminal_only:
            from pruneview.gui.app import run  # noqa: PLC0415

            return run(None, demo=True, trace=trace)
    if problem is not None:
        complain(f"{problem} The demo runs in the terminal instead.")
    from pruneview.cli.pruning.prune import demo_in_terminal  # noqa: PLC0415

    return demo_in_terminal(options, trace)
