"""What if: counts at any threshold, sizes, the overlay, and the window around them."""

import re
from dataclasses import replace
from unittest.mock import MagicMock

import numpy as np
import pytest
from PySide6.QtCore import Qt

from pruneview.formats import open_model
from pruneview.gui.features.what_if import WhatIf
from pruneview.gui.features.what_if.answers import Known
from pruneview.gui.features.what_if.counts import (
    BucketedMagnitudes,
    SortedMagnitudes,
)
from pruneview.gui.features.what_if.overlay import cut_codes, shares_that_go
from pruneview.gui.features.what_if.sizes import exact_size, size_curve
from pruneview.gui.program import Program
from pruneview.gui.views.layer_model import WOULD_BE_ROLE
from pruneview.gui.views.layer_rows import Column
from pruneview.pruning.demo import demo_model
from pruneview.pruning.without_training import prune_file
from pruneview.sparsity.masking.masks import threshold_mask
from pruneview.sparsity.pictures.canvas import canvas_for
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.picture import render, whole
from pruneview.sparsity.pictures.tone import Quantity, Tone
from pruneview.sparsity.sizing.deflating import deflated_size_of_pieces


@pytest.fixture(autouse=True)
def without_tensorflow(monkeypatch):
    """Nothing is trained here: its import would take most of the time."""
    monkeypatch.setattr(Program, "_warm_up", lambda _program: None)


@pytest.fixture(scope="module")
def values():
    random = np.random.default_rng(5)
    values = random.normal(0, 0.1, (300, 200)).astype(np.float32)
    values[random.random(values.shape) < 0.2] = 0
    return values


def below(values, threshold):
    return int(np.count_nonzero(~threshold_mask(values, threshold)))


# Counts


def test_sorted_counts_are_exact_at_and_around_every_kind_of_threshold(values):
    counts = SortedMagnitudes(values)
    some = float(np.abs(values).ravel()[7])
    for at in (0.0, some, float(np.nextafter(np.float32(some), 1)), 0.05, 9.0):
        assert counts.below(at) == below(values, at)
    assert counts.zeros == np.count_nonzero(values == 0)


def test_nan_and_infinity_are_kept_at_any_threshold():
    broken = np.array([np.nan, np.inf, 0.5, 0.0], np.float32)
    for kind in (SortedMagnitudes(broken), BucketedMagnitudes([broken])):
        assert (kind.below(3e38), kind.size, kind.zeros) == (2, 4, 1)


def test_bucketed_counts_are_right_to_a_bucket(values):
    pieces = [values[:100], values[100:]]
    counts = BucketedMagnitudes(pieces)
    magnitudes = np.abs(values)
    assert (counts.size, counts.zeros) == (values.size, below(values, 1e-30))
    for at in np.float32(np.linspace(1e-4, 0.5, 60)):
        within = np.count_nonzero(
            (magnitudes > at * (1 - 1 / 2048)) & (magnitudes < at * (1 + 1 / 2048))
        )
        assert abs(counts.below(float(at)) - below(values, at)) <= within
    assert counts.below(0.0) == 0
    assert counts.below(1e-44) == counts.zeros
    assert counts.below(100.0) == values.size


def test_half_precision_is_counted_as_it_is_pruned(values):
    half = values.astype(np.float16)
    at = float(np.float32(0.0501))
    assert SortedMagnitudes(half).below(at) == below(half, at)


def test_only_what_takes_part_counts_and_zeros_stay_zeros(values):
    known = Known(("a", "b"), 2, {"a": SortedMagnitudes(values)})
    known.counts["b"] = SortedMagnitudes(np.full(10, 0.3))
    both = known.outcome(0.31, frozenset("ab"))
    assert both.emptied == ("b",)
    assert both.share == (below(values, 0.31) + 10) / (values.size + 10)
    alone = known.outcome(0.0, frozenset("a"))
    assert alone.zeros == {"a": np.count_nonzero(values == 0)}
    assert not known.is_counted(frozenset("abc"))


# Sizes


