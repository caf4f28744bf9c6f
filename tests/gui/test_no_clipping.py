"""Every text has the room it needs, in each theme, at each size and with large letters.

See `tests.gui.dressing` for how much of that is looked at.
"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget

from pruneview.gui import dialogs
from pruneview.gui.dock_places import Places
from pruneview.gui.features.presentation import Presentation
from pruneview.gui.features.timeline import Timeline
from tests.gui.conftest import is_shown
from tests.gui.dressing import GRID, SIZES, dress, settle, wait_for
from tests.gui.features.imagined import record_demo, stands_at
from tests.gui.fitting import cut_texts

DIALOGS = ("keys", "glossary", "about", "change_keys", "export", "palette")


@pytest.fixture(scope="module")
def filmed(looking, qapp, tmp_path_factory):
    """One window with a recorded run on show for all these tests."""
    path = tmp_path_factory.mktemp("recordings") / "a.pruneview-run"
    record_demo(path)
    wait_for(qapp, lambda: is_shown(looking))
    looking.features.complete()
    looking.open(path)
    timeline = looking.features.find(Timeline)
    wait_for(qapp, lambda: stands_at(timeline, 100))
    return looking


@pytest.mark.parametrize(("size", "theme", "percent"), GRID)
def test_no_text_in_the_window_is_cut_off(filmed, qapp, size, theme, percent):
    dress(filmed, size, theme, percent)
    window = filmed.window
    assert cut_texts(window) == []
    for dock in window.findChildren(QDockWidget):
        if dock.objectName() == "tour":
            continue
        shown = not dock.isHidden()
        dock.show()
        dock.raise_()
        settle(qapp)
        assert cut_texts(dock) == [], dock.objectName()
        if not shown:
            dock.hide()
    tabs = window._tabs
    window.findChild(QDockWidget, "log").raise_()
    for tab in range(tabs.count()):
        tabs.setTabVisible(tab, True)
        tabs.setCurrentIndex(tab)
        settle(qapp)
        assert cut_texts(window) == [], tabs.tabText(tab)
    assert window.size().toTuple() == size


@pytest.mark.qt_log_ignore("not support raise", "not support grabbing")  # offscreen
@pytest.mark.parametrize(("size", "theme", "percent"), GRID)
def test_no_text_in_a_dialog_is_cut_off(filmed, qapp, size, theme, percent):
    dress(filmed, size, theme, percent)
    model = filmed.document.model
    asked = [lambda name=name: filmed.commands.carry_out(name) for name in DIALOGS] + [
        lambda: dialogs.ask_consent(filmed.window, model, lambda: None),
        lambda: dialogs.ask_to_stop(filmed.window, lambda: None),
        lambda: dialogs.ask_data_consent(filmed.window, "a.py:f", lambda: None),
        lambda: dialogs.ask_unsaved(
            filmed.window, lambda: None, lambda: None, "It is lost otherwise."
        ),
        filmed.window.heatmap.display.open,
    ]
    for ask in asked:
        ask()
        settle(qapp)
        opened = [w for w in qapp.topLevelWidgets() if w.isVisible()]
        opened.remove(filmed.window)
        assert opened
        for dialog in opened:
            assert cut_texts(dialog) == [], type(dialog).__name__
            assert dialog.width() <= size[0]
            assert dialog.height() <= size[1]
            dialog.close()
        settle(qapp)


@pytest.mark.parametrize(("size", "theme", "percent"), GRID)
def test_no_text_of_a_presentation_is_cut_off(filmed, qapp, size, theme, percent):
    dress(filmed, size, theme, percent)
    presentation = filmed.features.find(Presentation)
    filmed.commands.carry_out("present")
    stage = presentation.stage
    try:
        stage.showNormal()
        stage.resize(*size)
        wait_for(qapp, lambda: stage.heatmap.picture is not None)
        for _ in range(2):
            QTest.keyClick(stage, Qt.Key.Key_PageUp)
            settle(qapp)
            assert stage.size().toTuple() == size
            assert cut_texts(stage) == []
    finally:
        presentation.leave()


@pytest.mark.parametrize("theme", ["light", "projector"])
@pytest.mark.parametrize("size", SIZES)
def test_the_heatmap_is_the_largest_thing(filmed, qapp, size, theme):
    dress(filmed, size, theme, 100)
    window = filmed.window
    plot = window.heatmap
    room = plot.width() * plot.height()
    for dock in window.findChildren(QDockWidget):
        if dock.isVisible() and not dock.visibleRegion().isEmpty():
            assert dock.width() * dock.height() < room, dock.objectName()
    view = window.layers.view
    line = view.fontMetrics().lineSpacing()
    assert view.viewport().height() >= 5 * line
    for chart in window.charts.charts:
        assert chart.plot.height() >= 7 * line // 2


def test_panels_change_places_with_the_letters_unless_moved(filmed, qapp):
    dress(filmed, (1280, 720), "light", 100)
    places = filmed.window._places
    assert places.present() == Places(log_behind=False)
    filmed.choose_theme("projector")
    settle(qapp)
    assert places.present().columns
    log = filmed.window.findChild(QDockWidget, "log")
    filmed.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, log)
    filmed.choose_theme("light")
    settle(qapp)
    assert places.present() is None
    left = Qt.DockWidgetArea.LeftDockWidgetArea
    assert filmed.window.dockWidgetArea(log) == left
    filmed.window.reset_layout()
    settle(qapp)
    assert places.present() == Places(log_behind=False)


def test_results_come_before_the_curves_where_they_share_a_place(filmed, qapp):
    dress(filmed, (1280, 720), "projector", 100)
    window = filmed.window
    window.findChild(QDockWidget, "charts").raise_()
    window.show_tab(window.log, raised=False)
    settle(qapp)
    assert not window.charts.visibleRegion().isEmpty()
    assert window.log.visibleRegion().isEmpty()
    window.show_tab(window.results)
    settle(qapp)
    assert not window.results.visibleRegion().isEmpty()


def test_letters_grow_and_are_remembered(filmed):
    dress(filmed, (1280, 720), "light", 100)
    filmed.commands.carry_out("larger_text")
    assert QApplication.font().pointSize() == 12
    filmed.commands.carry_out("larger_text")
    assert QApplication.font().pointSize() == 15
    assert filmed.settings.text_percent == 150
    filmed.choose_theme("projector")
    assert QApplication.font().pointSize() == 16
    for _ in range(3):
        filmed.commands.carry_out("smaller_text")
    assert filmed.settings.text_percent == 100


def test_the_sample_is_of_the_kind_that_fails(filmed, qapp):
    """A label that is made too narrow is found."""
    dress(filmed, (1280, 720), "light", 100)
    fit = filmed.window.heatmap._fit
    fit.setFixedWidth(8)
    settle(qapp)
    try:
        assert any("'Fit'" in line for line in cut_texts(filmed.window))
    finally:
        fit.setMinimumWidth(0)
        fit.setMaximumWidth(9999)
