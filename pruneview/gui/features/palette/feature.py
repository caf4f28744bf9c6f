"""Opens the palette."""

from pruneview.gui.actions import ActionSpec
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.palette.box import PaletteBox
from pruneview.gui.features.palette.entries import entries

_NAME = "palette"


class Palette(Feature):
    """An action that opens the list of all others, and of all layers and themes."""

    actions = (
        ActionSpec(
            _NAME,
            "Command &palette",
            "Find an action, a layer, a weight or a theme by a few of its letters",
            ("Ctrl+K",),
            "&Help",
            above="keys",
        ),
    )

    def palette(self) -> None:
        window = self.program.window
        PaletteBox(window, entries(self.program, _NAME)).open_over(window)
