"""How far each layer alone can be pruned: measured, shown, taken into the plan."""

from pruneview.gui.features.sensitivity.feature import SensitivityFeature

__all__ = ["SensitivityFeature"]
