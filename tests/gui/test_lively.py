"""What keeps the window light: few drawings, no new layout for a new text."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QRectF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from pruneview.gui.views.codes_item import CodesItem
from pruneview.gui.views.seldom import Seldom
from pruneview.gui.views.steady_label import SteadyLabel


class Layouts(QObject):
    """Counts how often a widget is asked to be laid out anew."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_many_asks_are_one_call_at_once_and_one_later(qtbot):
    owner, calls = QObject(), []
    seldom = Seldom(owner, lambda: calls.append(1), 30)
    for _ in range(100):
        seldom.ask()
    assert len(calls) == 1
    assert seldom.pending
    qtbot.waitUntil(lambda: len(calls) == 2)
    assert not seldom.pending


def test_what_is_done_now_is_not_done_again_and_can_be_dropped(qtbot):
    owner, calls = QObject(), []
    seldom = Seldom(owner, lambda: calls.append(1), 60_000)
    seldom.ask()
    seldom.ask()
    seldom.now()
    assert len(calls) == 2
    assert not seldom.pending
    seldom.ask()
    seldom.drop()
    assert not seldom.pending


@pytest.fixture
def row(qtbot, qapp):
    holder, label = QWidget(), SteadyLabel("step 1000")
    layout = QHBoxLayout(holder)
    layout.addWidget(label)
    qtbot.addWidget(holder)
    holder.show()
    qtbot.waitExposed(holder)
    qapp.processEvents()
    layouts = Layouts()
    holder.installEventFilter(layouts)
    return holder, label, layouts


def test_a_text_that_fits_moves_nothing(row, qapp):
    _holder, label, layouts = row
    for step in range(1000, 1100):
        label.setText(f"step {step}")
        qapp.processEvents()
    assert layouts.count == 0
    assert label.text() == label.accessibleName() == "step 1099"


def test_a_longer_text_gets_room(row, qtbot):
    holder, label, layouts = row
    before = label.width()
    holder.resize(1, 1)
    label.setText("a sentence that is a good deal longer than it")
    qtbot.waitUntil(lambda: label.width() > before)
    assert layouts.count > 0


def test_words_are_painted_in_the_colour_of_the_label(qtbot):
    label = SteadyLabel("MMMM")
    qtbot.addWidget(label)
    label.setStyleSheet("color: #ff0000; background: #ffffff")
    label.resize(label.sizeHint())
    image = label.grab().toImage()
    reds = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).green() < 128
    ]
    assert reds
    assert all(colour.red() > 200 for colour in reds)


def test_codes_have_the_colours_of_their_table(qapp):
    table = np.zeros((256, 4), np.uint8)
    table[:, 3] = 255
    table[7] = (10, 20, 30, 255)
    item = CodesItem()
    item.show_codes(np.array([[7, 0, 0]], np.uint8), QRectF(5, 6, 3, 1), table)
    assert item.boundingRect() == QRectF(5, 6, 3, 1)
    assert item.image.pixelColor(0, 0) == QColor(10, 20, 30)
    table[7] = (200, 0, 0, 255)
    item.set_table(table)
    assert item.image.pixelColor(0, 0) == QColor(200, 0, 0)
    assert item.image.pixelColor(1, 0) == QColor(0, 0, 0)
    item.clear()
    assert item.codes is None
