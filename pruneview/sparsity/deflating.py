"""The deflated size of a weight that comes in pieces."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from pruneview.sparsity.sizes import QUICK_LEVEL


def deflated_size_of_pieces(pieces: Iterable[NDArray[Any]]) -> int:
    """Return the bytes of one deflate stream over pieces, by ISA-L (see `sizes`)."""
    compressor = isal_zlib.compressobj(QUICK_LEVEL)
    total = 0
    for piece in pieces:
        ordered = np.ascontiguousarray(piece)
        if ordered.size:
            total += len(compressor.compress(ordered.reshape(-1).view(np.uint8).data))
    return total + len(compressor.flush())
