"""A guided tour through pruning, and the words it is told in."""

from pruneview.gui.features.tour.feature import GuidedTour

__all__ = ["GuidedTour"]
