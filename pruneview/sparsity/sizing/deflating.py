"""The deflated size of a weight that comes in pieces."""

import zlib
from collections.abc import Iterable
from typing import Any

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from pruneview.sparsity.sizing.sizes import EXACT_LEVEL, QUICK_LEVEL


def deflated_size_of_pieces(
    pieces: Iterable[NDArray[Any]], *, quick: bool = True
) -> int:
    """Return the bytes of one deflate stream over pieces; see `sizes.deflated_size`."""
    library, level = (isal_zlib, QUICK_LEVEL) if quick else (zlib, EXACT_LEVEL)
    compressor = library.compressobj(level)
    total = 0
    for piece in pieces:
        ordered = np.ascontiguousarray(piece)
        if ordered.size:
            total += len(compressor.compress(ordered.reshape(-1).view(np.uint8).data))
    return total + len(compressor.flush())
