"""The program's entry point: ``pruneview`` and ``python -m pruneview``."""

import sys
from collections.abc import Sequence

from pruneview.cli.commands import run


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Returns
    -------
    int
        0 done, 1 failed, 2 bad arguments or input, 130 stopped by the user.
    """
    return run(sys.argv[1:] if argv is None else argv)


if __name__ == "__main__":
    sys.exit(main())
