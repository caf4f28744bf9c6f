"""What is reported of pruning without data."""

from dataclasses import dataclass

from pruneview.pruning.events import Event
from pruneview.pruning.fidelity.one_shot import OneShot


@dataclass(frozen=True)
class FidelityMeasured(Event):
    """A file was pruned at once, and its outputs compared with the baseline's."""

    result: OneShot
