"""Windows of each size, in each theme and with letters of each size, for tests.

``PRUNEVIEW_ALL_SIZES=1`` walks the whole grid, which takes minutes.
"""

import os
import time
from itertools import product

import pytest
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QDockWidget

from pruneview.gui.program import Program

SIZES = ((1024, 700), (1280, 720), (1920, 1080), (3840, 2160))
ALL = [
    (size, theme, percent)
    for size, theme, percent in product(
        SIZES, ("light", "dark", "projector"), (100, 150)
    )
]
FEW = [
    ((1024, 700), "projector", 100),
    ((1280, 720), "dark", 150),
]
GRID = ALL if os.environ.get("PRUNEVIEW_ALL_SIZES") else FEW


def wait_for(app, condition):
    """Let the window live until a condition holds."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if condition():
            return
    pytest.fail("It never happens")


def settle(app):
    """Let layouts that follow from each other come to rest."""
    for _ in range(6):
        app.processEvents()


def dress(program: Program, size, theme, percent):
    """Give the window a size, a theme and letters, and put its panels in order."""
    program.settings.text_percent = percent
    program.choose_theme(theme)
    program.window.resize(*size)
    settle(QApplication.instance())
    program.window.reset_layout()
    # What the panels of before needed may have kept it larger.
    program.window.resize(*size)
    settle(QApplication.instance())
    docks = program.window.findChildren(QDockWidget)
    needed = {dock.objectName(): dock.minimumSizeHint().toTuple() for dock in docks}
    assert program.window.size().toTuple() == size, needed
