"""The table of results: target against achieved, and why they differ."""

from pruneview.gui.views.results_panel import ResultsPanel, result_rows
from pruneview.pruning.events import (
    Evaluation,
    RunEnded,
    WeightOutcome,
    WeightSparsity,
)

SCORE = Evaluation("accuracy", 0.9, 0.2, 100, "test")
BEFORE = (WeightSparsity("a/kernel", 100, 0), WeightSparsity("b/kernel", 10, 1))
AFTER = (WeightSparsity("a/kernel", 100, 60), WeightSparsity("b/kernel", 10, 8))
OUTCOMES = (
    WeightOutcome("a/kernel", 0.8, 0.6, "stopped: the last mask asked for 60.0%"),
    WeightOutcome("b/kernel", 0.8, 0.8),
    WeightOutcome("c/kernel", None, 0.05, "excluded"),
)


def ended(outcomes=OUTCOMES):
    return RunEnded(
        50,
        True,
        1.0,
        50.0,
        SCORE,
        SCORE,
        AFTER,
        BEFORE,
        440,
        400,
        200,
        "zlib",
        outcomes,
    )


def test_each_weight_has_its_target_and_the_cause_of_a_difference():
    rows = {row[0]: row[1:] for row in result_rows(ended())}
    assert rows["a/kernel"] == (
        "0.0 %",
        "80.0 %",
        "60.0 %",
        "60 zeros of 100; stopped: the last mask asked for 60.0%",
    )
    assert rows["b/kernel"] == ("10.0 %", "80.0 %", "80.0 %", "8 zeros of 10")
    assert rows["c/kernel"] == ("", "–", "5.0 %", "left out: excluded")


def test_a_long_remark_is_wrapped_and_not_cut_off(qtbot):
    panel = ResultsPanel()
    qtbot.addWidget(panel)
    panel.resize(400, 400)
    panel.show()
    panel.show_results(ended())
    letters = panel.columnWidth(4) / panel.fontMetrics().averageCharWidth()
    assert letters >= 24
    assert panel.rowHeight(4) > panel.rowHeight(5)


def test_what_is_measured_is_wrapped_before_remarks_are_scrolled(qtbot):
    panel = ResultsPanel()
    qtbot.addWidget(panel)
    letter = panel.fontMetrics().averageCharWidth()
    panel.resize(76 * letter, 400)
    panel.show()
    panel.show_results(ended())
    assert sum(map(panel.columnWidth, range(5))) <= panel.viewport().width()
    assert panel.columnWidth(0) < panel.sizeHintForColumn(0)
    assert panel.rowHeight(1) > panel.rowHeight(0)
    panel.resize(140 * letter, 400)
    assert panel.columnWidth(0) == panel.sizeHintForColumn(0)


def test_a_run_recorded_before_targets_were_kept_is_shown(qtbot):
    panel = ResultsPanel()
    qtbot.addWidget(panel)
    panel.show_results(ended(()))
    assert panel.item(4, 0).text() == "a/kernel"
    assert panel.item(4, 2).text() == ""
    assert panel.item(4, 3).text() == "60.0 %"
