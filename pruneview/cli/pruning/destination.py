"""Whether a file may be written, found out before a long run and not after it."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

ENDINGS = (".keras", ".h5")


def output_problem(
    output: Path, inputs: Iterable[Path], *, overwrite: bool
) -> str | None:
    """Return a sentence saying why a model cannot be saved to `output`, or None.

    Parameters
    ----------
    output
        The file to be made.
    inputs
        Files of the person's own, which are never written to.
    overwrite
        Whether a file that exists may be replaced.
    """
    if output.suffix.lower() not in ENDINGS:
        return f"{output} must end in {' or '.join(ENDINGS)}: that decides the format."
    if output.is_dir():
        return f"{output} is a folder; name a file in it."
    if any(same_file(output, path) for path in inputs):
        return f"{output} is a file the run reads from; name another one."
    if output.exists() and not overwrite:
        return f"{output} exists. Name another file, or give --overwrite."
    return _folder_problem(output.parent)


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file, through links as well."""
    try:
        return one.samefile(other)
    except OSError:  # one of them does not exist
        return one.resolve() == other.resolve()


def _folder_problem(folder: Path) -> str | None:
    if not folder.is_dir():
        return f"There is no folder {folder}; make it first."
    try:
        # Only trying tells: permission bits know nothing of read-only mounts.
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"Nothing can be written in {folder}: {error.strerror}."
