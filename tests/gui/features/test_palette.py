"""The command palette: what fits, in which order, and that it does what it says."""

import pytest
from PySide6.QtCore import Qt

from pruneview.gui.features.palette import Palette
from pruneview.gui.features.palette.box import PaletteBox
from pruneview.gui.features.palette.matching import ranked, score
from pruneview.gui.program import Program


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch):
    """Nothing is trained here: its import would take most of the time."""
    monkeypatch.setattr(Program, "_warm_up", lambda _program: None)


@pytest.mark.parametrize("typed", ["xyz", "nepo", "openn"])
def test_letters_that_are_not_there_in_their_order_do_not_fit(typed):
    assert score(typed, "Open") is None


def test_nothing_typed_fits_everything():
    assert score("", "Open") == score("  ", "Run") == 0


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("dk", "conv/dense_kernel", "conv/sidekick_bias"),
        ("fit", "Fit the heatmap", "Profile it now"),
        ("kernel", "dense/kernel", "keep every node label"),
        ("rl", "Reset the layout", "Run all"[::-1] + "rul"),
        ("run", "Run", "Run, pause or continue"),
        ("sm", "SavedModel", "as many"),
    ],
)
def test_beginnings_of_words_and_rows_of_letters_count_more(typed, better, worse):
    assert ranked(typed, [worse, better], str, 10)[0] == better


def test_the_best_placing_of_the_letters_counts():
    # The first "c" is not the one that makes a row with the rest.
    assert score("conv", "c-x conv") > score("conv", "c-o-n-v xx")


def test_the_beginning_of_a_word_in_one_piece_comes_before_letters_here_and_there():
    assert score("spa", "Sort by sparsity") > score("spa", "Show the panel Units")


def test_equals_keep_their_order_and_no_more_than_asked_are_listed():
    assert ranked("a", ["ab", "ac", "ad"], str, 2) == ["ab", "ac"]


def opened_box(program):
    program.features.find(Palette).palette()
    boxes = program.window.findChildren(PaletteBox)
    assert len(boxes) == 1
    return boxes[0]


def typed(qtbot, box, words, *keys):
    qtbot.keyClicks(box.line, words)
    for key in keys:
        qtbot.keyClick(box.line, key)


def test_a_theme_is_chosen_by_keyboard_alone(opened, qtbot):
    box = opened_box(opened)
    typed(qtbot, box, "themdar", Qt.Key.Key_Return)
    assert opened.theme.name == "dark"
    qtbot.waitUntil(lambda: not opened.window.findChildren(PaletteBox))


def test_a_weight_is_shown(opened, qtbot):
    box = opened_box(opened)
    other = next(
        weight
        for layer in opened.document.model.layers
        for weight in layer.weights
        if weight.path != opened.document.weight.path
    )
    typed(qtbot, box, other.path, Qt.Key.Key_Enter)
    assert opened.document.weight.path == other.path


def test_an_action_that_makes_no_sense_now_is_told_and_not_done(opened, qtbot):
    box = opened_box(opened)
    typed(qtbot, box, "save the pruned model", Qt.Key.Key_Return)
    assert box.titles == ["Save the pruned model as"]
    assert box.isVisible()


def test_actions_are_listed_with_the_keys_they_have(opened):
    box = opened_box(opened)
    listed = {entry.title: entry.keys for entry in box._entries}
    assert listed["Open"] == "Ctrl+O"
    assert listed["Redo"] == "Ctrl+Shift+Z  Ctrl+Y"
    assert "Command palette" not in listed


def test_arrows_choose_a_line(opened, qtbot):
    box = opened_box(opened)
    typed(qtbot, box, "theme:", Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up)
    titles = [title for title in box.titles if title.startswith("Theme: ")]
    assert titles[1] == "Theme: Light"
    opened.choose_theme("dark")
    typed(qtbot, box, "", Qt.Key.Key_Return)
    assert opened.theme.name == "light"


def test_escape_leaves(opened, qtbot):
    box = opened_box(opened)
    typed(qtbot, box, "run", Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not opened.window.findChildren(PaletteBox))
