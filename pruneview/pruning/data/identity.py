"""Whether data are those that were read before."""

from pathlib import Path

from pruneview.pruning.data.sources import DataSpec

# The source, and what tells that it has not changed since it was read.
DataKey = tuple[DataSpec, *tuple[int, ...]]


def identity(spec: DataSpec) -> DataKey:
    """Return what is equal as long as reading `spec` again would give the same."""
    if spec.kind != "npz":
        return (spec,)
    try:
        status = Path(spec.name).stat()
    except OSError:
        return (spec,)
    return (spec, status.st_mtime_ns, status.st_size)
