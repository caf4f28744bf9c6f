"""Keys of the person's own choice."""

from pruneview.gui.features.shortcuts.feature import Shortcuts

__all__ = ["Shortcuts"]
