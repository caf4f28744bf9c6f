"""Without data: what pruning at once does to the outputs, named as fidelity."""

import dataclasses

import pytest

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.fidelity import FidelityFeature
from pruneview.gui.features.fidelity.panel import fidelity_rows
from pruneview.pruning.fidelity.one_shot import OneShot
from tests.gui.conftest import log_of


def test_where_no_keras_builds_the_model_only_sizes_are_told():
    result = OneShot(0.8, 2, 1000, 900, 300, "zlib", None, "Fidelity was not measured.")
    assert fidelity_rows(result) == [
        ("Pruned weights", "", "2"),
        ("Zeros in them", "", "80.0 %"),
        ("Raw size", "1.0 kB", "1.0 kB"),
        ("Size by zlib", "900 B", "300 B"),
    ]


def test_an_impossible_plan_is_refused(opened):
    opened.plan.edit(dataclasses.replace(opened.plan.plan, final_sparsity=1.5))
    opened.commands.carry_out("fidelity")
    assert "1.5" in opened.window.banner.text
    assert opened.run.phase is Phase.IDLE


@pytest.mark.tensorflow
def test_outputs_are_compared_without_data(opened, qtbot):
    opened.plan.choose_data("")
    opened.commands.carry_out("run")
    assert "No data" in opened.window.banner.text
    opened.commands.carry_out("fidelity")
    assert opened.run.phase is Phase.REPORTING
    qtbot.waitUntil(lambda: opened.run.phase is Phase.IDLE, timeout=60_000)

    panel = opened.features.find(FidelityFeature).panel
    table = panel.table
    rows = {
        table.item(row, 0).text(): table.item(row, 2).text()
        for row in range(table.rowCount())
    }
    assert rows["Zeros in them"] == "80.0 %"
    assert rows["Fidelity: same class as the baseline"].endswith("%")
    assert "it is not accuracy" in log_of(opened)
    assert opened.window.banner.isHidden() or "No data" in opened.window.banner.text
    assert opened.run.result is None
