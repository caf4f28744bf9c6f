"""What the reader pool does for the document: read a weight, count them all."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import Weight
from pruneview.sparsity.canvas import Canvas
from pruneview.sparsity.histogram import MagnitudeHistogram, magnitude_histogram
from pruneview.sparsity.picture import robust_limit
from pruneview.sparsity.sizes import deflated_size
from pruneview.workers.reader_pool import Request


@dataclass(frozen=True)
class Numbers:
    """What was counted for one weight of the file."""

    path: str
    zeros: int
    deflated: int


@dataclass(frozen=True)
class Contents:
    """Values of the selected weight, as read and as laid out."""

    values: NDArray[Any]
    cells: NDArray[Any]
    histogram: MagnitudeHistogram
    limit: float


def read_weight(weight: Weight, canvas: Canvas) -> Contents:
    """Read all of a weight and lay it out."""
    values = weight.read()
    if values.dtype.kind not in "fiub":
        values = values.astype(np.float32)
    return Contents(
        values, canvas.place(values), magnitude_histogram(values), robust_limit(values)
    )


def count_zeros(weights: list[Weight], request: Request) -> None:
    """Report the `Numbers` of one weight after the other."""
    for weight in weights:
        if request.cancelled:
            return
        values = weight.read()
        zeros = values.size - int(np.count_nonzero(values))
        request.report(Numbers(weight.path, zeros, deflated_size(values, quick=True)))
