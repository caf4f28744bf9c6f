"""Lets the keys of every action be changed, and remembers them."""

from pruneview.gui.actions import ActionSpec
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.shortcuts.dialog import ShortcutsDialog
from pruneview.gui.features.shortcuts.key_map import KeyMap


class Shortcuts(Feature):
    """An action that opens the dialog."""

    actions = (
        ActionSpec(
            "change_keys",
            "&Change keys…",
            "Give actions keys of your own choice; they are remembered",
            ("Ctrl+Alt+K",),
            "&Help",
            above="about",
        ),
    )

    def change_keys(self) -> None:
        window = self.program.window
        key_map = KeyMap(window.menus.usual_keys, self.program.settings.keys)
        dialog = ShortcutsDialog(window, window.action_specs, key_map, self._use)
        dialog.open()

    def _use(self, key_map: KeyMap) -> None:
        window = self.program.window
        for name in window.menus.usual_keys:
            window.menus.set_keys(name, key_map.keys(name))
        # Keys of actions that this version does not have stay remembered.
        others = {
            name: keys
            for name, keys in self.program.settings.keys.items()
            if name not in window.menus.usual_keys
        }
        self.program.settings.keys = others | key_map.changed()
