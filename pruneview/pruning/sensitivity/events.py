"""What measuring the sensitivity of layers reports."""

from dataclasses import dataclass

from pruneview.pruning.events import Evaluation, Event


@dataclass(frozen=True)
class SensitivityStarted(Event):
    """Layers are about to be measured, one after another.

    Attributes
    ----------
    baseline
        The metric of the model as its file has it, on the same samples.
    sparsities
        Shares of zeros that each layer is given, ascending.
    layers
        Paths of the layers, in the model's order.
    """

    baseline: Evaluation
    sparsities: tuple[float, ...]
    layers: tuple[str, ...]


@dataclass(frozen=True)
class LayerSensitivity(Event):
    """The metric with one layer pruned and every other as in the file.

    Attributes
    ----------
    values
        The metric at each of the sparsities.
    """

    layer: str
    values: tuple[float, ...]


@dataclass(frozen=True)
class SensitivityEnded(Event):
    """All that was measured; not `complete` where it was called off."""

    baseline: Evaluation
    sparsities: tuple[float, ...]
    measured: tuple[LayerSensitivity, ...]
    complete: bool
