"""What a person needs who uses keys, large letters or a screen reader."""

import configparser
import itertools
import re

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QImageReader
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QGraphicsView,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QTextEdit,
    QToolButton,
    QWidget,
)

from pruneview import __version__
from pruneview.gui.features.what_if import WhatIf
from pruneview.gui.program import Program
from pruneview.resources import resource

CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QGraphicsView,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch):
    """Nothing is trained here: its import would take most of the time."""
    monkeypatch.setattr(Program, "_warm_up", lambda _program: None)


@pytest.fixture
def busy(opened, qtbot):
    """The window with the tour begun and a threshold tried."""
    window = opened.window
    window.resize(1600, 1000)
    window.charts.build()
    opened.commands.carry_out("tour")
    qtbot.waitUntil(lambda: opened.features.find(WhatIf).is_possible)
    window.histogram._move_to(0.07)
    window.banner.offer("Something can be done.", "Do it", lambda: None)
    return opened


@pytest.fixture
def everything(busy):
    """The same with every panel shown."""
    for dock in busy.window.findChildren(QDockWidget):
        dock.show()
    return busy


def controls(window):
    """Yield what a person can use, leaving out the insides of other controls."""
    for widget in window.findChildren(QWidget):
        inside = any(isinstance(above, QComboBox) for above in above_of(widget))
        inside = inside and not isinstance(widget, QLineEdit)
        own = not widget.objectName().startswith("qt_")
        if isinstance(widget, CONTROLS) and own and not inside:
            yield widget


def above_of(widget):
    while (widget := widget.parent()) is not None:
        yield widget


def name_of(widget):
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)


def test_every_control_in_the_whole_window_has_a_name(everything):
    found = list(controls(everything.window))
    assert len(found) > 60
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in found
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not name_of(widget)
        and not (isinstance(widget, QAbstractButton) and not widget.isVisible())
    ]
    assert not nameless


def test_tab_leads_through_every_control_and_is_stuck_in_none(everything, qtbot):
    window = everything.window
    window.activateWindow()
    window.heatmap.plot.setFocus()
    qtbot.waitUntil(window.heatmap.plot.hasFocus)
    visited = []
    for _ in range(300):
        here = QApplication.focusWidget()
        if visited and here is visited[0]:
            break
        assert here not in visited[-1:], f"{here} keeps the focus"
        visited.append(here)
        QTest.keyClick(here, Qt.Key.Key_Tab)
    else:
        pytest.fail("Tab never comes back to where it began")
    for widget in (
        window.layers.view,
        window.histogram.plot,
        window.log,
        window.charts,
        window.plan,
        window.findChild(QDockWidget, "tour").widget(),
    ):
        inside = any(here is widget or widget.isAncestorOf(here) for here in visited)
        assert inside or not has_control_in_view(widget), widget


def has_control_in_view(widget):
    return any(
        each.isVisible()
        and each.isEnabled()
        and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        for each in [widget, *widget.findChildren(QWidget)]
    )


def test_no_text_is_cut_off_with_large_letters(busy, qtbot):
    busy.choose_theme("projector")  # letters of 160 %
    busy.window.resize(1900, 1060)

    def nothing_is_cut():
        assert not [
            f"{type(w).__name__} in {type(w.parent()).__name__}: {text_of(w)[:50]!r}"
            for w in busy.window.findChildren(QWidget)
            if w.isVisible() and text_of(w) and is_cut(w)
        ]

    qtbot.waitUntil(nothing_is_cut)


def text_of(widget):
    own = not widget.objectName().startswith("qt_")
    known = isinstance(widget, QLabel | QAbstractButton) and own
    return widget.text() if known else ""


def is_cut(widget):
    # Words that may be cut off where there is no room are whole in their tooltips.
    if widget.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored:
        return False
    if isinstance(widget, QLabel) and widget.wordWrap():
        return widget.height() < widget.heightForWidth(widget.width()) - 1
    hint = widget.sizeHint()
    if isinstance(widget, QToolButton):
        hint = widget.minimumSizeHint()
    return widget.width() < hint.width() - 1 or widget.height() < hint.height() - 1


def test_the_log_is_copied(opened):
    opened.window.log.write("One more line")
    opened.commands.carry_out("copy_log")
    copied = QGuiApplication.clipboard().text()
    assert copied == opened.window.log.toPlainText()
    assert copied.endswith("One more line")
    lines = len(copied.splitlines())
    assert opened.window.banner.text == f"Copied the log: {lines} lines."


def test_versions_are_copied_and_the_box_stays_open(program):
    program.commands.carry_out("about")
    box = program.window.findChild(QMessageBox)
    copy = next(b for b in box.buttons() if b.text() == "&Copy")
    copy.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(f"pruneview {__version__}\nPython 3.")
    assert re.search(r"^numpy \d", copied, re.MULTILINE)
    assert copied == box.informativeText()
    assert box.isVisible()
    assert copy.text() == "Copied"
    box.close()


def test_the_desktop_entry_names_what_is_there():
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read_string(resource("pruneview.desktop").read_text(encoding="utf-8"))
    keys = entry["Desktop Entry"]
    assert keys["Type"] == "Application"
    assert keys["Exec"].split() == ["pruneview", "%f"]
    assert keys["Terminal"] == "false"
    for listed in ("Categories", "Keywords", "MimeType"):
        assert keys[listed].endswith(";")
    assert resource("icons", f"{keys['Icon']}.svg").is_file()
    for side in (48, 128, 256):
        size = QImageReader(str(resource("icons", f"pruneview-{side}.png"))).size()
        assert (size.width(), size.height()) == (side, side)


@pytest.mark.parametrize("name", ["keys", "about", "change_keys", "export", "palette"])
def test_every_control_in_a_dialog_has_a_name(busy, name):
    busy.commands.carry_out(name)
    shown = QApplication.topLevelWidgets()
    opened = [w for w in shown if w.isVisible() and w is not busy.window]
    boxes = opened or [QApplication.focusWidget().parentWidget()]
    for box in boxes:
        nameless = [
            type(widget).__name__
            for widget in controls(box)
            if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not name_of(widget)
        ]
        assert not nameless
        box.close()


@pytest.mark.parametrize("panel", ["plan", "histogram", "log", "charts"])
def test_tab_goes_down_a_panel_and_not_back_up(everything, qtbot, panel):
    dock = everything.window.findChild(QDockWidget, panel)
    dock.raise_()
    everything.window.activateWindow()
    inside = [
        widget
        for widget in controls(dock.widget())
        if widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    first = min(inside, key=lambda w: w.mapTo(dock, QPoint(0, 0)).toTuple()[::-1])
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    tops = []
    for _ in range(60):
        here = QApplication.focusWidget()
        if here is None or not dock.widget().isAncestorOf(here):
            break
        # What scrolls moves with the focus: places within it count.
        above = dock.widget()
        area = above.widget() if isinstance(above, QScrollArea) else above
        tops.append(here.mapTo(area, QPoint(0, 0)).y())
        QTest.keyClick(here, Qt.Key.Key_Tab)
    line = everything.window.fontMetrics().lineSpacing()
    assert len(tops) >= 1
    assert all(b >= a - 2 * line for a, b in itertools.pairwise(tops)), tops
