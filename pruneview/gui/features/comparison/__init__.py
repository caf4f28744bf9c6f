"""A second file beside the open one: what changed, weight by weight."""

from pruneview.gui.features.comparison.feature import ComparisonFeature

__all__ = ["ComparisonFeature"]
