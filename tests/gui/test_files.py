"""What the window says of a file, pruning a copy of it, and code in it."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMessageBox

from pruneview.formats import Layer, open_model
from pruneview.gui.controllers.state import Phase
from pruneview.gui.views.layer_rows import Column
from pruneview.pruning.demo import demo_model
from tests.gui.conftest import is_shown, log_of


def open_and_wait(program, qtbot, path):
    program.open(path)
    qtbot.waitUntil(
        lambda: (
            program.document.model is not None and program.document.model.path == path
        ),
        timeout=10_000,
    )


def test_the_window_says_what_can_be_done_with_a_file(program, qtbot, models_folder):
    open_and_wait(program, qtbot, models_folder / "ad01.h5")

    words = program.window.layers.file_text
    assert "Fine-tune and prune (Keras 3)" in words
    assert "Keras 3 can build it" in program.window.layers._file.toolTip()
    assert "Keras 3 can build it" in log_of(program)
    assert "optimizer and metric variables" in words
    assert "Keras HDF5 model" in program.window.status._model.text()


def test_a_file_without_weights_can_only_be_looked_at(program, qtbot, models_folder):
    open_and_wait(program, qtbot, models_folder / "misc_1.h5")

    assert "Look only" in program.window.layers.file_text
    assert "no weights" in log_of(program)
    assert not program.window.action("prune_copy").isEnabled()


def test_nested_models_are_branches(program):
    outer = Layer("encoder", "Functional", "encoder", is_model=True)
    inner = Layer("dense", "Dense", "encoder/dense", parent="encoder", depth=1)
    program.window.layers.set_layers((outer, inner, Layer("head", "Dense", "head")))

    model = program.window.layers.view.model()
    top = [model.index(row, 0) for row in range(model.rowCount())]
    assert [index.data() for index in top] == ["encoder", "head"]
    assert model.index(0, 0, top[0]).data() == "dense"


def test_sorting_by_a_column_and_back_to_the_models_order(opened, qtbot):
    view = opened.window.layers.view
    qtbot.waitUntil(
        lambda: "by deflate" in opened.window.layers.totals_text, timeout=10_000
    )

    def names():
        model = view.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    original = names()
    view.sortByColumn(Column.PARAMETERS, Qt.SortOrder.DescendingOrder)
    assert names()[:3] == ["dense", "conv_2", "digit"]
    view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    assert names() == original


def test_a_pruned_copy_is_written_and_shown(opened, qtbot, tmp_path, monkeypatch):
    target = tmp_path / "copy.keras"
    monkeypatch.setattr(opened.commands, "_ask_where", lambda *_: target)
    opened.commands.carry_out("prune_copy")
    qtbot.waitUntil(lambda: opened.document.model.path == target, timeout=10_000)
    qtbot.waitUntil(lambda: is_shown(opened), timeout=10_000)

    sparsity = opened.plan.plan.final_sparsity
    with open_model(target) as model:
        dense = model.weight("dense/kernel").read()
    assert np.count_nonzero(dense == 0) / dense.size == pytest.approx(
        sparsity, abs=1e-4
    )
    assert "nothing was trained" in opened.window.banner.text
    assert str(target) in log_of(opened)


def test_a_copy_over_the_model_itself_is_refused(program, qtbot, tmp_path, monkeypatch):
    mine = tmp_path / "mine.keras"
    mine.write_bytes(demo_model().read_bytes())
    open_and_wait(program, qtbot, mine)
    monkeypatch.setattr(program.commands, "_ask_where", lambda *_: mine)
    program.commands.carry_out("prune_copy")
    qtbot.waitUntil(program.window.banner.isVisible, timeout=10_000)

    assert "never changed" in program.window.banner.text
    assert mine.read_bytes() == demo_model().read_bytes()


def test_code_in_a_file_is_listed_and_not_run_without_consent(
    program, qtbot, models_folder
):
    open_and_wait(program, qtbot, models_folder / "model_lambda.h5")
    assert "lambda" in log_of(program).lower()
    program.plan.choose_data("demo")
    program.commands.carry_out("run")
    box = program.window.findChild(QMessageBox)
    assert "lambda" in box.informativeText().lower()
    assert "model_lambda.h5" in box.text()
    refuse = next(b for b in box.buttons() if b.text() == "Do not run it")
    qtbot.mouseClick(refuse, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))

    assert program.run.phase is Phase.IDLE
    assert not program.consents.given(program.document.model.path)
