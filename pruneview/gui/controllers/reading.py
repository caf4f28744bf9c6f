"""What the reader pool does for the document: statistics and sizes of all weights."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pruneview.formats import FormatError, Weight
from pruneview.pruning.pieces import measure, pieces
from pruneview.sparsity.counting.statistics import WeightStatistics
from pruneview.sparsity.sizing.deflating import deflated_size_of_pieces
from pruneview.workers.reader_pool import Request

_THREADS = 2
#: With less to read than this, nobody sees a progress bar before it is over.
_PROGRESS_FROM_BYTES = 256 << 20


@dataclass(frozen=True)
class Numbers:
    """What was found for one weight of the file; None: not yet."""

    path: str
    statistics: WeightStatistics | None = None
    deflated: int | None = None


@dataclass(frozen=True)
class Progress:
    """How far the statistics of all weights are; ``share`` from 0 to 1."""

    words: str
    share: float


@dataclass(frozen=True)
class Counted:
    """All statistics are known; the deflated sizes are to follow."""


def measure_weights(weights: list[Weight], request: Request) -> list[str]:
    """Report the `Numbers` of all weights: first statistics, then deflated sizes.

    Returns
    -------
    A sentence for each weight that could not be read; the rest are measured.
    """

    def statistics(weight: Weight) -> Numbers | None:
        found = measure(weight, lambda: request.cancelled)
        if found is None:
            return None
        return Numbers(weight.path, statistics=found.statistics())

    def deflated(weight: Weight) -> Numbers | None:
        size = deflated_size_of_pieces(_while_wanted(weight, request))
        return None if request.cancelled else Numbers(weight.path, deflated=size)

    problems = _each(weights, statistics, "Counting zeros", request)
    request.report(Counted())
    _each(weights, deflated, "Measuring compressed sizes", request)
    return problems


def _while_wanted(weight: Weight, request: Request) -> Iterator[NDArray[Any]]:
    for piece in pieces(weight):
        if request.cancelled:
            return
        yield piece


def _each(
    weights: list[Weight],
    job: Callable[[Weight], Numbers | None],
    words: str,
    request: Request,
) -> list[str]:
    total = sum(weight.nbytes for weight in weights)
    done = 0
    problems = []
    # The largest first, so that the threads end together.
    ordered = sorted(weights, key=lambda weight: -weight.nbytes)
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="reader-statistics") as pool:
        waiting = [(weight, pool.submit(job, weight)) for weight in ordered]
        for weight, future in waiting:
            try:
                numbers = future.result()
            except FormatError as error:
                problems.append(f"{weight.path}: {error}")
                continue
            if request.cancelled:
                pool.shutdown(wait=True, cancel_futures=True)
                break
            if numbers is not None:
                request.report(numbers)
            done += weight.nbytes
            if total >= _PROGRESS_FROM_BYTES:
                request.report(Progress(words, done / total))
    return problems
