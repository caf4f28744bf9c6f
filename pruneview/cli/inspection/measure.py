"""A model file measured weight by weight: zeros counted, bytes deflated."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pruneview.formats import Layer, ModelFile, Weight
from pruneview.sparsity.sizes import deflated_size
from pruneview.sparsity.statistics import WeightStatistics, weight_statistics

# zlib and numpy let go of the interpreter lock; more threads hold more in memory.
_THREADS = 2


@dataclass(frozen=True)
class MeasuredWeight:
    """A weight with its statistics and its size as a deflate stream, in bytes."""

    weight: Weight
    statistics: WeightStatistics
    deflated_bytes: int


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

    Raises
    ------
    FormatError
        The values of a weight are damaged.
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
    """Add up weights."""
    chosen = tuple(weights)
    return Figures(
        parameters=sum(m.statistics.size for m in chosen),
        zeros=sum(m.statistics.zeros for m in chosen),
        bytes=sum(m.weight.nbytes for m in chosen),
        deflated_bytes=sum(m.deflated_bytes for m in chosen),
    )


def _measure_weight(weight: Weight) -> MeasuredWeight:
    values = weight.read()
    return MeasuredWeight(
        weight, weight_statistics(values), deflated_size(values, quick=False)
    )
