"""Recordings of runs: made by the window, opened again, and continued."""

from pruneview.gui.features.recordings.feature import Recordings

__all__ = ["Recordings"]
