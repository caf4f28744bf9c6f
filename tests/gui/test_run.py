"""Runs in the window, with TensorFlow."""

import dataclasses
import re

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from pruneview.formats import open_model
from pruneview.gui.controllers.state import Phase
from pruneview.pruning.demo import demo_model
from pruneview.resources import resource
from pruneview.sparsity.pictures import picture
from pruneview.sparsity.sizing.estimating import ESTIMATE_LABEL
from pruneview.sparsity.sizing.sizes import QUICK_LABEL
from tests.gui.conftest import log_of

pytestmark = pytest.mark.tensorflow

LONG = 120_000


def plan_for(program, **changes):
    """A linear schedule to 50 % in 40 steps, and some steps to recover."""
    fields = {
        "epochs": 2,
        "final_sparsity": 0.5,
        "power": 1.0,
        "end_step": 40,
        "frequency": 10,
    } | changes
    program.plan.edit(dataclasses.replace(program.plan.plan, **fields))
    program.window.plan.set_plan(program.plan.plan)


def wait_for(qtbot, condition):
    qtbot.waitUntil(condition, timeout=LONG)


def start(program, qtbot):
    program.window.heatmap.plot.setFocus()
    program.window.activateWindow()
    qtbot.keyClick(program.window.heatmap.plot, Qt.Key.Key_Space)
    assert program.run.phase is Phase.PREPARING
    wait_for(qtbot, lambda: program.run.phase is Phase.RUNNING)


def ended(program):
    return program.run.result is not None


def test_a_run_from_the_press_of_space_to_the_saved_model(opened, qtbot, tmp_path):
    plan_for(opened)
    window = opened.window
    original = demo_model().read_bytes()
    waits = []
    opened.presenter.show_stage = lambda words, *_, **__: waits.append(words)

    start(opened, qtbot)
    assert any("TensorFlow" in words for words in waits)
    assert not window.action("open").isEnabled()
    fresh = []

    def sees_fresh_zeros():
        shown = window.heatmap.plot.picture
        codes = shown.codes
        fresh.append(
            ((codes >= picture.FIRST_FRESH) & (codes < picture.FIRST_VALUE)).any()
        )
        return ended(opened)

    wait_for(qtbot, sees_fresh_zeros)
    assert any(fresh)

    # The log reads as the schedule says.
    lines = re.findall(r"Step (\d+): sparsity ([\d.]+) %", log_of(opened))
    assert lines == [("10", "12.5"), ("20", "25.0"), ("30", "37.5"), ("40", "50.0")]
    # The charts, the table and the results say the same.
    _, counted = window.charts.sparsity_chart.points("counted")
    assert counted[-1] == pytest.approx(50.0, abs=0.05)
    assert window.charts.accuracy_chart.points("held-out data")[0] == [10, 20, 30, 40]
    result = opened.run.result
    assert result.sparsity == pytest.approx(0.5, abs=5e-4)
    cells = [
        [window.results.item(row, column).text() for column in range(5)]
        for row in range(window.results.rowCount())
    ]
    assert cells[0][0] == "Accuracy"
    assert "360 test samples" in cells[0][4]
    assert any("zlib" in cell for row in cells for cell in row)
    assert {"conv_1/kernel", "conv_2/kernel", "dense/kernel", "digit/kernel"} <= {
        row[0] for row in cells
    }
    by_name = {row[0]: row for row in cells}
    assert by_name["dense/kernel"][1:4] == ["0.0 %", "50.0 %", "50.0 %"]
    # Training moves some weights below the threshold that kept them.
    below = re.search(r"([\d.]+) % of the weights", window.histogram.threshold_text)
    assert 50.0 <= float(below[1]) < 55.0

    # Another weight is shown as the run left it.
    opened.document.select(opened.document.model.weight("conv_2/kernel"))
    wait_for(qtbot, lambda: window.heatmap.plot.picture is not None)
    histogram = window.histogram._histogram
    assert histogram.size == 3 * 3 * 32 * 64
    assert histogram.zeros == pytest.approx(histogram.size / 2, abs=1)

    # Saved, it holds the zeros; the original is untouched.
    target = tmp_path / "pruned.keras"
    opened.run.save(target, overwrite=False)
    wait_for(qtbot, lambda: "Saved" in log_of(opened))
    with open_model(target) as saved:
        dense = saved.weight("dense/kernel").read()
    assert np.count_nonzero(dense == 0) == dense.size // 2
    assert demo_model().read_bytes() == original
    # Biases were not measured by the run, and are not said to be.
    totals = window.layers.totals_text
    assert f"{ESTIMATE_LABEL}, what is not pruned by {QUICK_LABEL}" in totals


