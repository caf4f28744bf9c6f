import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QTableWidget,
    QToolButton,
)

from pruneview.gui.actions import ACTIONS, keys_table
from pruneview.gui.commands import Commands
from pruneview.gui.controllers.state import Phase, ProgramState
from pruneview.pruning.data import DataSpec
from pruneview.pruning.planning.plan import PruningPlan

PLAN = PruningPlan(
    end_step=2500, frequency=50, epochs=80, batch_size=32, learning_rate=5e-4
)


@pytest.fixture
def opened(opened):
    opened.plan.start_with(PLAN, "demo")
    return opened


def type_into(qtbot, program, name, text):
    field = program.window.plan.field(name)
    line = field._input
    line.selectAll()
    qtbot.keyClicks(line, text)
    return field


def choose(program, name, choice):
    field = program.window.plan.field(name)
    field._input.setCurrentText(choice)
    field.edited.emit()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("final_sparsity", "1.2", "1.2"),
        ("final_sparsity", "most", "'most'"),
        ("frequency", "0", "at least 1"),
        ("batch_size", "2.5", "2.5"),
        ("end_step", "0", "greater than the begin step"),
        ("learning_rate", "-1", "above 0"),
    ],
)
def test_an_impossible_value_is_refused_beside_its_field(
    opened, qtbot, name, text, words
):
    field = type_into(qtbot, opened, name, text)

    assert words in field.problem
    opened.commands.carry_out("run")
    assert opened.window.banner.isVisible()
    assert words in opened.window.banner.text
    assert opened.run.phase is Phase.IDLE


def test_mending_the_value_takes_the_reason_away(opened, qtbot):
    field = type_into(qtbot, opened, "frequency", "0")
    assert field.problem
    type_into(qtbot, opened, "frequency", "20")

    assert not field.problem
    assert opened.plan.plan.frequency == 20


def test_a_schedule_that_never_fires_is_warned_of(opened, qtbot):
    type_into(qtbot, opened, "epochs", "1")
    type_into(qtbot, opened, "begin_step", "2000")

    assert "Nothing will be pruned" in opened.window.plan.warnings_text


def test_a_schedule_that_does_not_finish_is_warned_of(opened, qtbot):
    type_into(qtbot, opened, "epochs", "20")

    assert "not 80.0%" in opened.window.plan.warnings_text


def test_a_plan_is_mended_by_a_button(opened, qtbot):
    type_into(qtbot, opened, "epochs", "20")
    assert opened.window.plan._mend.isVisibleTo(opened.window.plan)
    opened.window.plan._mend.click()

    assert opened.window.plan.warnings_text == ""
    assert not opened.plan.problems
    assert "mended" in opened.window.log.toPlainText()
    opened.commands.carry_out("undo")
    assert opened.plan.plan.epochs == 20
    assert "not 80.0%" in opened.window.plan.warnings_text


def test_scope_criterion_and_engine_are_chosen(opened):
    choose(opened, "scope", "global")
    choose(opened, "criterion", "taylor")
    assert opened.plan.plan.scope == "global"
    assert opened.plan.plan.criterion == "taylor"
    assert not opened.plan.problems


def test_the_curve_is_the_schedules(opened, qtbot):
    qtbot.waitUntil(lambda: opened.window.plan.curve._plot is not None)
    type_into(qtbot, opened, "power", "1")
    steps, sparsities = opened.window.plan.curve._plot._curve.getData()

    at = np.interp([0, 1250, 2500], steps, sparsities)
    assert at == pytest.approx([0, 40, 80], abs=0.1)


def test_edits_can_be_undone_and_made_again(opened, qtbot):
    first = opened.plan.plan
    type_into(qtbot, opened, "seed", "7")
    assert opened.window.action("undo").isEnabled()
    opened.commands.carry_out("undo")
    assert opened.plan.plan == first
    assert opened.window.plan.field("seed").value == 0
    opened.commands.carry_out("redo")
    assert opened.plan.plan.seed == 7
    assert not opened.window.action("redo").isEnabled()


def test_the_digits_of_a_number_are_undone_together(opened, qtbot):
    first, now = opened.plan.plan, [100.0]
    opened.plan.clock = lambda: now[0]
    type_into(qtbot, opened, "final_sparsity", "0.65")
    now[0] += 10
    type_into(qtbot, opened, "final_sparsity", "0.95")
    type_into(qtbot, opened, "end_step", "1200")
    for expected in (
        dataclasses.replace(first, final_sparsity=0.95),
        dataclasses.replace(first, final_sparsity=0.65),
        first,
    ):
        opened.commands.carry_out("undo")
        assert opened.plan.plan == expected
    for _ in range(3):
        opened.commands.carry_out("redo")
    assert (opened.plan.plan.final_sparsity, opened.plan.plan.end_step) == (0.95, 1200)


def test_each_choice_of_a_list_is_undone_alone(opened):
    first = opened.plan.plan
    opened.plan.clock = lambda: 100.0
    for optimizer in ("sgd", "rmsprop"):
        opened.plan.edit(dataclasses.replace(first, optimizer=optimizer))
    opened.commands.carry_out("undo")
    assert opened.plan.plan.optimizer == "sgd"


