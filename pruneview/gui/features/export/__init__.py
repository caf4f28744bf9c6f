"""Pictures, animations, tables and reports for elsewhere."""

from pruneview.gui.features.export.feature import Export

__all__ = ["Export"]
