"""A new run begins at the step on show, and its curves part from those before."""

import dataclasses
from unittest.mock import MagicMock

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.branching import Branching
from pruneview.gui.features.recordings import Recordings
from pruneview.gui.features.runs import RunsFeature
from pruneview.gui.features.timeline import Timeline
from pruneview.pruning.demo import demo_model
from pruneview.runs import Recording
from tests.gui.conftest import log_of
from tests.gui.features.imagined import PLAN, stands_at
from tests.gui.test_run import LONG, plan_for, start, wait_for


def go(qtbot, program, step):
    timeline = program.features.find(Timeline)
    timeline.go_to(step)
    qtbot.waitUntil(lambda: stands_at(timeline, step), timeout=10_000)
    return timeline


def ask(qtbot, program):
    """Ask for a branch; return the question."""
    program.window.action("branch").trigger()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    return QApplication.activeModalWidget()


def press(box, words):
    button = next(b for b in box.buttons() if b.text() == words)
    button.click()


def edit(program, **changes):
    program.plan.edit(dataclasses.replace(PLAN, epochs=4, **changes), show=True)


def test_the_button_says_what_happens_and_begins_it(filmed, qtbot):
    timeline = go(qtbot, filmed, 45)
    filmed.features.find(Branching)
    edit(filmed, final_sparsity=0.9, end_step=90)
    assert filmed.window.action("branch").isEnabled()
    resumed = filmed.worker.resume_recording = MagicMock()
    qtbot.mouseClick(timeline.bar.branch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    box = QApplication.activeModalWidget()
    assert box.text() == "Begin a new run at step 45 with the plan in the editor?"
    said = box.informativeText()
    assert "Steps 40 to 45 are trained again for that, from the state kept at" in said
    assert "polynomial to 90 % until step 90" in said
    press(box, "Go back")
    assert not resumed.called

    press(ask(qtbot, filmed), "Branch")
    place, trust, model, branch = resumed.call_args.args
    assert place == timeline.replay.recording.path
    assert (trust.code, model) == (False, demo_model())
    assert (branch.step, branch.plan) == (45, filmed.plan.plan)
    assert branch.record != place
    assert branch.record.parent == filmed.settings.runs_folder
    assert filmed.run.recording == branch.record
    assert filmed.run.phase is Phase.PREPARING
    assert not filmed.window.action("branch").isEnabled()
    assert not timeline.bar.branch.isEnabled()
    filmed.run._enter(Phase.IDLE)


def test_what_cannot_branch_is_said_and_nothing_begins(filmed, qtbot):
    resumed = filmed.worker.resume_recording = MagicMock()
    banner = filmed.window.banner
    for step, changes, words in (
        (0, {}, "it must be from 1 to 100"),
        (60, {"end_step": 60}, "End step is 60; it must be greater than the step"),
        (60, {"end_step": 70, "frequency": 300}, "Frequency is 300"),
        (60, {"final_sparsity": 1.5}, "The plan cannot be run"),
    ):
        go(qtbot, filmed, step)
        edit(filmed, **changes)
        filmed.window.action("branch").trigger()
        qtbot.waitUntil(lambda words=words: words in banner.text, timeout=10_000)
        assert QApplication.activeModalWidget() is None
    assert not resumed.called


def test_without_a_recorded_run_there_is_nothing_to_branch(untrained):
    timeline = untrained.features.find(Timeline)
    untrained.features.find(Branching)
    assert not untrained.window.action("branch").isEnabled()
    assert not timeline.bar.branch.isEnabled()


def test_an_opened_recording_is_listed_with_its_curve(filmed, qtbot):
    feature = filmed.features.find(RunsFeature)
    (run,) = feature.runs
    assert run.title == "1: polynomial to 80 %"
    assert run.steps[:9] == list(range(0, 81, 10))
    assert run.ended.step == 100
    # The same one again is the same run.
    filmed.open(run.recording)
    recordings = filmed.features.find(Recordings)
    before = recordings.recording
    qtbot.waitUntil(lambda: recordings.recording not in (None, before), timeout=10_000)
    assert [r.title for r in feature.runs] == [run.title]


@pytest.mark.tensorflow
def test_a_branch_of_a_finished_run_from_menu_to_end(opened, qtbot):
    program, window = opened, opened.window
    feature = program.features.find(RunsFeature)
    timeline = program.features.find(Timeline)
    plan_for(program, end_step=60, frequency=10)
    start(program, qtbot)
    wait_for(qtbot, lambda: program.run.result is not None)
    parent = program.run.recording
    wait_for(qtbot, window.action("branch").isEnabled)
    assert program.run.result.step == 74
    timeline.go_to(33)
    wait_for(qtbot, lambda: stands_at(timeline, 33))

    plan_for(program, epochs=3, end_step=90, frequency=15, final_sparsity=0.9)
    press(ask(qtbot, program), "Branch")
    assert program.run.result is None  # the model in memory is another one now
    wait_for(qtbot, lambda: program.run.phase is Phase.RUNNING)
    wait_for(qtbot, lambda: program.run.result is not None)
    result = program.run.result
    assert result.step == 111
    for weight in result.weights:
        assert weight.zeros / weight.size == pytest.approx(0.9, abs=0.01)
    assert f"Branched from step 33 of {parent.name}." in log_of(program)
    # The charts go on from the curves of the run before.
    steps = window.charts.accuracy_chart.points("held-out data")[0]
    assert steps == [10, 20, 30, 45, 60, 75, 90]
    assert program.run.recording != parent
    with Recording(program.run.recording) as recording, Recording(parent) as old:
        assert recording.steps == tuple(steps)
        assert recording.header.parent.recording == parent
        assert recording.header.parent.run_id == old.header.run_id
        for path, mask in recording.masks_at(20).items():
            assert np.array_equal(mask, old.masks_at(20)[path])
    # Both are listed, and overlaid where they part.
    assert [run.name for run in feature.runs] == [
        "1: polynomial to 50 %",
        "2: polynomial to 90 %, branched from run 1 at step 33",
    ]
    assert feature.runs[1].steps[:3] == [30, 45, 60]
    assert feature.runs[1].values[0] == feature.runs[0].values[3]
    window.show_tab(feature.panel)
    panel = feature.panel
    assert panel.table.item(1, 1).text() == "run 1 at step 33"
    assert "branched from run 1 at step 33" in panel.table.item(1, 0).toolTip()
    curves = panel.plot.listDataItems()
    assert [curve.xData[0] for curve in curves] == [0, 30]
    panel.shown.setCurrentIndex(1)
    shown = panel.plot.listDataItems()[1].yData
    assert shown[-1] == pytest.approx(90, abs=1)

    # Its own recording, opened later, tells the whole story.
    wait_for(qtbot, window.action("branch").isEnabled)
    place = program.run.recording
    program.run.saved = True
    program.open(place)
    recordings = program.features.find(Recordings)
    wait_for(
        qtbot,
        lambda: recordings.recording is not None and timeline.replay is not None,
    )
    assert len(feature.runs) == 2
    wait_for(qtbot, lambda: stands_at(timeline, 111))
    timeline.go_to(20)
    wait_for(qtbot, lambda: stands_at(timeline, 20))
    with Recording(parent) as old:
        kept = old.masks_at(20)[program.document.weight.path]
    assert np.array_equal(timeline.shown.frame.values != 0, kept)


@pytest.mark.tensorflow
def test_a_branch_that_is_refused_leaves_the_run_on_show(filmed, qtbot):
    """The imagined run's data are not those of the demo."""
    timeline = go(qtbot, filmed, 45)
    edit(filmed, final_sparsity=0.9, end_step=90)
    press(ask(qtbot, filmed), "Branch")
    words = "does not hold the data of the recorded run"
    qtbot.waitUntil(lambda: words in filmed.window.banner.text, timeout=LONG)
    qtbot.waitUntil(lambda: filmed.run.phase is Phase.IDLE, timeout=LONG)
    assert timeline.replay is not None
    qtbot.waitUntil(filmed.window.action("branch").isEnabled, timeout=LONG)
    assert not list(filmed.settings.runs_folder.glob("*"))