def test_a_report_after_a_run_says_why_it_is_not_smaller(opened, qtbot):
    plan_for(opened, epochs=1, end_step=30)
    start(opened, qtbot)
    wait_for(qtbot, lambda: ended(opened))
    opened.commands.carry_out("report")
    assert opened.run.phase is Phase.REPORTING
    assert not opened.window.action("run").isEnabled()
    wait_for(qtbot, lambda: opened.run.phase is Phase.IDLE)

    table = opened.window.report.table
    titles = [table.item(row, 0).text() for row in range(table.rowCount())]
    assert len(titles) >= 8
    assert any("eflate" in title for title in titles)
    raw = next(r for r, title in enumerate(titles) if "aw" in title)
    assert table.item(raw, 1).text() == table.item(raw, 2).text() == "0.67 MB"


def test_a_report_can_be_stopped(opened, qtbot):
    plan_for(opened, epochs=1, end_step=30)
    start(opened, qtbot)
    wait_for(qtbot, lambda: ended(opened))
    opened.commands.carry_out("report")
    assert opened.run.phase is Phase.REPORTING
    assert not opened.window.action("run").isEnabled()
    opened.commands.carry_out("stop")
    wait_for(qtbot, lambda: opened.run.phase is Phase.IDLE)


def test_stop_keeps_the_masks_and_a_new_run_starts_from_the_baseline(opened, qtbot):
    plan_for(opened, epochs=40, end_step=1000, final_sparsity=0.9)
    start(opened, qtbot)
    wait_for(qtbot, lambda: "Step 20:" in log_of(opened))
    opened.commands.carry_out("stop")
    assert opened.run.phase is Phase.STOPPING
    wait_for(qtbot, lambda: ended(opened))

    result = opened.run.result
    assert result.stopped
    assert 0 < result.sparsity < 0.9
    assert opened.run.phase is Phase.IDLE
    assert opened.window.action("save").isEnabled()

    opened.commands.carry_out("run")
    assert opened.run.phase is Phase.PREPARING
    wait_for(qtbot, lambda: opened.run.phase is Phase.RUNNING)
    assert opened.run.result is None
    assert all(weight.sparsity < 0.05 for weight in opened.run.weights.values())


def test_pause_and_continue(opened, qtbot):
    plan_for(opened, epochs=40)
    start(opened, qtbot)
    wait_for(qtbot, lambda: "Step 10:" in log_of(opened))
    opened.commands.carry_out("run_or_pause")
    wait_for(qtbot, lambda: opened.run.phase is Phase.PAUSED)
    assert "Continue" in opened.window.action("pause").text()
    opened.commands.carry_out("pause")
    wait_for(qtbot, lambda: opened.run.phase is Phase.RUNNING)
    wait_for(qtbot, lambda: "Step 40:" in log_of(opened))


