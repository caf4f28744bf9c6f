"""Runs side by side, and one shot against gradual."""

import dataclasses

import pytest

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.runs import RunsFeature
from pruneview.gui.features.runs.curves import schedules_to_compare
from pruneview.pruning.planning.plan import PruningPlan
from tests.gui.conftest import log_of

PLAN = PruningPlan(final_sparsity=0.5, end_step=40, frequency=20, epochs=2)


def test_only_the_schedule_differs() -> None:
    one_shot, gradual = schedules_to_compare(dataclasses.replace(PLAN, seed=7))
    assert (one_shot.schedule, gradual.schedule) == ("one-shot", "polynomial")
    assert one_shot.final_sparsity == gradual.final_sparsity == 0.9
    assert not one_shot.validate()
    assert not gradual.validate()
    same = ("epochs", "batch_size", "learning_rate", "seed", "optimizer", "criterion")
    for field in same:
        assert getattr(one_shot, field) == getattr(gradual, field)
    higher = dataclasses.replace(PLAN, final_sparsity=0.95)
    assert schedules_to_compare(higher)[0].final_sparsity == 0.95


@pytest.mark.tensorflow
def test_both_schedules_run_and_the_conclusion_tells_what_was_measured(opened, qtbot):
    feature = opened.features.find(RunsFeature)
    opened.plan.edit(PLAN)
    opened.commands.carry_out("compare_schedules")
    qtbot.waitUntil(
        lambda: bool(feature.panel.words.text().startswith("At 90")), timeout=120_000
    )
    one_shot, gradual = feature.runs
    words = feature.panel.words.text()
    assert f"is {one_shot.after_first_mask.value * 100:.1f} % right after" in words
    assert f", {one_shot.ended.final.value * 100:.1f} % once that was" in words
    assert f"and {gradual.ended.final.value * 100:.1f} % where they were made" in words
    assert words in log_of(opened)
    assert one_shot.ended.step == gradual.ended.step
    assert one_shot.ended.sparsity == pytest.approx(0.9, abs=0.01)
    assert one_shot.after_first_mask.value < one_shot.baseline.value - 0.2
    table = feature.panel.table
    assert [table.item(row, 0).text() for row in (0, 1)] == [
        r.title for r in feature.runs
    ]
    assert len(feature.panel.plot.listDataItems()) == 2
    table.item(0, 0).setCheckState(table.item(0, 0).checkState().Unchecked)
    assert len(feature.panel.plot.listDataItems()) == 1

    opened.commands.carry_out("compare_schedules")
    qtbot.waitUntil(lambda: len(feature.runs) == 3, timeout=120_000)
    opened.commands.stop()
    qtbot.waitUntil(lambda: opened.run.phase is Phase.IDLE, timeout=120_000)
    assert len(feature.runs) == 3
    assert feature.runs[2].ended.stopped
