"""Rows of sizes that need no TensorFlow: arrays counted, deflated, encoded."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.report import advice
from pruneview.pruning.report.rows import Figure, Row
from pruneview.pruning.report.subject import Subject
from pruneview.sparsity.sizing.sizes import EXACT_LABEL, deflated_size
from pruneview.sparsity.sizing.sparse_encoding import entropy_bound, sparse_size

Advance = Callable[[], None]


def stored_rows(dense: Subject, pruned: Subject | None, advance: Advance) -> list[Row]:
    """Return the rows; `advance` is called before each array that takes time."""
    subjects = [dense] if pruned is None else [dense, pruned]
    last = subjects[-1]
    deflated = [_deflated(s.arrays, advance) for s in subjects]
    state = [_deflated(s.optimizer, advance) for s in subjects]
    raw = [_raw(s.arrays) for s in subjects]
    state_raw = [_raw(s.optimizer) for s in subjects]
    left = sum(int(np.count_nonzero(array)) for array in last.arrays)
    total = sum(array.size for array in last.arrays)
    which = _states(dense, pruned)
    given = [s.file_bytes for s in subjects]
    one_each = f"{EXACT_LABEL}, one stream a weight"
    rows = [
        _row(
            "raw",
            "Weights, raw",
            raw,
            "every weight in its own type, zeros included",
            advice.raw(),
        ),
        _row(
            "raw_with_optimizer",
            "Weights and optimizer, raw",
            _sums(raw, state_raw),
            f"the same, and the optimizer's variables; {which}",
            advice.optimizer(state_raw[-1]),
        ),
        _row(
            "deflated",
            "Weights, deflated",
            deflated,
            one_each,
            advice.deflated(left, total),
        ),
        _row(
            "deflated_with_optimizer",
            "Weights and optimizer, deflated",
            _sums(deflated, state),
            f"{one_each} and optimizer variable; {which}",
            advice.optimizer(state[-1]),
        ),
        _row(
            "sparse",
            "Sparse encoding",
            [sparse_size(s.arrays) for s in subjects],
            "a bit a place and the values left, where that is smaller, and one byte a "
            "weight to say so; exact",
            advice.sparse(last.arrays, last.zeros.zeros),
        ),
        _row(
            "entropy_bound",
            "Bound of sparse encoding",
            [entropy_bound(s.arrays) for s in subjects],
            "entropy of the places, n H(k/n) bits a weight (Shannon 1948), and the "
            "values left; a bound, not a file",
            advice.entropy(),
        ),
    ]
    if any(size is not None for size in given):
        first, second = figures(given)
        how = "as it is on disk, with all that is in it"
        nowhere = tuple(
            f"{s.name}: It is in no file yet." for s in subjects if s.file_bytes is None
        )
        rows.append(
            Row(
                "given",
                "File as given",
                "bytes",
                first,
                second,
                how=how,
                improve=advice.file(),
                missing=nowhere,
            )
        )
    return rows


def figures(values: Sequence[float | None]) -> tuple[Figure | None, Figure | None]:
    """Return the two columns of a row."""
    both = [None if value is None else Figure(value) for value in values]
    return both[0], both[1] if len(both) > 1 else None


def _row(key: str, title: str, values: Sequence[int], how: str, improve: str) -> Row:
    first, second = figures(values)
    return Row(key, title, "bytes", first, second, how, improve)


def _raw(arrays: Sequence[NDArray]) -> int:
    return sum(array.nbytes for array in arrays)


def _deflated(arrays: Sequence[NDArray], advance: Advance) -> int:
    total = 0
    for array in arrays:
        advance()
        total += deflated_size(array, quick=False)
    return total


def _sums(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)]


def _states(dense: Subject, pruned: Subject | None) -> str:
    with_state = [s.name for s in (dense, pruned) if s is not None and s.optimizer]
    if not with_state:
        return "there is no optimizer state"
    if pruned is None or len(with_state) == 2:
        return "with its state"
    return f"only {with_state[0]} has a state"
