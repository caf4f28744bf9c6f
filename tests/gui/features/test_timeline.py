"""The timeline: every panel shows the moment that is looked at."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.features.timeline.extent import Extent
from pruneview.gui.features.timeline.player import Player
from pruneview.gui.features.timeline.showing import MomentMaker
from pruneview.gui.views.layer_rows import Column
from pruneview.runs import Replay
from pruneview.sparsity.pictures import picture
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.picture import render
from pruneview.sparsity.pictures.tone import Quantity
from tests.gui.features.imagined import record_demo, stands_at
from tests.gui.test_run import ended, plan_for, start, wait_for


def go(qtbot, program, step):
    timeline = program.features.find(Timeline)
    timeline.go_to(step)
    qtbot.waitUntil(lambda: stands_at(timeline, step), timeout=10_000)
    return timeline


def table_zeros(program, path):
    model = program.window.layers.view.model()
    return model.index_of(path).siblingAtColumn(Column.ZEROS).data()


def test_all_panels_show_the_moment(filmed, qtbot):
    window = filmed.window
    weight = filmed.document.weight.path
    for step in (80, 35, 5, 62):
        timeline = go(qtbot, filmed, step)
        at = step // 10 * 10
        mask = filmed.masks[at][weight] if at else None
        zeros = int((~mask).sum()) if at else 0
        shown = timeline.shown
        if at:
            assert np.array_equal(shown.frame.values != 0, mask)
        assert table_zeros(filmed, weight) == f"{zeros:,}"
        assert f"{zeros:,}" in window.histogram.zero_text
        codes = window.heatmap.plot.picture.codes
        assert (codes < picture.FIRST_VALUE).any() == (at > 0)
        assert f"{at}.0 %" in window.charts.sparsity_chart.heading
        accuracy = f"{98 - at / 10:.1f} %"
        assert accuracy in window.charts.accuracy_chart.heading
        assert f"Step {step} of 100" in timeline.bar.words
    assert "values of step 40 · masks of step 60" in timeline.bar.words
    go(qtbot, filmed, 5)
    assert "values of the baseline · before the first mask" in timeline.bar.words


def test_a_moment_is_compared_with_the_baseline(filmed, qtbot):
    weight = filmed.document.file.weight(filmed.document.weight.path)
    before = np.asarray(weight.read())
    filmed.window.action("show_difference").trigger()
    for step in (45, 62, 15, 5, 100):
        timeline = go(qtbot, filmed, step)
        frame = timeline.shown.frame
        tone = frame.picture.tone
        assert tone.quantity is Quantity.DIFFERENCE
        canvas = canvas_for(before.shape)
        expected = render(
            canvas.place(np.subtract(frame.values, before)),
            canvas,
            frame.picture.region,
            block=frame.picture.block,
            limit=frame.picture.limit,
            tone=tone,
        )
        np.testing.assert_array_equal(frame.picture.codes, expected.codes)
        changed = (frame.values != before).any()
        assert changed == (step >= 10)
    assert "differs" not in timeline.bar.words


def test_where_only_masks_are_known_that_is_said(filmed, qtbot):
    # Nothing was kept before step 10 but the baseline.
    maker = filmed.features.find(Timeline)._wanted.maker
    request = replace(
        filmed.frames.request, display=Display(quantity=Quantity.DIFFERENCE)
    )
    kept, maker.replay._nearest = (
        maker.replay._nearest,
        lambda path, _step: (0, maker.replay.baseline(path)),
    )
    shown = maker.make(60, request)
    maker.replay._nearest = kept
    before = maker.replay.baseline(request.weight_path)
    mask = filmed.masks[60][request.weight_path]
    np.testing.assert_array_equal(shown.frame.values, np.where(mask, before, 0))
    assert "only what is pruned differs" in shown.words
    plain = maker.make(60, filmed.frames.request)
    assert "differs" not in plain.words


def test_without_the_runs_file_nothing_is_compared(filmed):
    maker = filmed.features.find(Timeline)._wanted.maker
    request = replace(
        filmed.frames.request, display=Display(quantity=Quantity.DIFFERENCE)
    )
    bare = MomentMaker(Replay(maker.replay.recording), growing=False)
    shown = bare.make(60, request)
    assert "nothing to compare with" in shown.words
    assert bare.make(5, request).frame is None


def test_the_curves_are_those_of_the_recording(filmed):
    charts = filmed.window.charts
    steps, counted = charts.sparsity_chart.points("counted")
    assert steps[::2] == list(range(10, 81, 10))
    assert counted[-1] == pytest.approx(80)
    assert charts.accuracy_chart.points("held-out data")[1][-1] == pytest.approx(90)
    assert charts.size_chart.points("deflated")[1][0] == pytest.approx(0.6)
    assert filmed.window.results.rowCount() > 0


def test_keys_on_the_track(filmed, qtbot):
    timeline = filmed.features.find(Timeline)
    track = timeline.bar.track
    for key, step in (
        (Qt.Key.Key_Left, 80),
        (Qt.Key.Key_Left, 70),
        (Qt.Key.Key_Right, 80),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Right, 10),
        (Qt.Key.Key_End, 100),
        (Qt.Key.Key_PageDown, 0),
    ):
        qtbot.keyClick(track, key)
        qtbot.waitUntil(lambda step=step: stands_at(timeline, step), timeout=10_000)
        assert track.value() == step
    filmed.window.activateWindow()
    track.setFocus()
    phase = filmed.run.phase
    qtbot.keyClick(track, Qt.Key.Key_Space)
    assert filmed.run.phase is phase, "Space plays here, and starts no run"
    qtbot.waitUntil(lambda: timeline.shown.moment.step > 0, timeout=10_000)


def test_a_drag_along_the_track(filmed, qtbot):
    timeline = filmed.features.find(Timeline)
    track = timeline.bar.track
    middle = QPoint(track.width() // 2, track.height() // 2)
    qtbot.mousePress(track, Qt.MouseButton.LeftButton, pos=QPoint(20, middle.y()))
    qtbot.mouseMove(track, middle)
    qtbot.mouseClick(track, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: stands_at(timeline, 50), timeout=10_000)


def test_playing_both_ways_stops_at_the_ends(filmed, qtbot):
    timeline = filmed.features.find(Timeline)
    timeline.bar.seconds_chosen.emit(0.5)
    seen = []

    def watch():
        if timeline.shown is not None:
            seen.append(timeline.shown.moment.step)

    timeline.on_moment = watch
    timeline.bar.play_wanted.emit(1)
    qtbot.waitUntil(lambda: stands_at(timeline, 100) and len(seen) > 3, timeout=10_000)
    assert seen == sorted(seen)
    seen.clear()
    timeline.bar.play_wanted.emit(-1)
    qtbot.waitUntil(lambda: stands_at(timeline, 0), timeout=10_000)
    assert seen == sorted(seen, reverse=True)
    assert len(seen) > 3


def test_another_weight_of_the_same_moment(filmed, qtbot):
    timeline = go(qtbot, filmed, 30)
    path = min(filmed.masks[30], key=lambda name: filmed.masks[30][name].size)
    filmed.window.layers.select(path)

    def shows():
        frame = timeline.shown.frame
        return frame is not None and frame.request.weight_path == path

    qtbot.waitUntil(shows, timeout=10_000)
    assert np.array_equal(timeline.shown.frame.values != 0, filmed.masks[30][path])
    assert timeline.shown.moment.step == 30


def test_another_model_takes_its_runs_away(filmed, qtbot):
    timeline = filmed.features.find(Timeline)
    filmed.open(filmed.document.model.path, discard=True)
    qtbot.waitUntil(lambda: timeline.replay is None, timeout=10_000)
    assert not filmed.window.action("play").isEnabled()
    assert timeline.shown is None


def test_a_killed_run_is_shown_as_far_as_it_came(untrained, qtbot, tmp_path):
    record_demo(tmp_path / "whole.run", end=False)
    data = (tmp_path / "whole.run").read_bytes()
    path = tmp_path / "killed.run"
    path.write_bytes(data[: int(len(data) * 0.97)])
    timeline = untrained.features.find(Timeline)
    untrained.open(path)
    qtbot.waitUntil(lambda: timeline.shown is not None, timeout=10_000)
    assert 0 < timeline.shown.moment.step < 100


@pytest.mark.tensorflow
def test_looking_back_while_the_run_goes_on_and_afterwards(opened, qtbot):
    plan_for(opened, epochs=8, end_step=200)
    timeline = opened.features.find(Timeline)
    start(opened, qtbot)
    wait_for(qtbot, lambda: timeline.replay is not None)
    size_chart = opened.window.charts.size_chart
    wait_for(qtbot, lambda: len(size_chart.points("deflated")[0]) > 0)
    wait_for(qtbot, lambda: timeline.bar.track.value() >= 10)
    opened.run.pause_or_continue()
    wait_for(qtbot, lambda: opened.run.phase is Phase.PAUSED)
    timeline.go_to(10)
    wait_for(qtbot, lambda: stands_at(timeline, 10))
    opened.run.pause_or_continue()
    heading = opened.window.charts.sparsity_chart.heading
    wait_for(qtbot, lambda: ended(opened))
    # The run went on, and the moment stayed on show.
    assert timeline.shown.moment.step == 10
    assert opened.window.charts.sparsity_chart.heading == heading
    weight = opened.document.weight.path
    of_moment = timeline.shown.moment.weight(weight).zeros
    assert table_zeros(opened, weight) == f"{of_moment:,}"
    timeline.now()
    final = {w.path: w for w in opened.run.result.weights}[weight].zeros
    assert final > of_moment
    assert table_zeros(opened, weight) == f"{final:,}"
    zeros = f"{final:,}"
    wait_for(qtbot, lambda: zeros in opened.window.histogram.zero_text)
    # The end of the recording and the model in memory are the same.
    timeline.go_to(opened.run.result.step)
    wait_for(qtbot, lambda: stands_at(timeline, opened.run.result.step))
    assert np.count_nonzero(timeline.shown.frame.values == 0) == final
    assert timeline.shown.since == timeline.shown.moment.step


def test_the_player_moves_evenly_and_stops():
    now = [0.0]
    player = Player(lambda: now[0])
    player.seconds = 10
    player.play(1, 0)
    now[0] = 2.5
    assert player.move(last=80, steps=100) == 25
    now[0] = 9.0
    assert player.move(last=80, steps=100) == 80
    assert player.direction == 0
    player.play(-1, 80)
    now[0] = 10.0
    assert player.move(last=80, steps=100) == 70


def test_stops_before_and_after():
    extent = Extent(100)
    extent.add([20, 10])
    assert extent.stops == [0, 10, 20]
    extent.reach(25)
    assert [extent.after(s) for s in (0, 10, 15, 20)] == [10, 20, 20, 25]
    assert [extent.before(s) for s in (25, 20, 10, 0)] == [20, 10, 0, 0]
    assert extent.steps == 100
