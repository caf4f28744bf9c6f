"""Runs of this session side by side, and a prepared comparison of schedules."""

from pruneview.gui.features.runs.feature import RunsFeature

__all__ = ["RunsFeature"]
