import numpy as np
import pytest

from pruneview.gui.actions import ACTIONS, keys_table
from pruneview.gui.commands import Commands
from pruneview.gui.controllers.state import Phase, ProgramState
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
    for name, choice in (("scope", "global"), ("criterion", "taylor")):
        field = opened.window.plan.field(name)
        field._input.setCurrentText(choice)
        field.edited.emit()
    assert opened.plan.plan.scope == "global"
    assert opened.plan.plan.criterion == "taylor"
    assert not opened.plan.problems


def test_the_curve_is_the_schedules(opened, qtbot):
    type_into(qtbot, opened, "power", "1")
    steps, sparsities = opened.window.plan._curve._curve.getData()

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


def test_layers_can_be_left_out(opened):
    from PySide6.QtCore import Qt

    layers = opened.window.plan._layers
    names = [layers.item(row).text() for row in range(layers.count())]
    assert names == ["conv_1", "conv_2", "dense", "digit"]
    layers.item(3).setCheckState(Qt.CheckState.Unchecked)
    assert opened.plan.plan.layers == ("conv_1", "conv_2", "dense")
    layers.item(3).setCheckState(Qt.CheckState.Checked)
    assert opened.plan.plan.layers is None


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