def test_the_estimate_of_a_size_is_near_and_the_exact_one_exact():
    with open_model(demo_model()) as model:
        weights = [w for layer in model.layers for w in layer.weights]
        taken = frozenset(w.path for w in weights if w.prunable)
        known = Known(tuple(taken), len(weights))
        for weight in weights:
            known.curves[weight.path] = size_curve(weight)
            if weight.prunable:
                known.counts[weight.path] = SortedMagnitudes(weight.read())
        for at in (0.0, 0.02, 0.05, 0.1):
            exact = exact_size(weights, taken, at, lambda: False)
            expected = 0
            for weight in weights:
                read = weight.read()
                if weight.prunable:
                    read = np.where(threshold_mask(read, at), read, np.float32(0))
                expected += deflated_size_of_pieces([read])
            assert exact == expected
            about = known.outcome(at, taken).deflated
            assert about == pytest.approx(exact, rel=0.03)
        assert exact_size(weights, taken, 0.1, lambda: True) is None


def test_a_size_waits_for_all_curves(values):
    known = Known(("a",), 1, {"a": SortedMagnitudes(values)})
    assert known.outcome(0.1, frozenset("a")).deflated is None


# The overlay


def drawn(values, block=(1, 1), tone=None):
    canvas = canvas_for(values.shape)
    tone = tone or Tone()
    placed = canvas.place(Display(quantity=tone.quantity).of(values))
    return render(placed, canvas, whole(canvas), block=block, limit=0.25, tone=tone)


@pytest.mark.parametrize("logarithmic", [False, True])
@pytest.mark.parametrize("quantity", [Quantity.SIGNED, Quantity.MAGNITUDE])
def test_codes_tell_what_goes_to_half_a_level(values, quantity, logarithmic):
    picture = drawn(values, tone=Tone(quantity, logarithmic))
    placed = canvas_for(values.shape).place(values)
    at = 0.1
    cut = cut_codes(picture, at)[picture.codes]
    goes = (np.abs(placed) < at) & (placed != 0)
    wrong = np.abs(placed[cut != goes])
    # Only what lies within a level of the threshold may be on the wrong side.
    assert goes.any()
    assert np.all(np.abs(wrong - at) < (0.02 if logarithmic else 0.25 / 115))


def test_a_pixel_of_several_weights_is_cut_when_the_largest_goes(values):
    picture = drawn(values, block=(4, 4))
    assert not cut_codes(picture, 0.0).any()
    every = cut_codes(picture, 9.0)[picture.codes]
    assert every.all()


def test_where_colours_tell_no_magnitudes_nothing_is_covered(values):
    for quantity in (Quantity.MASK, Quantity.DIFFERENCE):
        assert not cut_codes(drawn(values, tone=Tone(quantity)), 9.0).any()


def test_shares_count_what_goes_and_not_what_is_gone():
    cells = np.array([[0.0, 0.1, 0.9], [0.2, 0.9, 0.05]], np.float32)
    shares = shares_that_go(cells, (2, 2), 0.15)
    assert shares.tolist() == [[64, 128]]  # a quarter and a half, rounded up
    lone = np.full((40, 40), 0.9, np.float32)
    lone[3, 3] = 0.1
    assert shares_that_go(lone, (40, 40), 0.15).tolist() == [[1]]
    assert shares_that_go(lone, (1, 1), 0.15)[3, 3] == 255


# The window


@pytest.fixture
def asked(opened, qtbot):
    """The program with the demo, asked what if all below 0.08 were zero."""
    qtbot.waitUntil(opened.window.histogram._line.isVisible)
    qtbot.waitUntil(lambda: opened.window.histogram._line.movable)
    opened.window.histogram._move_to(0.08)
    feature = opened.features.find(WhatIf)
    qtbot.waitUntil(lambda: feature.known.is_counted(feature.taken), timeout=10_000)
    qtbot.waitUntil(lambda: "(estimate)" in words(opened), timeout=10_000)
    return opened


def words(program):
    return program.window.histogram.threshold_text


def expected_share(program, at):
    weights = [w for x in program.document.model.layers for w in x.weights]
    read = [w.read() for w in weights if w.prunable]
    return sum(below(v, at) for v in read) / sum(v.size for v in read)


