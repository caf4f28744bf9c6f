"""A model made smaller in the window."""

import dataclasses

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.structured.feature import StructuredFeature
from pruneview.gui.features.structured.figures import (
    difference_words,
    layer_lines,
    total_lines,
)
from pruneview.gui.features.structured.shrinking import ShrinkingFeature
from pruneview.pruning.events import Evaluation, Failed
from pruneview.pruning.structured.measuring.figures import (
    Latency,
    LayerFigures,
    ModelFigures,
)
from pruneview.pruning.structured.shrinking.events import (
    OutputDifference,
    ShrinkEnded,
)
from tests.gui.conftest import log_of

LONG = 120_000


def figures(scale, *, evaluated=True, deflated=500):
    layer = LayerFigures("dense", "Dense", *(scale * n for n in (10, 20, 40, 30, 8, 9)))
    return ModelFigures(
        parameters=1000 * scale,
        nonzero=900 * scale,
        macs=2000 * scale,
        raw_bytes=4000 * scale,
        deflated_bytes=deflated * scale,
        compressor="deflate",
        peak_bytes=64 * scale,
        layers=(layer,),
        evaluation=Evaluation("accuracy", 0.9, 0.3, 50, "test") if evaluated else None,
        latency=(
            Latency(1, 0.001 * scale, 0.0009, 0.002),
            Latency(32, 0.004 * scale, 0.003, 0.005),
        ),
    )


def ended(**changes):
    fields = {
        "plan": {},
        "method": "one-shot",
        "rounds": 1,
        "stopped": False,
        "before": figures(2),
        "after": figures(1),
        "difference": OutputDifference(1e-6, 2e-7, 32, "test samples"),
        "groups": (),
        "excluded": (),
        "notes": ("Something differs.",),
        "steps": 10,
        "seconds": 1.0,
        "conditions": ("Measured thus.",),
    }
    return ShrinkEnded(**fields | changes)


@pytest.fixture
def shrinking(opened, qtbot):
    """The page Shrink of the open demo, its units scored."""
    opened.commands.carry_out("units")
    units = opened.features.find(StructuredFeature)
    qtbot.waitUntil(lambda: bool(units.controller.keep), timeout=10_000)
    opened.refresh()
    return opened.features.find(ShrinkingFeature)


def form_of(shrinking):
    return shrinking.program.features.find(StructuredFeature).panel.form


def test_lines_of_the_table():
    lines = {line.title: line for line in total_lines(ended())}
    assert lines["Parameters"].cells == ("2,000", "1,000")
    assert lines["Parameters"].ratio == "0.50"
    assert lines["Accuracy"].cells == ("90.0 %", "90.0 %")
    assert lines["Accuracy"].shares == (0.9, 0.9)
    assert lines["Latency, batch 32"].cells[1] == "4.00 ms (3.00 ms to 5.00 ms)"
    assert lines["Compressed size"].remark == "deflate"
    assert layer_lines(ended())[0][:2] == ("dense", "20 → 10")
    assert "2e" in difference_words(ended().difference)


def test_a_third_model_stands_beside_the_two():
    third = ended(unstructured=figures(2, deflated=300))
    lines = {line.title: line for line in total_lines(third)}
    assert lines["Compressed size"].shares == (1.0, 0.5, 0.6)


def test_without_data_there_is_no_accuracy():
    bare = ended(before=figures(2, evaluated=False), after=figures(1, evaluated=False))
    assert "Accuracy" not in {line.title for line in total_lines(bare)}


def test_what_cannot_be_is_said_and_nothing_begins(shrinking, qtbot):
    program, form = shrinking.program, form_of(shrinking)
    program.worker.shrink = lambda *_: pytest.fail("it has begun")
    program.plan.choose_data("")
    form.run.click()
    assert "Choose data" in program.window.banner.text
    form.ratio.setValue(1.0)
    program.refresh()
    assert not form.run.isEnabled()
    shrinking.shrink()
    assert "not including 1" in program.window.banner.text
    assert program.run.phase is Phase.IDLE


def test_a_failure_leaves_everything_as_it_was(shrinking, qtbot):
    program, form = shrinking.program, form_of(shrinking)
    form.fine_tune.setChecked(False)
    program.worker.open = lambda *_: None
    asked = []
    program.worker.shrink = lambda *wish: asked.append(wish)
    form.run.click()
    training, plan, data, options = asked[0]
    assert (training, data, plan.ratio) == (None, None, 0.5)
    assert not options.compare_unstructured
    assert program.run.phase is Phase.REPORTING
    assert form.cancel.isEnabled()
    program.worker.events.put(Failed("run", "The data do not fit."))
    qtbot.waitUntil(lambda: program.run.phase is Phase.IDLE)
    assert "do not fit" in program.window.banner.text
    assert shrinking.result is None
    assert not shrinking.tab.save.isEnabled()
    assert form.run.isEnabled()


def test_another_model_empties_the_tab(shrinking, qtbot):
    shrinking.tab.show_result(ended(unstructured=figures(2)))
    assert shrinking.tab.totals.rowCount() == 9
    assert shrinking.tab.save.isEnabled()
    shrinking.program.features.model_opened(shrinking.program.document.model)
    assert shrinking.tab.totals.rowCount() == 0
    assert not shrinking.tab.save.isEnabled()


@pytest.mark.tensorflow
def test_from_the_button_to_the_saved_small_model(shrinking, qtbot, tmp_path):
    program, form = shrinking.program, form_of(shrinking)
    short = {"epochs": 1, "end_step": 10, "frequency": 10}
    program.plan.edit(dataclasses.replace(program.plan.plan, **short))
    form.ratio.setValue(0.25)
    units = program.features.find(StructuredFeature)
    summary = units.panel.units.summary.text()
    form.run.click()
    qtbot.waitUntil(lambda: shrinking.result is not None, timeout=LONG)
    result = shrinking.result
    assert f"{result.after.parameters:,} of 167,866" in summary
    assert result.difference.largest_relative < 1e-5
    totals = shrinking.tab.totals
    assert totals.item(0, 2).text() == f"{result.after.parameters:,}"
    assert "million MACs" in units.panel.units.summary.text()
    assert program.run.phase is Phase.IDLE
    # The file is on show again, and its numbers.
    assert program.document.weight.shape == (1024, 144)
    qtbot.waitUntil(
        lambda: "6 zeros" in program.window.layers.totals_text, timeout=10_000
    )
    target = tmp_path / "small.keras"
    program.run.save(target, overwrite=False)
    qtbot.waitUntil(lambda: "Saved" in log_of(program), timeout=LONG)
    with open_model(target) as small:
        assert small.parameter_count == result.after.parameters
        assert small.weight("dense/kernel").shape == (48 * 16, 108)
        assert np.isfinite(small.weight("dense/kernel").read()).all()
