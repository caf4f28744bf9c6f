"""The run as a film: any step can be looked at again, during the run and after it."""

from pruneview.gui.features.timeline.feature import Timeline

__all__ = ["Timeline"]
