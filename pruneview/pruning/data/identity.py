"""Whether data are those that were read before."""

from collections.abc import Iterator
from pathlib import Path

from pruneview.pruning.data.spec import DataSpec

# The source, and what tells that it has not changed since it was read.
DataKey = tuple[DataSpec, *tuple[int, ...]]


def identity(spec: DataSpec) -> DataKey:
    """Return what is equal as long as reading `spec` again would give the same.

    Of a folder that is the number of files in it, their bytes and the latest change.
    What a function returns is taken to stay the same.
    """
    if not spec.is_path:
        return (spec,)
    path = Path(spec.name)
    try:
        statuses = [file.stat() for file in _files(path)]
    except OSError:
        return (spec,)
    return (
        spec,
        max((status.st_mtime_ns for status in statuses), default=0),
        sum(status.st_size for status in statuses),
        len(statuses),
    )


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for entry in path.rglob("*"):
        if entry.is_file():
            yield entry
