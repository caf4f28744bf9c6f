"""Full screen for talks: the heatmap, three large numbers, the curve."""

from pruneview.gui.features.presentation.feature import Presentation

__all__ = ["Presentation"]