def test_layers_can_be_left_out(opened):
    layers = opened.window.plan.layers
    names = [layers.item(row, 0).text() for row in range(layers.rowCount())]
    assert names == ["conv_1", "conv_2", "dense", "digit"]
    layers.item(3, 0).setCheckState(Qt.CheckState.Unchecked)
    assert opened.plan.plan.layers == ("conv_1", "conv_2", "dense")
    assert layers.reached_text("digit") == "left out"
    layers.item(3, 0).setCheckState(Qt.CheckState.Checked)
    assert opened.plan.plan.layers is None


def test_a_layer_has_a_final_sparsity_of_its_own(opened):
    layers = opened.window.plan.layers
    assert layers.reached_text("dense") == "80.0 %"
    layers.item(2, 1).setText("0.5")
    assert opened.plan.plan.layer_sparsity == (("dense", 0.5),)
    assert layers.reached_text("dense") == "50.0 %"
    assert layers.reached_text("conv_2") == "80.0 %"

    layers.item(2, 1).setText("1.5")
    assert "up to but not including 1" in opened.window.plan.layers_problem
    opened.commands.carry_out("undo")
    assert layers.item(2, 1).text() == "0.5"
    assert opened.window.plan.layers_problem == ""
    opened.commands.carry_out("undo")
    assert layers.item(2, 1).text() == ""


def test_the_first_and_last_layer_and_kinds_are_left_out(opened):
    editor = opened.window.plan
    for name in ("first", "Dense"):
        editor.exclude.box(name).click()
    assert opened.plan.plan.exclude == ("first", "Dense")
    reached = [editor.layers.reached_text(x) for x in ("conv_1", "conv_2", "dense")]
    assert reached == ["left out", "80.0 %", "left out"]

    editor.exclude.box("Conv2D").click()
    assert "Nothing is left to prune" in editor.layers_problem
    opened.commands.carry_out("run")
    assert opened.run.phase is Phase.IDLE
    opened.commands.carry_out("undo")
    assert not editor.exclude.box("Conv2D").isChecked()
    assert editor.layers_problem == ""


def test_blocks_are_written_and_what_does_not_fit_is_said(opened, qtbot):
    type_into(qtbot, opened, "block_size", "4x")
    assert "two whole numbers" in opened.window.plan.field("block_size").problem
    type_into(qtbot, opened, "block_size", "4x4")
    assert opened.plan.plan.block_size == (4, 4)
    assert opened.window.plan.field("block_pooling").isEnabled()
    assert "conv_1/kernel, conv_2/kernel will not be pruned" in (
        opened.window.plan.warnings_text
    )
    assert opened.window.plan.layers.reached_text("conv_1") == "left out"
    # No change of the schedule would help.
    assert not opened.window.plan._mend.isVisibleTo(opened.window.plan)

    type_into(qtbot, opened, "sparsity_m_by_n", "2:4")
    assert "where m by n" in opened.window.plan.field("block_size").problem
    opened.commands.carry_out("undo")
    line = opened.window.plan.field("block_size")._input
    line.selectAll()
    qtbot.keyClick(line, Qt.Key.Key_Delete)
    assert opened.plan.plan.block_size == (1, 1)


def test_m_by_n_reaches_its_share_whatever_the_schedule(opened, qtbot):
    type_into(qtbot, opened, "sparsity_m_by_n", "2:4")
    assert opened.plan.plan.sparsity_m_by_n == (2, 4)
    assert opened.window.plan.layers.reached_text("dense") == "50.0 %"
    assert not opened.window.plan.field("end_step").isEnabled()


def test_a_refusal_unfolds_its_section(opened, qtbot):
    section = opened.window.plan.section("Training")
    section.set_open(on=False)
    assert "80 epochs" in section._heading.text()
    opened.plan.edit(PruningPlan(epochs=0))
    assert section.is_open


def test_a_global_threshold_is_shared(opened):
    choose(opened, "scope", "global")
    assert opened.window.plan.layers.reached_text("dense") == "shared"


def test_a_table_and_its_label_column(opened, qtbot, tmp_path):
    table = tmp_path / "some.csv"
    table.write_text("a,b,kind\n" + "1,2,0\n" * 50)
    opened.window.plan.data.choose_file(table)
    qtbot.waitUntil(lambda: "40 training" in opened.window.plan.data.note)
    assert "Nothing is scaled" in opened.window.plan.data.note
    assert opened.window.plan.data.details == ["a", "b", "kind"]
    opened.window.plan.data._choose_detail("kind")
    assert opened.plan.data == DataSpec("csv", str(table), "kind")
    opened.commands.carry_out("undo")
    assert opened.plan.data == DataSpec("csv", str(table))
    opened.commands.carry_out("undo")
    assert opened.plan.data == DataSpec("demo")


def test_a_table_is_dropped(opened, tmp_path):
    table = tmp_path / "DROPPED.CSV"
    table.write_text("a,label\n1,0\n")
    opened.open(table)
    assert opened.plan.data == DataSpec("csv", str(table))
    opened.run.phase = Phase.RUNNING
    opened.open(tmp_path / "another.npz")
    assert opened.plan.data.name == str(table)
    assert "stop it before" in opened.window.banner.text
    opened.run.phase = Phase.IDLE


