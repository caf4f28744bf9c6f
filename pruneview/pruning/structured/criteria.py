"""How much each unit matters: what is scored lowest is removed first."""

import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.tracing.ledger import PRODUCES

if TYPE_CHECKING:
    from pruneview.pruning.structured.graph import DependencyGraph, Group, Member

CRITERIA = ("l1", "l2", "geometric-median", "batchnorm-scale", "taylor", "random")
Values = Mapping[str, NDArray]
Scores = dict[str, NDArray[np.float64]]

_NOT_KERNELS = frozenset({"bias", "gamma", "beta", "moving_mean", "moving_variance"})
_NOT_TRAINED = frozenset({"moving_mean", "moving_variance"})


def score_groups(
    graph: "DependencyGraph",
    values: Values,
    criterion: str,
    *,
    gradients: Values | None = None,
    seed: int = 0,
) -> Scores:
    """Return a score for each unit of each removable group, by the group's id.

    Parameters
    ----------
    values
        Of the weights, by path.
    criterion
        ``l1``, ``l2``: norm of all kernel entries that make the unit, over all layers
        that are coupled. ``geometric-median``: sum of the distances between the unit's
        entries and every other unit's (He et al. 2019, "Filter pruning via geometric
        median"). ``batchnorm-scale``: sum of the magnitudes of gamma (Liu et al. 2017,
        "network slimming"), and ``l2`` where a group has no gamma. ``taylor``:
        magnitude of the sum of weight times gradient (Molchanov et al. 2019).
        ``random``: any, decided by ``seed``.
    gradients
        Of the loss with respect to the weights, by path; ``taylor`` needs them.

    Raises
    ------
    ShrinkError
        Where there is no such criterion, or gradients are missing.
    """
    if criterion not in CRITERIA:
        raise ShrinkError(
            f"There is no criterion {criterion!r}: choose one of {', '.join(CRITERIA)}."
        )
    if criterion == "taylor" and gradients is None:
        raise ShrinkError(
            "The criterion taylor needs gradients, and so data to compute a loss on: "
            "name data, or choose another criterion."
        )
    return {
        group.id: _score(group, values, criterion, gradients or {}, seed)
        for group in graph.groups
        if group.removable
    }


def unit_norms(group: "Group", values: Values, order: int = 2) -> NDArray[np.float64]:
    """Return the L1 or L2 norm of the kernel entries that make each unit."""
    total = np.zeros(group.size)
    for member in kernels_of(group):
        array = _wide(values[member.weight_path])
        array = np.abs(array) if order == 1 else np.square(array)
        total += _sums(member, array, group.size)
    return total if order == 1 else np.sqrt(total)


def kernels_of(group: "Group") -> list["Member"]:
    """Return the members that are kernels whose entries make the units."""
    return [
        member
        for member in group.members
        if member.role == PRODUCES and member.parameter not in _NOT_KERNELS
    ]


def _score(
    group: "Group", values: Values, criterion: str, gradients: Values, seed: int
) -> NDArray[np.float64]:
    if criterion == "random":
        generator = np.random.default_rng([seed, zlib.crc32(group.id.encode())])
        return generator.random(group.size)
    if criterion == "geometric-median":
        return _distances(group, values)
    if criterion == "taylor":
        return _taylor(group, values, gradients)
    if criterion == "batchnorm-scale":
        scales = [m for m in group.members if m.parameter == "gamma"]
        if scales:
            total = np.zeros(group.size)
            for member in scales:
                array = np.abs(_wide(values[member.weight_path]))
                total += _sums(member, array, group.size)
            return total
    return unit_norms(group, values, 1 if criterion == "l1" else 2)


def _rows(member: "Member", values: Values) -> NDArray[np.float64]:
    """Return a weight with the member's axis first, and all others as one."""
    array = np.asarray(values[member.weight_path])
    rows = np.moveaxis(array, member.axis, 0).reshape(array.shape[member.axis], -1)
    return rows.astype(np.float64)


def _sums(member: "Member", array: NDArray, size: int) -> NDArray[np.float64]:
    """Sum what belongs to each unit."""
    others = tuple(axis for axis in range(array.ndim) if axis != member.axis)
    sums = array.sum(axis=others, dtype=np.float64)
    mine = member.units >= 0
    return np.bincount(member.units[mine], sums[mine], size).astype(np.float64)


def _wide(array: NDArray) -> NDArray:
    """Return values in a type whose squares do not overflow; kernels are large."""
    return np.asarray(array, np.result_type(np.float32, array.dtype))


def _taylor(group: "Group", values: Values, gradients: Values) -> NDArray[np.float64]:
    total = np.zeros(group.size)
    for member in group.members:
        if member.role != PRODUCES or member.parameter in _NOT_TRAINED:
            continue
        path = member.weight_path
        if path in gradients:
            total += _sums(member, _wide(values[path]) * gradients[path], group.size)
    return np.abs(total)


def _distances(group: "Group", values: Values) -> NDArray[np.float64]:
    """Sum distances to all other units, by the products of their entries."""
    products = np.zeros((group.size, group.size))
    for member in kernels_of(group):
        rows = _rows(member, values)
        counts = np.bincount(member.units[member.units >= 0], minlength=group.size)
        widest = int(counts.max(initial=0))
        # The n-th entries of all units side by side; units with fewer have zeros.
        for place in range(widest):
            laid = np.zeros((group.size, rows.shape[1]))
            for unit in np.flatnonzero(counts > place):
                laid[unit] = rows[member.indices(int(unit))[place]]
            products += laid @ laid.T
    squares = np.diag(products)
    between = squares[:, None] + squares[None, :] - 2 * products
    return np.sqrt(np.maximum(between, 0)).sum(axis=1)
