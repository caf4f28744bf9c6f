"""How far the outputs of two models lie apart on the same inputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.report.built import BuiltModel


@dataclass(frozen=True)
class Difference:
    """The largest difference of outputs.

    Attributes
    ----------
    largest_absolute
        Over all outputs and samples.
    largest_relative
        The same divided by the largest magnitude in that output of the first model.
    samples
        How many were compared.
    """

    largest_absolute: float
    largest_relative: float
    samples: int


def compare_outputs(
    masked_model: Any, small_model: Any, inputs: NDArray | Sequence[NDArray]
) -> Difference:
    """Compare two built models, of any Keras, on inputs (arrays of whole samples)."""
    given = [inputs] if isinstance(inputs, np.ndarray) else list(inputs)
    before = BuiltModel(masked_model).outputs(given)
    after = BuiltModel(small_model).outputs(given)
    absolute = relative = 0.0
    for one, other in zip(before, after, strict=True):
        apart = float(np.abs(one.astype(np.float64) - other).max(initial=0.0))
        size = float(np.abs(one).max(initial=0.0))
        absolute = max(absolute, apart)
        relative = max(relative, apart / size if size else apart)
    return Difference(absolute, relative, len(given[0]))
