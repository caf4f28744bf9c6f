"""The presentation shows what the window shows, large, and moves nothing."""

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QWidget

from pruneview.gui.features.presentation import Presentation
from pruneview.gui.features.presentation.numbers import Numbers
from pruneview.gui.features.timeline import Timeline
from pruneview.pruning.events import StepDone
from tests.gui.features.imagined import score


@pytest.fixture
def staged(filmed, qtbot):
    """A recording of the demo on the stage."""
    filmed.window.action("present").trigger()
    presentation = filmed.features.find(Presentation)
    stage = presentation.stage
    assert stage is not None
    stage.resize(1280, 720)
    qtbot.waitUntil(lambda: stage.heatmap.picture is not None, timeout=10_000)
    filmed.stage = stage
    yield filmed
    presentation.leave()


def places(stage):
    parts = (stage.heatmap, stage.sparsity, stage.accuracy, stage.weight)
    return [part.geometry() for part in (*parts, stage.curve.plot)]


def press(qtbot, program, key, step):
    timeline = program.features.find(Timeline)
    qtbot.keyClick(program.stage, key)

    def stands():
        return timeline.shown is not None and timeline.shown.moment.step == step

    qtbot.waitUntil(stands, timeout=10_000)
    program.tick()


def test_a_clicker_walks_through_the_run_and_nothing_moves(staged, qtbot):
    stage, window = staged.stage, staged.window
    before = places(stage)
    # Digits of at least 8 % of the height are read from the last row.
    assert stage.sparsity.height() * 0.56 >= 720 * 0.08
    assert all(stage.rect().contains(part) for part in before)
    for key, step, sparsity, accuracy in (
        (Qt.Key.Key_PageUp, 80, "80.0 %", "90.0 %"),
        (Qt.Key.Key_PageUp, 70, "70.0 %", "91.0 %"),
        (Qt.Key.Key_PageDown, 80, "80.0 %", "90.0 %"),
        (Qt.Key.Key_Home, 0, "0.0 %", "98.0 %"),
        (Qt.Key.Key_PageDown, 10, "10.0 %", "97.0 %"),
    ):
        press(qtbot, staged, key, step)
        assert stage.sparsity.number == sparsity
        assert stage.accuracy.number == accuracy
        assert stage.heatmap.picture is window.heatmap.plot.picture
        assert places(stage) == before
    assert stage.weight.number == "0.60 MB"
    assert "zeros 10.0 %" in stage.sparsity.accessibleName()


def test_b_blacks_out_and_any_key_brings_it_back(staged, qtbot):
    stage = staged.stage
    shown = staged.features.find(Timeline).shown
    qtbot.keyClick(stage, Qt.Key.Key_B)
    assert stage.is_black
    qtbot.keyClick(stage, Qt.Key.Key_PageUp)
    assert not stage.is_black
    assert staged.features.find(Timeline).shown is shown
    qtbot.keyClick(stage, Qt.Key.Key_B)
    qtbot.keyClick(stage, Qt.Key.Key_B)
    assert not stage.is_black


def test_no_tool_tips_until_escape_gives_the_window_back(staged, qtbot):
    presentation = staged.features.find(Presentation)

    class Asked(QWidget):
        tips = 0

        def event(self, event):
            self.tips += event.type() == QEvent.Type.ToolTip
            return super().event(event)

    widget = Asked()
    qtbot.addWidget(widget)

    def point():
        where = QPoint(2, 2)
        tip = QHelpEvent(QEvent.Type.ToolTip, where, widget.mapToGlobal(where))
        QApplication.sendEvent(widget, tip)
        return widget.tips

    assert point() == 0
    request = staged.frames.request
    qtbot.keyClick(staged.stage, Qt.Key.Key_Escape)
    assert presentation.stage is None
    assert point() == 1
    # The window asks for a picture of its own size.
    qtbot.waitUntil(lambda: staged.frames.request is not request, timeout=5000)
    staged.window.action("present").trigger()
    assert presentation.stage is not None


def test_numbers_before_a_run_and_of_a_metric_that_is_no_share():
    numbers = Numbers()
    words = (numbers.sparsity_words, numbers.accuracy_words, numbers.size_words)
    assert words == ("–", "–", "–")
    assert numbers.step_words == ""
    assert numbers.after(StepDone(3, 0.1, 0.05, 1.0, 1.0)).sparsity_words == "5.0 %"
    loss = Numbers(accuracy=score(0.5).__class__("mse", 0.5, 0.5, 1, "test"))
    assert (loss.metric, loss.accuracy_words) == ("mse", "0.5")
