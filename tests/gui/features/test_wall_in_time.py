"""The wall shows the moment on the timeline, and what is pruned in memory."""

import numpy as np
import pytest

from pruneview.gui.controllers.one_shot import OneShot
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.features.wall import WallFeature
from pruneview.sparsity.masking.masks import threshold_mask
from pruneview.sparsity.pictures.thumbnail import thumbnail
from pruneview.sparsity.pictures.tone import Quantity
from tests.gui.features.imagined import stands_at


@pytest.fixture
def wall(filmed, qtbot):
    """The wall with a recording on show, at its end."""
    panel = filmed.features.find(WallFeature).panel
    if not panel.isVisible():
        filmed.window.action("wall").trigger()
    qtbot.waitUntil(
        lambda: panel.bricks and all(b.thumbnail for b in panel.bricks), timeout=20_000
    )
    return panel


def go(program, qtbot, step):
    timeline = program.features.find(Timeline)
    timeline.go_to(step)
    qtbot.waitUntil(lambda: stands_at(timeline, step), timeout=20_000)
    return timeline.replay


def zeros(panel):
    return {b.weight.path: b.thumbnail.zeros for b in panel.bricks if b.thumbnail}


def test_each_brick_is_its_weight_at_that_step(filmed, wall, qtbot):
    for step in (60, 25, 5, 80):
        replay = go(filmed, qtbot, step)
        at = {
            b.weight.path: replay.values(b.weight.path, step).array for b in wall.bricks
        }
        expected = {path: int(np.count_nonzero(v == 0)) for path, v in at.items()}
        qtbot.waitUntil(
            lambda expected=expected: zeros(wall) == expected, timeout=20_000
        )
        for brick in wall.bricks:
            path = brick.weight.path
            mask = filmed.masks.get(step // 10 * 10, {}).get(path)
            if mask is not None:
                assert brick.thumbnail.zeros == np.count_nonzero(~mask)
            drawn = thumbnail(brick.wish, at[path], filmed.document.display)
            np.testing.assert_array_equal(
                brick.thumbnail.picture.codes, drawn.picture.codes
            )


def test_differences_are_to_the_runs_baseline(filmed, wall, qtbot):
    go(filmed, qtbot, 60)
    filmed.window.action("show_difference").trigger()
    first = wall.bricks[0]
    qtbot.waitUntil(
        lambda: first.thumbnail.picture.tone.quantity is Quantity.DIFFERENCE,
        timeout=20_000,
    )
    path = first.weight.path
    replay = filmed.features.find(Timeline).replay
    drawn = thumbnail(
        first.wish,
        replay.values(path, 60).array,
        filmed.document.display,
        np.asarray(filmed.document.file.weight(path).read()),
    )
    np.testing.assert_array_equal(first.thumbnail.picture.codes, drawn.picture.codes)


def test_what_was_not_kept_is_not_shown(filmed, wall, qtbot):
    replay = go(filmed, qtbot, 60)
    replay._baseline = None  # as if the run's file were another one
    filmed.features.find(Timeline).go_to(5)
    qtbot.waitUntil(lambda: not any(b.thumbnail for b in wall.bricks), timeout=20_000)
    assert all(b.grab() for b in wall.bricks)
    go(filmed, qtbot, 60)
    qtbot.waitUntil(lambda: all(b.thumbnail for b in wall.bricks), timeout=20_000)


def test_without_a_moment_the_file_is_shown_pruned_or_not(untrained, qtbot):
    panel = untrained.features.find(WallFeature).panel
    if not panel.isVisible():
        untrained.window.action("wall").trigger()
    qtbot.waitUntil(
        lambda: panel.bricks and all(b.thumbnail for b in panel.bricks), timeout=20_000
    )
    before, at = zeros(panel), 0.05
    paths = frozenset(b.weight.path for b in panel.bricks if b.weight.prunable)
    expected = {
        b.weight.path: int(np.count_nonzero(~threshold_mask(b.weight.read(), at)))
        for b in panel.bricks
        if b.weight.path in paths
    }
    untrained.one_shots.apply(OneShot(at, paths))
    qtbot.waitUntil(lambda: zeros(panel) == before | expected, timeout=20_000)
    untrained.history.undo()
    qtbot.waitUntil(lambda: zeros(panel) == before, timeout=20_000)
