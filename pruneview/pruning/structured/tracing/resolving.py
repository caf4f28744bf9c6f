"""From ties between channels to units, and from units to groups."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.tracing.axes import STAYS, Channels
from pruneview.pruning.structured.tracing.ledger import Ledger


@dataclass(frozen=True)
class ResolvedGroup:
    """Blocks whose channels go together; ``reason`` is why they stay, or "" ."""

    blocks: tuple[int, ...]
    size: int
    reason: str


@dataclass(frozen=True, eq=False)
class Resolved:
    """Every channel's group, and its unit within the group."""

    groups: tuple[ResolvedGroup, ...]
    group: NDArray[np.int64]
    unit: NDArray[np.int64]

    def units_of(self, channels: Channels) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """Yield each group along an axis with the unit at each position, or -1."""
        real = channels != STAYS
        groups = np.where(real, self.group[channels], -1) if len(self.group) else real
        for place in np.unique(groups[real]):
            yield int(place), np.where(groups == place, self.unit[channels], -1)


def resolve(ledger: Ledger) -> Resolved:
    """Return units and groups of all channels in a ledger."""
    unit_roots = connected(ledger.count, ledger.pairs)
    block_of = np.zeros(ledger.count, np.int64)
    for place, block in enumerate(ledger.blocks):
        block_of[block.start : block.start + block.size] = place
    ties = [(block_of[unit_roots], block_of)] if ledger.count else []
    block_roots = connected(len(ledger.blocks), ties)
    reasons: dict[int, str] = {}
    for channels, reason in ledger.fixed:
        for root in np.unique(block_roots[block_of[channels]]):
            reasons.setdefault(int(root), reason)
    group_of_block = np.zeros(len(ledger.blocks), np.int64)
    unit = np.zeros(ledger.count, np.int64)
    groups = []
    for place, root in enumerate(np.unique(block_roots)):
        inside = np.flatnonzero(block_roots == root)
        group_of_block[inside] = place
        channels = np.flatnonzero(np.isin(block_of, inside))
        _, numbers = np.unique(unit_roots[channels], return_inverse=True)
        unit[channels] = numbers
        size = int(numbers.max()) + 1 if len(numbers) else 0
        blocks = tuple(int(b) for b in inside)
        groups.append(ResolvedGroup(blocks, size, reasons.get(int(root), "")))
    return Resolved(tuple(groups), group_of_block[block_of], unit)


def connected(
    count: int, pairs: list[tuple[NDArray[np.int64], NDArray[np.int64]]]
) -> NDArray[np.int64]:
    """Return the smallest number that each of ``count`` is tied to, also indirectly.

    Labels go down to the smallest of each tie, and each label is then looked up in
    turn, so that long chains take few rounds.
    """
    roots = np.arange(count, dtype=np.int64)
    if not pairs:
        return roots
    one = np.concatenate([pair[0] for pair in pairs])
    other = np.concatenate([pair[1] for pair in pairs])
    while True:
        before = roots.copy()
        least = np.minimum(roots[one], roots[other])
        for ends in (roots[one], roots[other], one, other):
            np.minimum.at(roots, ends, least)
        while True:
            further = roots[roots]
            if (further == roots).all():
                break
            roots = further
        if (before == roots).all():
            return roots