def test_closing_during_a_run_asks_and_then_ends(opened, qtbot):
    plan_for(opened, epochs=200)
    start(opened, qtbot)
    opened.window.close()
    assert opened.window.isVisible()
    box = QApplication.activeModalWidget() or opened.window.findChild(QMessageBox)
    assert "Stop the run" in box.text()
    keep, stop = sorted(box.buttons(), key=lambda b: b.text())
    qtbot.mouseClick(keep, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert opened.run.phase is Phase.RUNNING

    opened.window.close()
    box = opened.window.findChild(QMessageBox)
    stop = next(b for b in box.buttons() if b.text() == "Stop and close")
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert not opened.window.isVisible()
    qtbot.waitUntil(lambda: opened.worker.close(timeout=0), timeout=5_000)


def test_data_of_another_shape_are_refused_before_training(opened, qtbot, tmp_path):
    path = tmp_path / "wrong.npz"
    x, y = np.zeros((30, 5, 5), np.float32), np.zeros(30, np.int64)
    np.savez(path, x_train=x, y_train=y, x_test=x, y_test=y)
    opened.plan.choose_data(str(path))
    opened.commands.carry_out("run")
    wait_for(qtbot, opened.window.banner.isVisible)

    assert "5" in opened.window.banner.text
    assert "8" in opened.window.banner.text
    assert opened.run.phase is Phase.IDLE


def test_what_keras_cannot_build_is_never_run_as_the_model_before(
    opened, qtbot, models_folder, tmp_path
):
    plan_for(opened)
    start(opened, qtbot)
    wait_for(qtbot, lambda: ended(opened))
    path = models_folder / "lstm1.keras"
    opened.open(path)
    wait_for(qtbot, lambda: opened.document.model.path == path)
    opened.commands.carry_out("run")
    assert opened.run.phase is Phase.IDLE
    assert "no Keras finds them" in opened.window.banner.text

    # Also where only Keras itself can tell.
    opened.run.run(opened.plan.plan, opened.plan.data)
    wait_for(qtbot, lambda: opened.run.phase is Phase.IDLE)
    qtbot.waitUntil(lambda: not opened.worker.busy, timeout=LONG)
    opened.tick()
    assert opened.run.result is None
    assert not opened.window.action("save").isEnabled()


def test_a_failed_run_leaves_the_baselines_numbers(opened, qtbot, tmp_path):
    with np.load(resource("demo", "digits.npz")) as digits:
        data = dict(digits)
    path = tmp_path / "broken.npz"
    data["x_train"] = data["x_train"].astype(np.float32)
    data["x_train"][-30:] = np.nan
    np.savez(path, **data)
    plan_for(opened, epochs=20, end_step=200)
    opened.plan.choose_data(str(path))
    opened.commands.carry_out("run")
    wait_for(qtbot, opened.window.banner.isVisible)

    assert opened.run.phase is Phase.IDLE
    assert opened.run.result is None
    assert opened.window.layers._model.root.zeros == 6
    assert not opened.run.weights


def test_an_unsaved_result_is_asked_about(program, qtbot, tmp_path):
    mine = tmp_path / "mine.keras"
    mine.write_bytes(demo_model().read_bytes())
    program.open(mine)
    qtbot.waitUntil(lambda: program.document.model is not None, timeout=10_000)
    program.plan.choose_data("demo")
    plan_for(program, epochs=1, end_step=20)
    program.commands.carry_out("run")
    wait_for(qtbot, lambda: ended(program))

    program.open(demo_model())
    box = program.window.findChild(QMessageBox)
    assert "Save the pruned model first?" in box.text()
    drop = next(b for b in box.buttons() if b.text() == "Discard it")
    qtbot.mouseClick(drop, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    qtbot.waitUntil(lambda: program.document.model.path == demo_model(), timeout=10_000)


def test_nothing_is_run_while_a_file_is_being_opened(opened):
    opened.open(demo_model())
    assert not opened.window.action("run").isEnabled()
    opened.commands.carry_out("run")
    assert opened.run.phase is Phase.IDLE


def test_a_model_that_keras_cannot_build_stays_on_show(
    program, qtbot, models_folder, tmp_path
):
    path = models_folder / "fixed_model.keras"
    program.open(path)
    qtbot.waitUntil(lambda: program.document.model is not None, timeout=10_000)
    program.plan.choose_data("demo")
    program.commands.carry_out("run")
    wait_for(qtbot, program.window.banner.isVisible)

    assert "TestModel" in program.window.banner.text
    assert program.document.model.path == path
    assert program.run.phase is Phase.IDLE
