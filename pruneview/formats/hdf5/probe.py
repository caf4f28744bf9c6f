"""The helper process of `reading`: walk a file with the HDF5 library.

Run as a script: ``python probe.py FILE OFFSET LENGTH SECONDS``, the last of computing.
Ends with 0 when everything
that opening a model may touch could be touched, with 1 and a sentence on the standard
output when the library refuses the file, and by a signal when the library crashes.
"""

import contextlib
import math
import sys
import time
from pathlib import Path

MEMORY_BYTES = 2 << 30
_REFUSED = 1


def main(file: str, offset: str, length: str, seconds: str) -> int:
    """Walk the file; return the exit status."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415  (not on Windows)

        # A bound on what a hostile file can make the library allocate.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # Whole seconds, counted from the start of this process.
        most = math.ceil(time.process_time() + float(seconds))
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    from pruneview.formats.errors import FormatError  # noqa: PLC0415
    from pruneview.formats.hdf5.library import LibraryTree  # noqa: PLC0415
    from pruneview.formats.hdf5.region import Region  # noqa: PLC0415

    try:
        region = Region(Path(file), int(offset), int(length))
        LibraryTree(region).walk()
    except (FormatError, MemoryError, RecursionError) as error:
        sys.stdout.buffer.write(str(error).encode())
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
