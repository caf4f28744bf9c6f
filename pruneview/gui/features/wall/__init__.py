"""All layers at once: a wall of small heatmaps."""

from pruneview.gui.features.wall.feature import WallFeature

__all__ = ["WallFeature"]
