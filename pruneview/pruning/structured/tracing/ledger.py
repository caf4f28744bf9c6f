"""What a trace writes down: channels, what ties them, and where they lie in weights."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pruneview.pruning.structured.tracing.axes import STAYS, Channels
from pruneview.pruning.structured.tracing.folding import Folding

#: What a rule meets in settings or weights that are not as Keras writes them.
MALFORMED = (
    ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip
PRODUCES, CONSUMES = "produces", "consumes"


class Unfollowed(Exception):  # noqa: N818 - it is caught, and becomes a reason
    """Channels cannot be followed through a layer; the message says why."""


@dataclass(frozen=True)
class Block:
    """The channels that one layer makes: ``start`` up to ``start + size``.

    ``name`` is the layer's path, and what of it where a layer makes several kinds.
    """

    name: str
    layer: str
    kind: str
    start: int
    size: int


@dataclass(frozen=True, eq=False)
class Entry:
    """Channels along one axis of a weight; None: all of them stay."""

    layer: str
    role: str
    parameter: str
    channels: Channels | None


@dataclass
class Ledger:
    """Everything a trace finds.

    Attributes
    ----------
    shapes
        Of the weights, by path.
    blocks
        In the order of the trace.
    pairs
        Arrays of channels that must be removed together, position by position.
    fixed
        Channels that must stay, with the reason.
    entries
        By weight path and axis.
    settings
        Numbers in the configuration that count channels, by layer path and keys.
    excluded
        Layers that cannot be followed, with the reason.
    folding
        What carries constants while channels are removed; None for the graph alone.
    """

    shapes: Mapping[str, tuple[int, ...]]
    folding: Folding | None = None
    blocks: list[Block] = field(default_factory=list)
    pairs: list[tuple[Channels, Channels]] = field(default_factory=list)
    fixed: list[tuple[Channels, str]] = field(default_factory=list)
    entries: dict[tuple[str, int], Entry] = field(default_factory=dict)
    settings: dict[tuple[str, tuple[str | int, ...]], Channels] = field(
        default_factory=dict
    )
    excluded: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.count = 0
        self._by_name: dict[str, Block] = {}

    def make(self, name: str, layer: str, kind: str, size: int) -> Channels:
        """Return the channels that a layer makes, the same ones at every call."""
        block = self._by_name.get(name)
        if block is None:
            block = Block(name, layer, kind, self.count, size)
            self.count += size
            self.blocks.append(block)
            self._by_name[name] = block
        return np.arange(block.start, block.start + block.size, dtype=np.int64)

    def tie(self, one: Channels, other: Channels) -> None:
        """Have channels removed together, position by position."""
        both = (one != STAYS) & (other != STAYS)
        self.pairs.append((one[both], other[both]))
        for mine, yours in ((one, other), (other, one)):
            alone = (mine != STAYS) & (yours == STAYS)
            if alone.any():
                self.keep(mine[alone], "they are combined with channels that must stay")

    def keep(self, channels: Channels | None, reason: str) -> None:
        """Have channels stay."""
        if channels is not None:
            self.fixed.append((channels[channels != STAYS], reason))

    def keep_first(self, channels: Channels | None, reason: str) -> None:
        """Have channels stay for a reason that goes before all others."""
        self.keep(channels, reason)
        if channels is not None:
            self.fixed.insert(0, self.fixed.pop())

    def enter(self, path: str, axis: int, entry: Entry) -> None:
        """Note which channels lie along an axis of a weight.

        Raises
        ------
        Unfollowed
            Where the axis is not as long as there are channels.
        """
        channels = entry.channels
        length = self.shapes[path][axis]
        if channels is not None and len(channels) != length:
            raise Unfollowed(
                f"axis {axis} of {path} is {length} long, and {len(channels)} channels "
                "meet it"
            )
        before = self.entries.get((path, axis))
        if before is None:
            self.entries[path, axis] = entry
            return
        # A layer that is shared: what it meets at each of its calls goes together.
        if before.channels is not None and channels is not None:
            self.tie(before.channels, channels)
        else:
            known = channels if before.channels is None else before.channels
            self.keep(known, f"{entry.layer} is shared with channels that must stay")

    def exclude(self, layer: str, reason: str) -> None:
        """Note a layer that cannot be followed; its own channels stay."""
        self.excluded.setdefault(layer, reason)
        for block in self.blocks:
            if block.layer == layer:
                made = np.arange(block.start, block.start + block.size, dtype=np.int64)
                self.keep(made, reason)
