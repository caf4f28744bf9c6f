"""The sensitivity of layers in the window."""

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.sensitivity import SensitivityFeature
from pruneview.pruning.demo import demo_model
from pruneview.pruning.sensitivity import suggest_targets

pytestmark = pytest.mark.tensorflow


def test_each_layer_is_measured_and_the_plan_takes_the_suggestion(opened, qtbot):
    feature = opened.features.find(SensitivityFeature)
    panel = feature.panel
    assert not panel.fill.isEnabled()
    panel.measure.click()
    assert opened.run.phase is Phase.REPORTING
    qtbot.waitUntil(
        lambda: feature.found is not None and feature.found.complete, timeout=120_000
    )
    assert opened.run.phase is Phase.IDLE
    with open_model(demo_model()) as model:
        layers = [x.path for x in model.layers if any(w.prunable for w in x.weights)]
    rows = range(panel.table.rowCount())
    assert [panel.table.item(row, 0).text() for row in rows] == layers
    last = panel.table.columnCount() - 1
    for row, layer in enumerate(feature.found.measured):
        assert panel.table.item(row, last).text() == f"{layer.values[-1]:.1%}".replace(
            "%", " %"
        )
    before = opened.plan.plan
    panel.lost.setValue(2.0)
    panel.fill.click()
    targets = suggest_targets(feature.found, 2.0)
    assert opened.plan.plan.layer_sparsity == targets
    assert not opened.plan.problems
    opened.history.undo()
    assert opened.plan.plan == before


def test_measuring_is_called_off_and_data_that_are_missing_are_asked_for(
    opened, qtbot, tmp_path
):
    feature = opened.features.find(SensitivityFeature)
    opened.commands.carry_out("sensitivity")
    qtbot.waitUntil(lambda: feature.found is not None, timeout=120_000)
    opened.commands.stop()
    qtbot.waitUntil(lambda: opened.run.phase is Phase.IDLE, timeout=120_000)
    opened.plan.choose_data("")
    opened.commands.carry_out("sensitivity")
    assert opened.run.phase is Phase.IDLE
    assert "Choose data" in opened.window.banner.text
    wrong = np.zeros((8, 3), np.float32)
    np.savez(
        tmp_path / "wrong.npz",
        x_train=wrong,
        y_train=np.zeros(8),
        x_test=wrong,
        y_test=np.zeros(8),
    )
    opened.plan.choose_data(str(tmp_path / "wrong.npz"))
    opened.commands.carry_out("sensitivity")
    qtbot.waitUntil(lambda: "wrong.npz" in opened.window.banner.text, timeout=120_000)
    assert opened.run.phase is Phase.IDLE
