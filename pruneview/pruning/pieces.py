"""Large weights a piece at a time, so that memory stays small."""

from collections.abc import Callable, Iterator
from typing import Any

from numpy.typing import NDArray

from pruneview.formats import Weight
from pruneview.sparsity.counting.streaming import StreamingStatistics

_LARGE_BYTES = 32 << 20
_PIECE_BYTES = 8 << 20


def is_large(weight: Weight) -> bool:
    """Whether a weight is not to be held in memory as a whole."""
    return weight.nbytes > _LARGE_BYTES


def pieces(weight: Weight) -> Iterator[NDArray[Any]]:
    """Yield all values, in order; large weights by stretches of their first axis."""
    if not is_large(weight) or not weight.shape:
        yield weight.read()
        return
    rows = weight.shape[0]
    step = max(1, rows * _PIECE_BYTES // weight.nbytes)
    rest = (slice(None),) * (len(weight.shape) - 1)
    for start in range(0, rows, step):
        yield weight.read((slice(start, min(start + step, rows)), *rest))


def measure(
    weight: Weight, cancelled: Callable[[], bool] = lambda: False
) -> StreamingStatistics | None:
    """Count and measure all values; None where `cancelled` turned true."""
    found = StreamingStatistics()
    for piece in pieces(weight):
        if cancelled():
            return None
        found.add(piece)
    return found
