"""How much each layer alone can be pruned, without any training."""

from pruneview.pruning.sensitivity.events import (
    LayerSensitivity,
    SensitivityEnded,
    SensitivityStarted,
)
from pruneview.pruning.sensitivity.measure import SPARSITIES, measure_sensitivity
from pruneview.pruning.sensitivity.suggest import suggest_targets

__all__ = [
    "SPARSITIES",
    "LayerSensitivity",
    "SensitivityEnded",
    "SensitivityStarted",
    "measure_sensitivity",
    "suggest_targets",
]
