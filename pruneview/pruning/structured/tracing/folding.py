"""Constants of removed channels, carried forward into the layers that read them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.tracing.axes import STAYS, Axis, Channels


@dataclass(frozen=True, eq=False)
class AddedBias:
    """A bias that the model had not.

    ``keys`` is where ``use_bias`` stands in the settings of the layer, ``channels``
    those along its one axis.
    """

    layer: str
    keys: tuple[str | int, ...]
    channels: Channels


@dataclass
class Folding:
    """Values of a model's weights while channels are removed.

    A removed channel that is the same everywhere (its kernel is zero, its bias need
    not be) does to the layers that read it what a bias does.

    Attributes
    ----------
    values
        Of the weights by path; changed ones are put in the place of the originals.
    removed
        Whether each channel is removed.
    enabled
        Whether constants are added to biases; else they are only noted.
    alive
        Channels found not to be constant where they are read.
    added
        Biases that the model had not, by path, with their layer.
    notes
        Sentences on what differs, in order and without repetitions.
    """

    values: dict[str, NDArray]
    removed: NDArray[np.bool_]
    enabled: bool = True
    alive: list[Channels] = field(default_factory=list)
    added: dict[str, AddedBias] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    _shifts: dict[tuple[str, str], NDArray] = field(default_factory=dict)
    _scaled: set[str] = field(default_factory=set)

    def gone(self, channels: Channels | None, length: int = 0) -> NDArray[np.bool_]:
        """Return which positions are removed."""
        if channels is None:
            return np.zeros(length, bool)
        return (channels != STAYS) & self.removed[channels]

    def settle(self, axis: Axis, layer: str) -> tuple[NDArray[np.bool_], NDArray]:
        """Return which positions are removed, and the constant of each of those.

        What is not constant is noted, and taken for zero.
        """
        gone = self.gone(axis.channels, axis.length or 0)
        constants = axis.values()[gone]
        moving = np.isnan(constants)
        if moving.any() and axis.channels is not None:
            self.alive.append(axis.channels[gone][moving])
            self.note(
                f"Removed channels that {layer} reads are not constant: the outputs "
                "differ by what they were."
            )
        return gone, np.where(moving, 0.0, constants)

    def shift(
        self,
        bias: str,
        source: str,
        change: NDArray,
        *,
        owns: bool,
        made: AddedBias,
    ) -> None:
        """Add what constants do to a bias; make the bias where there is none.

        Parameters
        ----------
        bias, source
            Paths of the bias, and of the kernel through which the constants come.
        owns
            Whether the layer has the bias.
        made
            What the bias is where the layer has none.
        """
        before = self._shifts.get((bias, source))
        if before is not None:
            if not np.allclose(before, change, rtol=1e-6, atol=1e-12):
                self.note(
                    f"{made.layer} is shared and reads different constants at its "
                    "calls: the outputs differ by that."
                )
            return
        if not np.any(change):
            return
        if not self.enabled:
            self.note(f"Constants that {made.layer} read are left out of its bias.")
            return
        self._shifts[bias, source] = change
        if owns or bias in self.added:
            old = self.values[bias]
            self.values[bias] = (old.astype(np.float64) + change).astype(old.dtype)
            return
        self.added[bias] = made
        self.values[bias] = change.astype(self.values[source].dtype)

    def scale(self, path: str, factor: float) -> None:
        """Multiply a weight, once."""
        if path not in self._scaled and path in self.values:
            self._scaled.add(path)
            old = self.values[path]
            self.values[path] = (old.astype(np.float64) * factor).astype(old.dtype)

    def note(self, sentence: str) -> None:
        """Keep a sentence on what differs."""
        self.notes.setdefault(sentence)