def test_heatmap_table_and_size_follow_and_become_exact(asked, qtbot):
    feature, at = asked.features.find(WhatIf), float(np.float32(0.08))
    plot, table = asked.window.heatmap.plot, asked.window.layers
    asked.window.histogram._move_to(0.08)  # a picture may have come in between
    assert feature._overlay.cut[plot.picture.codes].any()
    share = expected_share(asked, at)
    assert f"{share:.1%}".replace("%", " %") in words(asked)
    index = table._model.index_of("dense/kernel").siblingAtColumn(Column.SPARSITY)
    kernel = asked.document.model.weight("dense/kernel").read()
    assert index.data(WOULD_BE_ROLE) == below(kernel, at) / kernel.size
    assert index.data().startswith("→ ")

    feature.release()
    qtbot.waitUntil(lambda: "by deflate (ISA-L level 2)" in words(asked))
    qtbot.waitUntil(lambda: feature._overlay.cut is None)  # shares, not colours
    goes = shares_that_go(asked.document.canvas.place(kernel), plot.picture.block, at)
    np.testing.assert_array_equal(feature._overlay._image.image, goes)

    asked.window.histogram.left.emit()
    assert index.data(WOULD_BE_ROLE) is None
    assert not feature._overlay._image.isVisible()
    assert "At 80.0 % sparsity" in words(asked)


def test_keys_move_the_threshold_and_escape_leaves(asked, qtbot):
    panel, feature = asked.window.histogram, asked.features.find(WhatIf)
    asked.window.activateWindow()
    panel.plot.setFocus()
    before, top = feature.threshold, panel._histogram.maximum
    qtbot.keyClick(panel.plot, Qt.Key.Key_Right)
    assert feature.threshold == pytest.approx(before + 0.01 * top)
    qtbot.keyClick(panel.plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert feature.threshold == pytest.approx(before + 0.009 * top)
    qtbot.keyClick(panel.plot, Qt.Key.Key_PageUp)
    assert feature.threshold == pytest.approx(before + 0.109 * top)
    qtbot.keyClick(panel.plot, Qt.Key.Key_Escape)
    assert feature.threshold is None


def test_another_weight_keeps_the_threshold_and_an_edit_leaves_it(asked, qtbot):
    feature = asked.features.find(WhatIf)
    weight = asked.document.model.weight("conv_2/kernel")
    asked.document.select(weight)
    asked.plan.edit(replace(asked.plan.plan, final_sparsity=0.5), show=True)
    assert asked.window.histogram._line.value() == feature.threshold
    assert feature.threshold == float(np.float32(0.08))
    share = below(weight.read(), 0.08) / weight.size
    assert f"{share:.1%} of this".replace("%", " %") in words(asked)
    qtbot.waitUntil(lambda: asked.window.heatmap.plot.picture is not None)
    assert feature._overlay._image.isVisible()


def test_it_becomes_the_plans_target_and_undo_takes_it_back(asked):
    before = asked.plan.plan
    share = expected_share(asked, float(np.float32(0.08)))
    asked.window.histogram.target_wanted.emit()
    plan = asked.plan.plan
    assert (plan.final_sparsity, plan.scope) == (round(share, 4), "global")
    assert not asked.plan.problems
    asked.history.undo()
    assert asked.plan.plan == before


def test_a_copy_has_exactly_these_zeros(asked, qtbot, tmp_path):
    path, at = tmp_path / "copy.keras", float(np.float32(0.08))
    asked.commands._ask_where = MagicMock(return_value=path)
    share = expected_share(asked, at)
    asked.window.histogram.copy_wanted.emit()
    qtbot.waitUntil(lambda: asked.document.model.path == path, timeout=20_000)
    assert asked.features.find(WhatIf).threshold is None
    kernels = [
        w.read() for x in asked.document.model.layers for w in x.weights if w.prunable
    ]
    zeros = sum(np.count_nonzero(v == 0) for v in kernels)
    assert zeros / sum(v.size for v in kernels) == share


def test_prune_file_takes_a_threshold(tmp_path):
    found = prune_file(demo_model(), tmp_path / "x.keras", 0.0, threshold=0.05)
    assert {weight.threshold for weight in found.weights} == {0.05}
    assert 0 < found.sparsity < 1
    assert re.fullmatch(r"0\.\d+", str(found.sparsity))
