"""A threshold applied in memory: all panels show it, undo walks back, Save keeps it."""

from dataclasses import replace
from unittest.mock import MagicMock

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox

from pruneview.formats import Weight, open_model
from pruneview.formats.hdf5.tree import Dataset
from pruneview.formats.roles import WeightRole
from pruneview.gui.controllers.large import LargeMatrix
from pruneview.gui.features.what_if import WhatIf
from pruneview.gui.program import Program
from pruneview.gui.views.layer_rows import Column
from pruneview.pruning.demo import demo_model
from pruneview.pruning.in_memory import PrunedDataset
from pruneview.sparsity.masking.masks import threshold_mask
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.live import ViewRequest
from pruneview.sparsity.pictures.picture import render
from pruneview.sparsity.pictures.tone import Quantity
from tests.gui.conftest import is_shown

KERNEL = "dense/kernel"


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch):
    monkeypatch.setattr(Program, "_warm_up", lambda _program: None)


@pytest.fixture
def own(program, qtbot, tmp_path):
    """The program with a file of the person's own, a copy of the demo's."""
    path = tmp_path / "mine.keras"
    path.write_bytes(demo_model().read_bytes())
    program.open(path)
    qtbot.waitUntil(lambda: is_shown(program), timeout=10_000)
    program.document.select(program.document.model.weight(KERNEL))
    qtbot.waitUntil(lambda: program.features.find(WhatIf).is_possible)
    return program


def apply(program, qtbot, threshold):
    feature = program.features.find(WhatIf)
    qtbot.waitUntil(lambda: feature.is_possible)
    feature.move_to(threshold)
    qtbot.waitUntil(lambda: feature.known.is_counted(feature.taken), timeout=10_000)
    before = program.document.model
    program.window.histogram.apply_wanted.emit()
    assert program.document.model is not before
    settle(program, qtbot)


def settle(program, qtbot):
    """Wait until values, pictures and numbers are those of what is on show."""

    def busy():
        return any(map(program.pool.is_busy, ("weight", "picture", "statistics")))

    def settled():
        if busy():
            return False
        program.tick()  # an answer may lead to the next question
        return not busy()

    qtbot.waitUntil(settled, timeout=20_000)


def expected_zeros(threshold):
    with open_model(demo_model()) as model:
        kernel = model.weight(KERNEL).read()
    return int(np.count_nonzero(~threshold_mask(kernel, np.float32(threshold))))


def zeros_on_show(program):
    document = program.document
    index = program.window.layers._model.index_of(KERNEL)
    weight = document.model.weight(KERNEL)
    return (
        document.shown.histogram.zeros,
        int(np.count_nonzero(weight.read() == 0)),
        index.siblingAtColumn(Column.SPARSITY).data(),
        program.window.histogram.zero_text.split("zeros: ")[1].split(" (")[0],
    )


def assert_drawn(program, values):
    """The heatmap is the picture of these values, with the limits that it states."""
    picture, canvas = program.window.heatmap.plot.picture, program.document.canvas
    expected = render(
        canvas.place(values),
        canvas,
        picture.region,
        block=picture.block,
        limit=picture.limit,
        tone=picture.tone,
    )
    np.testing.assert_array_equal(picture.codes, expected.codes)


def test_every_panel_shows_it_and_undo_walks_back(own, qtbot):
    none, undo = zeros_on_show(own), own.window.action("undo")
    first, second = expected_zeros(0.04), expected_zeros(0.09)
    size = 0.0
    for threshold, zeros in ((0.04, first), (0.09, second)):
        apply(own, qtbot, threshold)
        counted, read, cell, words = zeros_on_show(own)
        assert counted == read == zeros == int(words.replace(",", ""))
        size = own.document.model.weight(KERNEL).size
        assert cell == f"{zeros / size:.1%}".replace("%", " %")
        assert_drawn(own, own.document.model.weight(KERNEL).read())
    assert "nothing more would go" in own.window.histogram.threshold_text
    assert "one-shot prune at 0.09 (" in undo.text()
    assert own.window.isWindowModified()

    undo.trigger()
    settle(own, qtbot)
    assert zeros_on_show(own)[:2] == (first, first)
    assert "at 0.04" in undo.text()
    assert "at 0.09" in own.window.action("redo").text()
    undo.trigger()
    settle(own, qtbot)
    assert zeros_on_show(own) == none
    assert_drawn(own, own.document.file.weight(KERNEL).read())
    assert not own.window.isWindowModified()
    own.window.action("redo").trigger()
    settle(own, qtbot)
    assert zeros_on_show(own)[:2] == (first, first)


def test_edits_of_the_plan_are_on_the_same_stack(own, qtbot):
    plan = own.plan.plan
    apply(own, qtbot, 0.05)
    own.features.find(WhatIf).move_to(0.08)
    qtbot.waitUntil(
        lambda: own.features.find(WhatIf).known.is_counted(
            own.features.find(WhatIf).taken
        )
    )
    own.window.histogram.target_wanted.emit()
    undo = own.window.action("undo")
    assert undo.text() == "&Undo the edit of the plan"
    undo.trigger()
    assert own.plan.plan == plan
    assert own.one_shots.applied
    undo.trigger()
    assert not own.one_shots.applied


