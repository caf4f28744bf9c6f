"""The gradient in the heatmap: of a run, and where there is none."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.display.gradient import GradientFeature
from pruneview.gui.features.export.choice import Choice, What
from pruneview.gui.features.export.heatmap import HeatmapExport
from pruneview.gui.features.presentation import Presentation
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.views.display_box import Range
from pruneview.sparsity.pictures.display import PLAIN
from pruneview.sparsity.pictures.gradient import Gradient
from pruneview.sparsity.pictures.picture import Region
from pruneview.sparsity.pictures.tone import Quantity
from tests.gui.test_run import ended, plan_for, start, wait_for

FILE = "Start a run to see them."


def offered(program):
    """Return whether the gradient can be chosen, in the box and the menu alike."""
    box = program.window.heatmap.display.box._quantity
    item = box.model().item(box.findData(Quantity.GRADIENT))
    assert item.isEnabled() == program.window.action("show_gradient").isEnabled()
    assert item.isEnabled() == (not item.toolTip())
    said = program.window.action("show_gradient").statusTip()
    assert said == (item.toolTip() or GradientFeature.actions[0].tip)
    return item.isEnabled(), item.toolTip()


def is_of_gradient(program):
    picture = program.window.heatmap.plot.picture
    return picture is not None and picture.tone.quantity is Quantity.GRADIENT


def choose(program, quantity):
    box = program.window.heatmap.display.box
    row = box._quantity.findData(quantity)
    box._quantity.setCurrentIndex(row)
    box._quantity.activated.emit(row)


@pytest.fixture
def shown(looking, qtbot):
    """The demo's dense kernel, shown plainly."""
    box, plot = looking.window.heatmap.display.box, looking.window.heatmap.plot
    box.choose(PLAIN, Range.AUTOMATIC)
    qtbot.waitUntil(
        lambda: plot.picture is not None and plot.picture.tone == PLAIN.tone,
        timeout=10_000,
    )
    return looking


def test_a_file_has_none_and_says_what_to_do(shown, qtbot):
    can, why_not = offered(shown)
    assert not can
    assert why_not.endswith(FILE)
    panel = shown.window.heatmap
    before = panel.plot.picture
    with qtbot.waitSignal(panel.plot.shown, timeout=5_000):
        choose(shown, Quantity.GRADIENT)  # as if left over from another model
    assert panel.plot.picture.tone.quantity is Quantity.SIGNED
    np.testing.assert_array_equal(panel.plot.picture.codes, before.codes)
    assert panel.caption.startswith("The values, not the gradient.")
    assert panel.caption.endswith(FILE)
    choose(shown, Quantity.SIGNED)
    qtbot.waitUntil(lambda: panel.caption == "", timeout=5_000)
    assert not panel._caption.isVisible()


def test_a_locked_range_of_weights_is_none_for_gradients(shown):
    box = shown.window.heatmap.display.box
    box.choose(box.display, Range.LOCKED)
    assert box.display.limit is not None
    choose(shown, Quantity.GRADIENT)
    assert (box.range, box.display.limit) == (Range.AUTOMATIC, None)
    choose(shown, Quantity.SIGNED)
    box.choose(box.display, Range.MANUAL)
    choose(shown, Quantity.MAGNITUDE)
    assert box.range is Range.MANUAL


@pytest.mark.tensorflow
def test_a_run_shows_its_gradient_and_every_number_is_of_it(opened, qtbot):
    panel, document = opened.window.heatmap, opened.document
    document.select(document.model.weight("dense/kernel"))
    plan_for(opened, epochs=3)
    start(opened, qtbot)
    wait_for(qtbot, lambda: offered(opened) == (True, ""))
    qtbot.keyClick(panel.plot, Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
    wait_for(qtbot, lambda: is_of_gradient(opened))
    assert "gradient" in panel._bar.words
    wait_for(qtbot, lambda: ended(opened) and opened.run.phase is Phase.IDLE)
    last = opened.run.result.step
    wait_for(qtbot, lambda: panel.caption.count(f"at step {last}"))
    assert panel.caption.startswith(
        f"Mean gradient of the loss over 256 samples at step {last}"
    )
    assert panel._caption.isVisible()
    assert not panel._fresh.isVisible()

    gradient = document.frame.gradient
    assert isinstance(gradient, Gradient)
    values = gradient.values
    row, column = (int(i) for i in np.argwhere(document.frame.values == 0)[0])
    panel.plot.cell_hovered.emit((row, column))
    assert panel.readout.startswith(f"gradient [{row}, {column}] = ")
    read = float(panel.readout.split("= ")[1].replace("−", "-"))
    assert read == pytest.approx(values[row, column], rel=1e-3)
    panel.plot.select(Region(10, 60, 20, 50))
    wait_for(qtbot, lambda: "1,500 gradients" in panel._marked.text())
    part = values[10:60, 20:50].astype(float)
    words = panel._marked.text().replace("−", "-")
    assert float(words.split("mean ")[1].split(",")[0]) == pytest.approx(
        part.mean(), rel=1e-3
    )
    zeros = np.count_nonzero(document.frame.values == 0)
    assert f"darkened: exact zero: {zeros:,}" in panel._zero.text
    panel.plot.select(None)

    opened.window.action("log_scale").trigger()
    wait_for(qtbot, lambda: panel.plot.picture.tone.logarithmic)
    assert is_of_gradient(opened)
    _it_is_exported_as_it_is_shown(opened)
    _it_is_named_on_stage(opened)
    _what_is_not_trained_shows_values_and_why(opened, qtbot)
    _a_recorded_moment_has_none(opened, qtbot)


def _it_is_exported_as_it_is_shown(program):
    panel, export = program.window.heatmap, HeatmapExport(program)
    choice = Choice(What.HEATMAP, "png", width=900, height=700)

    class Job:
        cancelled = False
        report = staticmethod(lambda _share: None)

    drawn = export.begin(choice)(Job())
    assert drawn.picture.tone == panel.plot.picture.tone
    assert export._sheet.caption == panel.caption
    export.close()


def _it_is_named_on_stage(program):
    presentation = program.features.find(Presentation)
    presentation.present()
    assert presentation.stage._name.text().endswith("gradient of the loss")
    presentation.leave()


def _what_is_not_trained_shows_values_and_why(program, qtbot):
    """Gradients are still wanted, and come back."""
    panel, document = program.window.heatmap, program.document
    source = program.worker._session.made._model().engine.gradients_on_show
    source._trained = [path for path in source._trained if path != "dense/bias"]
    document.select(document.model.weight("dense/bias"))
    wait_for(qtbot, lambda: "is not trained" in panel.caption)
    assert not is_of_gradient(program)
    wait_for(qtbot, lambda: not offered(program)[0])
    document.select(document.model.weight("dense/kernel"))
    wait_for(qtbot, lambda: is_of_gradient(program))
    wait_for(qtbot, lambda: offered(program)[0])


def _a_recorded_moment_has_none(program, qtbot):
    panel, timeline = program.window.heatmap, program.features.find(Timeline)
    wait_for(qtbot, lambda: timeline.replay is not None)
    timeline.go_to(20)
    wait_for(qtbot, lambda: "Recordings keep no gradients" in panel.caption)
    assert not is_of_gradient(program)
    wait_for(qtbot, lambda: not offered(program)[0])
    assert "Go back to now" in offered(program)[1]
    timeline.now()
    wait_for(qtbot, lambda: is_of_gradient(program))
    assert "at step" in panel.caption
