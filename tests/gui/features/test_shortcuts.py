"""Keys that can be changed: conflicts told, resets, and what is remembered."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialogButtonBox

from pruneview.gui.actions import ActionSpec, keys_table
from pruneview.gui.features.shortcuts import Shortcuts
from pruneview.gui.features.shortcuts.dialog import ShortcutsDialog
from pruneview.gui.features.shortcuts.key_map import KeyMap
from pruneview.gui.main_window import MainWindow
from pruneview.gui.theme import LIGHT

USUAL = {"open": ("Ctrl+O",), "run": ("F5", "Ctrl+R"), "about": ()}
SPECS = tuple(ActionSpec(name, name.title(), "", keys) for name, keys in USUAL.items())


def test_own_keys_stand_in_place_of_the_usual_ones():
    key_map = KeyMap(USUAL, {"open": ("F2",), "gone": ("F3",)})
    assert key_map.keys("open") == ("F2",)
    assert key_map.changed() == {"open": ("F2",)}


def test_conflicts_name_all_owners():
    key_map = KeyMap(USUAL, {})
    assert key_map.conflicts() == {}
    key_map.set("about", ("Ctrl+O", "Ctrl+O", "F5"))
    assert key_map.keys("about") == ("Ctrl+O", "F5")
    assert key_map.conflicts() == {
        "Ctrl+O": ["open", "about"],
        "F5": ["run", "about"],
    }


def test_resets():
    key_map = KeyMap(USUAL, {"open": ("F2",), "run": ()})
    key_map.reset("open")
    assert key_map.changed() == {"run": ()}
    key_map.reset_all()
    assert key_map.changed() == {}


@pytest.fixture
def dialog(qtbot):
    accepted = []
    dialog = ShortcutsDialog(None, SPECS, KeyMap(USUAL, {}), accepted.append)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.accepted_maps = accepted
    return dialog


def ok(dialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


def press(dialog, name, keys):
    dialog.choose(name)
    dialog.edit.setKeySequence(QKeySequence(keys))


def test_a_conflict_is_told_while_keys_are_pressed_and_bars_ok(dialog):
    press(dialog, "about", "Ctrl+O")
    assert dialog.words.text() == "Ctrl+O is used by “Open”."
    assert ok(dialog).isEnabled()  # nothing has been changed yet
    dialog.use.click()
    assert "belongs to “Open” and “About”" in dialog.words.text()
    assert not ok(dialog).isEnabled()
    dialog.choose("open")
    dialog.remove.click()
    assert ok(dialog).isEnabled()
    ok(dialog).click()
    assert dialog.accepted_maps[0].changed() == {"open": (), "about": ("Ctrl+O",)}


def test_keys_are_added_and_one_row_or_all_are_reset(dialog):
    press(dialog, "run", "Ctrl+Shift+F9")
    dialog.add.click()
    assert dialog.key_map.keys("run") == ("F5", "Ctrl+R", "Ctrl+Shift+F9")
    press(dialog, "open", "F2")
    dialog.use.click()
    dialog.reset.click()
    assert dialog.key_map.changed().keys() == {"run"}
    dialog.reset_all.click()
    assert dialog.key_map.changed() == {}


def test_keys_of_the_heatmap_are_told(dialog):
    press(dialog, "about", "Left")
    assert "heatmap" in dialog.words.text()


def test_tab_leaves_the_field_and_other_keys_are_taken(dialog, qtbot):
    dialog.show()
    dialog.edit.setFocus()
    qtbot.waitUntil(dialog.edit.hasFocus)
    qtbot.keyClick(dialog.edit, Qt.Key.Key_F9)
    assert dialog.edit.text == "F9"
    qtbot.keyClick(dialog.edit, Qt.Key.Key_Tab)
    assert not dialog.edit.hasFocus()
    assert dialog.edit.text == "F9"


@pytest.mark.parametrize("broken", ["{", "[]", '{"open": 3}', "3"])
def test_broken_settings_are_the_usual_keys(settings, broken):
    settings._store.setValue("keys", broken)
    assert settings.keys == {}


def test_changed_keys_work_are_listed_and_remembered(program, qtbot, settings):
    program.features.find(Shortcuts).change_keys()
    dialog = program.window.findChild(ShortcutsDialog)
    assert dialog.key_map.conflicts() == {}  # as the program comes
    press(dialog, "about", "Ctrl+Alt+F9")
    dialog.use.click()
    # The demo's keys become another action's; the demo has none then.
    press(dialog, "demo", "Ctrl+Alt+F10")
    dialog.use.click()
    ok(dialog).click()
    window = program.window
    assert window.action("about").shortcut().toString() == "Ctrl+Alt+F9"
    assert ("Ctrl+Alt+F10", "Open the demo") in keys_table(window.action_specs)
    assert "(Ctrl+Alt+F10)" in window.action("demo").toolTip()
    again = MainWindow(LIGHT, settings)
    qtbot.addWidget(again)
    assert again.action("demo").shortcut().toString() == "Ctrl+Alt+F10"


def test_keys_given_away_are_not_the_usual_owners_any_more(qtbot, settings):
    settings.keys = {"about": ("Ctrl+D",)}
    window = MainWindow(LIGHT, settings)
    qtbot.addWidget(window)
    assert window.action("demo").shortcuts() == []
    assert window.menus.usual_keys["demo"] == ("Ctrl+D",)
