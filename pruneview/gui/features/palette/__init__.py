"""Everything that can be done or shown, found by typing a few of its letters."""

from pruneview.gui.features.palette.feature import Palette

__all__ = ["Palette"]