def test_save_writes_what_is_on_show_beside_the_file(own, qtbot, tmp_path):
    before, path = own.document.model.path.read_bytes(), tmp_path / "saved.keras"
    assert not own.window.action("save").isEnabled()
    apply(own, qtbot, 0.05)
    own.commands._ask_where = MagicMock(return_value=path)
    own.window.action("save").trigger()
    qtbot.waitUntil(lambda: not own.window.isWindowModified(), timeout=10_000)
    with open_model(path) as saved:
        for layer in own.document.model.layers:
            for weight in layer.weights:
                np.testing.assert_array_equal(
                    saved.weight(weight.path).read(), weight.read()
                )
    # Save goes on with the model that is open, and undo with what was done to it.
    assert own.document.model.path.name == "mine.keras"
    assert own.document.model.path.read_bytes() == before
    own.window.action("undo").trigger()
    assert own.document.model is own.document.file
    own.window.action("redo").trigger()
    assert not own.window.isWindowModified()


def test_the_file_itself_is_never_written_over(own, qtbot):
    path = own.document.model.path
    before = path.read_bytes()
    apply(own, qtbot, 0.05)
    own.commands._ask_where = MagicMock(return_value=path)
    own.window.action("save").trigger()
    qtbot.waitUntil(lambda: "never changed" in own.window.banner.text, timeout=10_000)
    assert path.read_bytes() == before
    assert own.window.isWindowModified()


def test_closing_and_opening_ask_about_it(own, qtbot):
    apply(own, qtbot, 0.05)

    def box():
        return next(b for b in own.window.findChildren(QMessageBox) if b.isVisible())

    assert not own._may_close()
    assert "in memory only" in box().informativeText()
    box().close()
    qtbot.waitUntil(
        lambda: not any(b.isVisible() for b in own.window.findChildren(QMessageBox))
    )
    own.open(demo_model())
    drop = next(b for b in box().buttons() if b.text() == "Discard it")
    drop.click()
    qtbot.waitUntil(lambda: own.document.file.path == demo_model(), timeout=10_000)
    assert own.one_shots.applied == ()
    assert not own.history.can_undo
    assert own._may_close()


def test_another_weight_and_a_second_look_are_pruned_too(own, qtbot):
    apply(own, qtbot, 0.06)
    other = own.document.file.weight("conv_2/kernel")
    own.document.select(other)
    settle(own, qtbot)
    zeros = np.count_nonzero(~threshold_mask(other.read(), np.float32(0.06)))
    assert own.document.shown.histogram.zeros == zeros > 0


def test_what_was_not_counted_yet_can_be_applied(own):
    feature = own.features.find(WhatIf)
    own.pool.cancel("what_if_counts")
    feature.known = None
    feature.move_to(0.05)  # counts come with the next tick at the earliest
    own.window.histogram.apply_wanted.emit()
    assert own.history.undo_words == "one-shot prune at 0.05"
    assert own.one_shots.thresholds[KERNEL] == float(np.float32(0.05))


def test_a_key_applies_the_threshold_and_a_run_keeps_it(own, qtbot):
    action = own.window.action("apply_threshold")
    assert not action.isEnabled()
    own.features.find(WhatIf).move_to(0.05)
    assert action.isEnabled()
    action.trigger()
    assert not action.isEnabled()
    assert own.run.one_shot() == own.one_shots.thresholds != {}
    own.one_shots.keep()  # as when a run has begun from them
    own.refresh()
    assert not own.window.action("undo").isEnabled()
    assert own.window.isWindowModified()


def test_the_difference_to_the_file_is_what_was_pruned(own, qtbot):
    apply(own, qtbot, 0.06)
    own.window.action("show_difference").trigger()
    settle(own, qtbot)
    before = own.document.file.weight(KERNEL).read()
    assert_drawn(own, own.document.model.weight(KERNEL).read() - before)
    assert 0 < own.window.heatmap.plot.picture.limit <= np.float32(0.06)


def test_a_large_matrix_is_pruned_and_compared_where_it_is_read():
    random = np.random.default_rng(2)
    values = random.normal(0, 0.1, (600, 400)).astype(np.float32)
    weight = Weight("kernel", "a/kernel", WeightRole.KERNEL, InMemory(values))
    pruned = replace(weight, dataset=PrunedDataset(weight.dataset, 0.08))
    canvas = canvas_for(values.shape)
    matrix = LargeMatrix(pruned, canvas)
    kept = np.where(np.abs(values) >= np.float32(0.08), values, 0)
    for quantity, shown in (
        (Quantity.SIGNED, kept),
        (Quantity.DIFFERENCE, kept - values),
        (Quantity.GRADIENT, kept),  # a file has none
    ):
        display = Display(quantity=quantity)
        request = ViewRequest("a/kernel", block=(4, 4), display=display)
        picture = matrix.draw(request, lambda _coarse: None, lambda: False)
        expected = render(
            canvas.place(shown),
            canvas,
            picture.region,
            block=picture.block,
            limit=matrix.limit_of(display.of_weights),
            tone=picture.tone,
        )
        np.testing.assert_array_equal(picture.codes, expected.codes)
    assert picture.tone.quantity is Quantity.SIGNED
    assert matrix.limit_of(Display(quantity=Quantity.DIFFERENCE)) < 0.08


class InMemory(Dataset):
    """Values that are in no file."""

    def __init__(self, values):
        self.shape, self.dtype, self._values = values.shape, values.dtype, values

    def read(self, window=None):
        return self._values[window or ...]