def test_a_function_is_found_unrun_and_run_only_with_consent(
    opened, qtbot, tmp_path, monkeypatch
):
    module = tmp_path / "mine.py"
    module.write_text(
        "raise SystemExit\ndef _no(): pass\ndef part(a): pass\ndef load(): pass\n"
    )
    opened.window.plan.data.choose_file(module)
    assert opened.window.plan.data.details == ["load"]
    assert str(opened.plan.data) == f"{module}:load"
    asked = []
    monkeypatch.setattr(opened.run, "run", lambda plan, data: asked.append(data))
    opened.commands.carry_out("run")
    box = QApplication.activeModalWidget()
    assert f"Run {module}:load?" in box.text()
    assert not asked
    box.buttons()[1].click()
    assert not asked
    opened.commands.carry_out("run")
    QApplication.activeModalWidget().buttons()[0].click()
    assert asked[0].allow_code
    opened.commands.carry_out("run")
    assert len(asked) == 2


def test_folders_say_what_they_are(opened, tmp_path):
    opened.window.plan.data.choose_file(tmp_path, "images")
    assert opened.plan.data == DataSpec("images", str(tmp_path))
    assert "scaled to 0..1" in opened.window.plan.data.note
    opened.window.plan.data.choose_file(tmp_path, "tfdata")
    assert opened.plan.data == DataSpec("tfdata", str(tmp_path))


def test_nothing_is_cut_off_in_large_letters(opened, qtbot):
    editor = opened.window.plan
    for theme in ("projector", "light"):
        opened.choose_theme(theme)
        for width in (255, 420):
            editor.setMaximumWidth(width)
            editor.setMinimumWidth(width)
            editor.resize(width, 600)
            inside = editor.widget()
            qtbot.waitUntil(
                lambda inside=inside: (
                    inside.minimumSizeHint().width() <= editor.viewport().width()
                )
            )


def test_the_editor_is_reached_by_keyboard(opened, qtbot):
    layers = opened.window.plan.layers
    layers.setFocus()
    layers.setCurrentCell(1, 0)
    qtbot.keyClick(layers, Qt.Key.Key_Space)
    assert opened.plan.plan.layers == ("conv_1", "dense", "digit")
    assert opened.run.phase is Phase.IDLE
    unnamed = [
        widget
        for kind in (QLineEdit, QComboBox, QCheckBox, QTableWidget, QToolButton)
        for widget in opened.window.plan.findChildren(kind)
        if not widget.accessibleName() and not isinstance(widget.parent(), QComboBox)
    ]
    assert not [w for w in unnamed if w.focusPolicy() != Qt.FocusPolicy.NoFocus]


def test_unknown_data_are_refused_with_what_would_do(opened):
    opened.plan.choose_data("keras:mnisd")

    assert "mnist" in opened.plan.data_problem
    opened.commands.carry_out("run")
    assert opened.window.banner.text == opened.plan.data_problem


def test_before_a_run_the_planned_threshold_is_shown(opened):
    words = opened.window.histogram.threshold_text
    weight = np.abs(opened.document.model.weight("dense/kernel").read())
    kept = round(weight.size * 0.2)
    expected = np.sort(weight.ravel())[-kept]

    assert "At 80.0 % sparsity" in words
    assert f"{expected:.4g}" in words
    assert opened.window.histogram._line.value() == pytest.approx(expected)


def test_the_planned_threshold_is_the_layers_own(opened):
    opened.window.plan.layers.item(2, 1).setText("0.5")
    assert "At 50.0 % sparsity" in opened.window.histogram.threshold_text
    opened.commands.carry_out("undo")
    opened.window.plan.exclude.box("Dense").click()
    assert opened.window.histogram.threshold_text == ""
    opened.commands.carry_out("undo")
    choose(opened, "scope", "global")
    assert opened.window.histogram.threshold_text == ""


def test_log_counts_are_remembered(opened, settings):
    opened.window.histogram._log.setChecked(True)

    assert settings.log_counts
    _, heights = opened.window.histogram._curve.getData()
    assert heights.max() == pytest.approx(
        np.log10(opened.window.histogram._histogram.counts.max())
    )


def test_every_action_is_carried_out_and_no_key_is_taken_twice():
    keys = [key for spec in ACTIONS for key in spec.keys]
    assert len(keys) == len(set(keys))
    for spec in ACTIONS:
        assert callable(getattr(Commands, spec.id))
    assert any("Space" in keys for keys, _ in keys_table(ACTIONS))


def test_what_makes_no_sense_cannot_be_chosen():
    running = ProgramState(model_open=True, phase=Phase.RUNNING, result=True)
    enabled = {spec.id for spec in ACTIONS if spec.enabled(running)}
    assert enabled.isdisjoint({"open", "demo", "run", "save", "undo", "redo"})
    assert {"pause", "stop", "run_or_pause", "keys"} <= enabled
