"""A model with two inputs and two outputs, trained through the window."""

import numpy as np
import pytest
from PySide6.QtWidgets import QLineEdit

from pruneview.pruning.backend import import_backend
from pruneview.pruning.planning.plan import PruningPlan
from tests.gui.conftest import is_shown, log_of
from tests.gui.test_run import start
from tests.pruning import several


@pytest.mark.tensorflow
def test_it_is_trained_and_each_output_is_measured(program, qtbot, tmp_path) -> None:
    import_backend()
    import keras

    path, data = several.write(keras, "listing", tmp_path)
    program.open(path)
    qtbot.waitUntil(lambda: is_shown(program), timeout=10_000)
    fields = program.window.plan
    assert fields.field("loss").findChild(QLineEdit).placeholderText() == (
        "kind=sparse_categorical_crossentropy, price=mse"
    )
    assert (
        fields.field("metric").findChild(QLineEdit).placeholderText()
        == "kind=accuracy, price=mae"
    )
    program.plan.choose_data(str(data))
    assert not program.plan.problems
    program.plan.edit(PruningPlan(end_step=8, frequency=4, epochs=2, batch_size=8))
    program.window.plan.set_plan(program.plan.plan)
    start(program, qtbot)
    results = program.window.results
    qtbot.waitUntil(lambda: results.rowCount() > 0, timeout=90_000)
    rows = [results.item(row, 0).text() for row in range(results.rowCount())]
    assert rows[:2] == ["Kind accuracy", "Price mae"]
    assert "kind accuracy" in log_of(program)
    assert np.isfinite(float(results.item(1, 3).text().replace("−", "-")))
