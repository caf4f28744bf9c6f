"""Pruning without any data: are the outputs still the baseline's?"""

from pruneview.gui.features.fidelity.feature import FidelityFeature

__all__ = ["FidelityFeature"]
