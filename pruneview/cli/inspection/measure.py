"""A model file measured weight by weight: zeros counted, bytes deflated."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pruneview.formats import FormatError, Layer, ModelFile, Weight
from pruneview.pruning.pieces import pieces
from pruneview.sparsity.counting.statistics import WeightStatistics
from pruneview.sparsity.counting.streaming import StreamingStatistics
from pruneview.sparsity.sizing.deflating import deflated_size_of_pieces

# zlib and numpy let go of the interpreter lock; more threads hold more in memory.
_THREADS = 2


@dataclass(frozen=True)
class MeasuredWeight:
    """A weight with its statistics and its size as a deflate stream, in bytes.

    ``error`` says why its values could not be read; "" where they were. Its figures
    then count for nothing.
    """

    weight: Weight
    statistics: WeightStatistics
    deflated_bytes: int
    error: str = ""


@dataclass(frozen=True)
class Figures:
    """Sums over some weights."""

    parameters: int
    zeros: int
    bytes: int
    deflated_bytes: int

    @property
    def sparsity(self) -> float:
        """Share of exact zeros, 0 to 1."""
        return self.zeros / self.parameters if self.parameters else 0.0


@dataclass(frozen=True)
class MeasuredLayer:
    """A layer with its own weights measured, in the file's order."""

    layer: Layer
    weights: tuple[MeasuredWeight, ...]


def measure(
    model: ModelFile, advance: Callable[[int], None]
) -> tuple[MeasuredLayer, ...]:
    """Measure every weight of `model`.

    Parameters
    ----------
    model
        An open file.
    advance
        Called with the bytes of each weight that has been measured.
    """
    weights = [weight for layer in model.layers for weight in layer.weights]
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="measure")
    measured: dict[str, MeasuredWeight] = {}
    try:
        for result in pool.map(_measure_weight, weights):
            measured[result.weight.path] = result
            advance(result.weight.nbytes)
    finally:
        pool.shutdown(cancel_futures=True)
    return tuple(
        MeasuredLayer(layer, tuple(measured[w.path] for w in layer.weights))
        for layer in model.layers
    )


def figures(weights: Iterable[MeasuredWeight]) -> Figures:
    """Add up the weights that could be read."""
    chosen = tuple(m for m in weights if not m.error)
    return Figures(
        parameters=sum(m.statistics.size for m in chosen),
        zeros=sum(m.statistics.zeros for m in chosen),
        bytes=sum(m.weight.nbytes for m in chosen),
        deflated_bytes=sum(m.deflated_bytes for m in chosen),
    )


def _measure_weight(weight: Weight) -> MeasuredWeight:
    # Large weights a piece at a time: a file may be larger than memory.
    found = StreamingStatistics()
    try:
        for piece in pieces(weight):
            found.add(piece)
        size = deflated_size_of_pieces(pieces(weight), quick=False)
    except FormatError as error:
        nothing = StreamingStatistics().statistics()
        return MeasuredWeight(weight, nothing, 0, f"{weight.path}: {error}")
    return MeasuredWeight(weight, found.statistics(), size)
