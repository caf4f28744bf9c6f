"""Two files weight by weight: what is the same, what became zero, what differs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pruneview.formats import ModelFile, Weight
from pruneview.pruning.pieces import pieces


@dataclass(frozen=True)
class Matching:
    """Weights of two files that go together: the same path and the same shape.

    Attributes
    ----------
    pairs
        (first, second), in the order of the first file.
    only_first, only_second
        What has no partner.
    """

    pairs: tuple[tuple[Weight, Weight], ...]
    only_first: tuple[Weight, ...]
    only_second: tuple[Weight, ...]


@dataclass(frozen=True)
class WeightDifference:
    """How the values of a weight differ between two files.

    Attributes
    ----------
    size
        Number of values.
    zeros_first, zeros_second
        Exact zeros in each.
    became_zero, left_zero
        Not zero in the first and zero in the second, and the reverse.
    changed
        Values that differ at all; NaN in both is no difference.
    largest
        The largest absolute difference, of those that are finite.
    """

    path: str
    size: int
    zeros_first: int
    zeros_second: int
    became_zero: int
    left_zero: int
    changed: int
    largest: float


def match_weights(first: ModelFile, second: ModelFile) -> Matching:
    """Bring together the weights of two files by path and shape."""
    others = {w.path: w for layer in second.layers for w in layer.weights}
    pairs, alone = [], []
    for weight in (w for layer in first.layers for w in layer.weights):
        other = others.get(weight.path)
        if other is not None and other.shape == weight.shape:
            pairs.append((weight, other))
            del others[weight.path]
        else:
            alone.append(weight)
    return Matching(tuple(pairs), tuple(alone), tuple(others.values()))


def compare_weight(
    first: Weight, second: Weight, cancelled: Callable[[], bool] = lambda: False
) -> WeightDifference | None:
    """Compare all values, a piece at a time; None where `cancelled` turned true.

    Raises
    ------
    ValueError
        Where the shapes differ.
    """
    if first.shape != second.shape:
        raise ValueError(f"{first.path}: {first.shape} against {second.shape}")
    counts = np.zeros(5, np.int64)
    largest = 0.0
    start = 0
    for values in pieces(first):
        if cancelled():
            return None
        # By rows of the first: the pieces of another dtype have other lengths.
        stop = start + len(values) if first.shape else 0
        rest = (slice(None),) * (len(first.shape) - 1)
        other = second.read((slice(start, stop), *rest)) if stop else second.read()
        start = stop
        zero, other_zero = values == 0, other == 0
        both_nan = np.isnan(values) & np.isnan(other)
        changed = (values != other) & ~both_nan
        counts += [
            np.count_nonzero(part)
            for part in (
                zero,
                other_zero,
                ~zero & other_zero,
                zero & ~other_zero,
                changed,
            )
        ]
        with np.errstate(invalid="ignore"):  # infinities of the same sign
            apart = np.abs(values.astype(np.float64) - other.astype(np.float64))
        apart = apart[np.isfinite(apart)]
        largest = max(largest, float(apart.max(initial=0.0)))
    zeros, other_zeros, became, left, differing = (int(count) for count in counts)
    return WeightDifference(
        first.path, first.size, zeros, other_zeros, became, left, differing, largest
    )
