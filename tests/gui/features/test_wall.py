"""The wall of all layers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.wall import WallFeature
from pruneview.gui.features.wall.feature import largest
from pruneview.gui.features.wall.layout import _LEAST_SHARE, squarify
from pruneview.gui.theme import DARK
from pruneview.sparsity.pictures.thumbnail import thumbnail
from pruneview.sparsity.pictures.tone import Quantity


@settings(deadline=None)
@given(
    sizes=st.lists(st.integers(1, 10**8), min_size=1, max_size=60),
    width=st.floats(50, 3000),
    height=st.floats(50, 3000),
)
def test_places_fill_the_wall_in_proportion(sizes, width, height):
    places = squarify(sizes, width, height)

    areas = np.array([p.width * p.height for p in places])
    assert areas.sum() == pytest.approx(width * height)
    least = max(1.0, _LEAST_SHARE * max(sizes))
    shares = np.maximum(sizes, least)
    np.testing.assert_allclose(areas, shares * (width * height / shares.sum()))
    for place in places:
        assert place.left >= 0
        assert place.top >= 0
        assert place.left + place.width <= width * 1.0001
        assert place.top + place.height <= height * 1.0001
    middles = [(p.left + p.width / 2, p.top + p.height / 2) for p in places]
    for n, (x, y) in enumerate(middles):
        hit = [
            m
            for m, p in enumerate(places)
            if p.left < x < p.left + p.width and p.top < y < p.top + p.height
        ]
        assert hit == [n]


def test_one_large_layer_leaves_the_small_ones_room_to_be_seen():
    places = squarify([147_600, 18_496, 1_450, 320], 620, 190)
    for place in places:
        assert min(place.width, place.height) > 20
        ratio = place.width / place.height
        assert 1 / 6 < ratio < 6


def test_no_layers_no_places():
    assert squarify([], 100, 100) == []
    assert squarify([5], 0, 100)[0].width == 0


@pytest.fixture
def wall(looking, qtbot):
    """The wall of the demo's layers, each with its picture."""
    qtbot.waitUntil(lambda: looking.document.model is not None, timeout=10_000)
    panel = looking.features.find(WallFeature).panel
    if not panel.isVisible():
        looking.window.action("wall").trigger()
    qtbot.waitUntil(
        lambda: panel.bricks and all(b.thumbnail for b in panel.bricks), timeout=10_000
    )
    return panel


def test_every_layer_is_there_as_its_weight_is(looking, wall):
    layers = [layer for layer in looking.document.model.layers if layer.weights]
    by_size = sorted(layers, key=lambda layer: -layer.parameter_count)
    assert [brick.layer for brick in wall.bricks] == by_size
    for brick, layer in zip(wall.bricks, by_size, strict=True):
        values = largest(layer).read()
        expected = thumbnail(brick.wish, np.asarray(values))
        np.testing.assert_array_equal(
            brick.thumbnail.picture.codes, expected.picture.codes
        )
        assert brick.thumbnail.zeros == np.count_nonzero(values == 0)
        assert layer.path in brick.accessibleName()
        assert f"{layer.parameter_count:,} parameters" in brick.accessibleName()
        assert "exactly zero" in brick.accessibleName()


def test_a_click_or_a_key_opens_a_layer(looking, wall, qtbot):
    first = next(b for b in wall.bricks if b.layer.name == "conv_2")
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    assert looking.document.weight.path == "conv_2/kernel"
    looking.window.activateWindow()
    first.setFocus()
    step = wall.bricks.index(first)
    qtbot.waitUntil(first.hasFocus, timeout=5_000)
    qtbot.keyClick(first, Qt.Key.Key_Right)
    other = wall.bricks[step + 1]
    assert other.hasFocus()
    qtbot.keyClick(other, Qt.Key.Key_Space)
    assert looking.document.weight.path == other.weight.path
    assert looking.run.phase is Phase.IDLE
    qtbot.keyClick(other, Qt.Key.Key_Left)
    qtbot.keyClick(first, Qt.Key.Key_Return)
    assert looking.document.weight.path == first.weight.path
    other = first
    qtbot.waitUntil(other.isChecked, timeout=5_000)
    assert [brick.isChecked() for brick in wall.bricks].count(True) == 1


def test_it_shows_what_the_heatmap_shows_and_wears_the_theme(looking, wall, qtbot):
    looking.window.action("show_mask").trigger()
    qtbot.waitUntil(
        lambda: all(
            b.thumbnail.picture.tone.quantity is Quantity.MASK for b in wall.bricks
        ),
        timeout=5_000,
    )
    before = wall.bricks[0].grab().toImage()
    looking.features.set_theme(DARK)
    assert wall.bricks[0].grab().toImage() != before


def test_hidden_it_wants_nothing(looking, wall, qtbot):
    looking.window.action("wall").trigger()
    assert not looking.window.findChild(QDockWidget, "wall").isVisible()
    assert not looking.pool.is_busy("wall")
    assert not looking.worker._wall.is_new
