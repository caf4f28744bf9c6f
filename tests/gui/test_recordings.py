"""Recordings in the window: made, opened, told of, and continued."""

import dataclasses
from unittest.mock import MagicMock

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.recordings import Recordings
from pruneview.gui.program import Program
from pruneview.pruning.demo import demo_model
from pruneview.pruning.training.recording import file_sha256
from pruneview.runs import Recorder, Recording
from pruneview.runs.shelf import MOST_RUNS
from pruneview.trace import Trace
from tests.gui.conftest import log_of
from tests.runs import writing
from tests.runs.writing import HEADER, ImaginedRun

LONG = 60_000


@pytest.fixture
def of_the_demo(monkeypatch):
    """Imagined runs are of the demo's model."""
    header = dataclasses.replace(
        HEADER, model=demo_model(), model_sha256=file_sha256(demo_model())
    )
    monkeypatch.setattr(writing, "HEADER", header)


def imagine(path, *, end):
    """Record 50 steps of a run of 100; without an end, as one that was killed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with Recorder.create(path) as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        for step in range(10, 60, 10):
            run.update(step)
            recorder.checkpoint(lambda step=step: run.checkpoint(step))
        if end:
            run.end(50)
    return path


def recordings(program):
    return program.features.find(Recordings)


def is_open(program):
    return recordings(program).recording is not None


def test_an_interrupted_recording_is_shown_and_offers_to_go_on(
    program, qtbot, tmp_path, of_the_demo
):
    seen = []
    recordings(program).on_recording_opened.append(seen.append)
    closed = MagicMock()
    recordings(program).on_recording_closed.append(closed)
    path = imagine(tmp_path / "a.pruneview-run", end=False)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    program.window.dropEvent(QDropEvent(QPointF(5, 5), copy, data, left, none))
    qtbot.waitUntil(lambda: is_open(program), timeout=10_000)

    window = program.window
    assert seen == [recordings(program).recording]
    assert program.document.model.path == demo_model()
    steps, counted = window.charts.sparsity_chart.points("counted")
    assert set(steps) == {10, 20, 30, 40, 50}
    assert set(counted) == {50.0}
    assert window.charts.accuracy_chart.points("held-out data")[0] == steps[::2]
    assert "Step 50" in log_of(program)
    assert window.results.rowCount() == 0
    assert "interrupted, at step 50 of 100" in window.banner.text
    assert window.banner.offered == "Continue from step 50"
    assert program.plan.plan == HEADER.plan
    assert window.action("continue_recording").isEnabled()

    resumed = MagicMock()
    program.worker.resume_recording = resumed
    window.banner._button.click()
    assert resumed.call_args.args[0] == path
    assert program.run.phase is Phase.PREPARING
    program.run._enter(Phase.IDLE)

    program.commands.carry_out("demo")
    qtbot.waitUntil(lambda: not is_open(program), timeout=10_000)
    assert closed.call_count == 1
    assert not window.action("continue_recording").isEnabled()


def test_a_finished_recording_shows_what_it_came_to(
    program, qtbot, tmp_path, of_the_demo
):
    program.open(imagine(tmp_path / "a.pruneview-run", end=True))
    qtbot.waitUntil(lambda: is_open(program), timeout=10_000)
    assert program.window.results.item(0, 3).text() == "90.0 %"
    assert "it finished, at step 50" in program.window.banner.text
    assert not program.window.banner.offered
    assert not program.window.action("continue_recording").isEnabled()


def test_a_recording_whose_model_is_gone_is_still_shown(program, qtbot, tmp_path):
    program.open(imagine(tmp_path / "a.pruneview-run", end=False))
    qtbot.waitUntil(lambda: is_open(program), timeout=10_000)
    assert "is not there any more" in program.window.banner.text
    assert not program.window.banner.offered
    assert program.window.charts.sparsity_chart.points("counted")[0]


def test_a_damaged_recording_is_refused_in_a_sentence(program, qtbot, tmp_path):
    path = imagine(tmp_path / "a.pruneview-run", end=True)
    path.write_bytes(path.read_bytes()[:20])
    program.open(path)
    qtbot.waitUntil(program.window.banner.isVisible, timeout=10_000)
    assert "ends before its run began" in program.window.banner.text


def test_after_a_crash_the_next_start_tells_of_it_once(
    qtbot, settings, of_the_demo, request
):
    settings.runs_folder.mkdir(parents=True)
    path = imagine(settings.runs_folder / "lost.pruneview-run", end=False)
    program = request.getfixturevalue("program")
    banner = program.window.banner
    qtbot.waitUntil(lambda: banner.offered == "Open it", timeout=10_000)
    assert path.name in banner.text
    banner._button.click()
    qtbot.waitUntil(lambda: is_open(program), timeout=10_000)
    assert banner.offered == "Continue from step 50"
    assert settings.told_recordings == [path.name]


def test_what_went_wrong_with_a_file_stays_when_a_crash_is_told_of(
    program, qtbot, settings, tmp_path
):
    broken = tmp_path / "broken.h5"
    broken.write_bytes(b"nothing of a model")
    program.open(broken)
    banner = program.window.banner
    qtbot.waitUntil(banner.isVisible, timeout=10_000)
    sentence = banner.text
    imagine(settings.runs_folder / "lost.pruneview-run", end=False)
    recordings(program)._keeper.survey_soon()
    qtbot.waitUntil(lambda: "A run was interrupted" in log_of(program), timeout=10_000)
    assert banner.text == sentence
    assert not banner.offered


def test_room_is_made_by_what_has_ended_and_it_is_said(
    program, qtbot, settings, monkeypatch
):
    monkeypatch.setattr("pruneview.runs.shelf.MOST_RUNS", 1)
    folder = settings.runs_folder
    old = imagine(folder / "old.pruneview-run", end=True)
    lost = imagine(folder / "lost.pruneview-run", end=False)
    recordings(program)._keeper.survey_soon()
    qtbot.waitUntil(lambda: not old.exists(), timeout=10_000)
    assert f"Deleting the oldest that has ended: {old}" in log_of(program)
    assert lost.exists()


def test_where_a_run_is_recorded_is_chosen(opened, settings, tmp_path):
    keeper, record_to = recordings(opened)._keeper, opened.run.record_to
    usual = record_to(demo_model())
    assert usual.parent == settings.runs_folder
    assert f"This run is recorded in {usual}" in log_of(opened)
    keeper.record_next_to(demo_model())
    assert "never replaces a file" in opened.window.banner.text
    keeper.record_next_to(tmp_path / "mine.pruneview-run")
    assert record_to(demo_model()) == tmp_path / "mine.pruneview-run"
    assert record_to(demo_model()).parent == settings.runs_folder

    action = opened.window.action("record_runs")
    assert action.isChecked()
    action.trigger()
    assert not settings.record_runs
    assert record_to(demo_model()) is None
    action.trigger()
    assert f"the latest {MOST_RUNS} stay" in log_of(opened)


def test_code_runs_again_only_with_consent(
    program, qtbot, tmp_path, of_the_demo, monkeypatch
):
    monkeypatch.setattr(
        writing, "HEADER", dataclasses.replace(writing.HEADER, data="mine:load")
    )
    path = imagine(tmp_path / "a.pruneview-run", end=False)
    program.open(path)
    qtbot.waitUntil(lambda: is_open(program), timeout=10_000)
    resumed = program.worker.resume_recording = MagicMock()
    program.commands.carry_out("continue_recording")
    box = QApplication.activeModalWidget()
    assert "Run mine:load?" in box.text()
    box.buttons()[1].click()
    assert not resumed.called
    program.commands.carry_out("continue_recording")
    QApplication.activeModalWidget().buttons()[0].click()
    place, trust, model, branch = resumed.call_args.args
    assert (place, trust.code, model) == (path, True, demo_model())
    assert branch is None
    program.run._enter(Phase.IDLE)


def test_a_dialog_names_the_recording_to_open(program, qtbot, tmp_path, monkeypatch):
    path = imagine(tmp_path / "a.pruneview-run", end=True)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    program.commands.carry_out("open_recording")
    qtbot.waitUntil(lambda: is_open(program), timeout=10_000)
    # While a run goes on nothing else is opened.
    before = recordings(program).recording
    program.run.phase = Phase.RUNNING
    program.open(path)
    assert "stop it before you open" in program.window.banner.text
    assert recordings(program).recording is before
    program.run.phase = Phase.IDLE


@pytest.mark.tensorflow
def test_a_run_that_is_stopped_goes_on(opened, qtbot):
    window = opened.window
    opened.plan.edit(
        dataclasses.replace(
            opened.plan.plan, epochs=6, end_step=200, frequency=10, final_sparsity=0.5
        )
    )
    opened.commands.carry_out("run")
    qtbot.waitUntil(lambda: "Step 50:" in log_of(opened), timeout=LONG)
    opened.commands.carry_out("stop")
    qtbot.waitUntil(lambda: opened.run.result is not None, timeout=LONG)
    assert opened.run.result.stopped
    stopped_at = opened.run.result.step
    goes_on = window.action("continue_recording")
    qtbot.waitUntil(goes_on.isEnabled, timeout=LONG)

    opened.commands.carry_out("continue_recording")
    qtbot.waitUntil(lambda: opened.run.phase is Phase.RUNNING, timeout=LONG)
    qtbot.waitUntil(lambda: opened.run.phase is Phase.IDLE, timeout=LONG)
    assert f"goes on after step {stopped_at}" in log_of(opened)
    assert not opened.run.result.stopped
    steps = window.charts.accuracy_chart.points("held-out data")[0]
    assert steps == list(range(10, 201, 10))
    with Recording(opened.run.recording) as recording:
        assert recording.outcome == "finished"
        assert list(recording.steps) == steps
    shown = recordings(opened)
    assert not goes_on.isEnabled()
    qtbot.waitUntil(lambda: shown._opened.outcome == "finished", timeout=LONG)
    assert not goes_on.isEnabled()
    assert window.results.item(0, 0).text() == "Accuracy"
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)


def test_the_setting_is_kept(program, settings):
    settings.record_runs = False
    another = Program(settings, Trace(None))
    assert not another.window.action("record_runs").isChecked()
    another.window.close()
    another.shut_down()
