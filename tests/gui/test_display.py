"""What the heatmap shows, marking and copying, in the window."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication

from pruneview.gui.views.display_box import Range
from pruneview.sparsity.pictures.canvas import Arrangement, canvas_for
from pruneview.sparsity.pictures.display import PLAIN
from pruneview.sparsity.pictures.order import SortBy
from pruneview.sparsity.pictures.picture import Region, render, robust_limit, whole
from pruneview.sparsity.pictures.tone import Quantity


@pytest.fixture
def opened(looking, qtbot):
    """The demo's dense kernel, shown plainly."""
    qtbot.waitUntil(lambda: looking.document.model is not None, timeout=10_000)
    looking.window.heatmap.plot.select(None)
    looking.window.heatmap.display.box.choose(PLAIN, Range.AUTOMATIC)
    looking.document.choose_arrangement(Arrangement.SLICES)
    looking.document.select(looking.document.model.weight("dense/kernel"))
    plot = looking.window.heatmap.plot
    qtbot.waitUntil(
        lambda: (
            plot.picture is not None
            and plot.picture.tone == PLAIN.tone
            and plot.picture.order.rows is None
            and not looking.pool.is_busy("picture")
        ),
        timeout=10_000,
    )
    return looking


def values_of(program, path="dense/kernel"):
    return program.document.model.weight(path).read()


def choose(program, qtbot, name):
    """Carry out an action and wait for the picture that comes of it."""
    with qtbot.waitSignal(program.window.heatmap.plot.shown, timeout=5_000):
        program.window.action(name).trigger()
    return program.window.heatmap.plot.picture


@pytest.mark.parametrize(
    ("name", "quantity", "shown"),
    [
        ("show_magnitudes", Quantity.MAGNITUDE, np.abs),
        ("show_mask", Quantity.MASK, np.asarray),
        ("show_difference", Quantity.DIFFERENCE, np.zeros_like),
    ],
)
def test_each_quantity_is_drawn(opened, qtbot, name, quantity, shown):
    picture = choose(opened, qtbot, name)

    values = values_of(opened)
    canvas = canvas_for(values.shape)
    expected = render(
        shown(values),
        canvas,
        whole(canvas),
        block=picture.block,
        limit=picture.limit,
        tone=picture.tone,
    )
    assert picture.tone.quantity is quantity
    np.testing.assert_array_equal(picture.codes, expected.codes)
    bar = opened.window.heatmap._bar
    assert bar.words == [
        {"magnitude": "magnitude", "mask": "kept", "difference": "change"}[quantity]
    ]


def test_the_scale_is_logarithmic_where_wanted_and_says_so(opened, qtbot):
    picture = choose(opened, qtbot, "log_scale")
    bar = opened.window.heatmap._bar

    assert picture.tone.logarithmic
    assert "log scale" in bar.words
    assert "log scale" in bar.accessibleDescription()


def test_a_locked_range_stays_for_other_weights(opened, qtbot):
    plot, bar = opened.window.heatmap.plot, opened.window.heatmap._bar
    before = plot.picture.limit
    choose(opened, qtbot, "lock_scale")
    opened.document.select(opened.document.model.weight("conv_1/kernel"))
    qtbot.waitUntil(lambda: plot.picture is not None, timeout=5_000)

    assert plot.picture.limit == before
    assert "locked" in bar.words
    unlocked = choose(opened, qtbot, "lock_scale")
    assert unlocked.limit == pytest.approx(
        robust_limit(values_of(opened, "conv_1/kernel"))
    )
    assert "locked" not in bar.words


def test_percentile_and_manual_limit_by_the_keyboard(opened, qtbot):
    panel = opened.window.heatmap
    box = panel.display.box
    box._range.setCurrentIndex(box._range.findData(Range.PERCENTILE))
    box._range.activated.emit(box._range.currentIndex())
    box._percentile.selectAll()
    qtbot.keyClicks(box._percentile, "90")
    qtbot.keyClick(box._percentile, Qt.Key.Key_Return)
    expected = robust_limit(values_of(opened), 90)
    qtbot.waitUntil(lambda: panel.plot.picture.limit == expected, timeout=5_000)
    assert "90 %" in panel._bar.words

    box._range.setCurrentIndex(box._range.findData(Range.MANUAL))
    box._range.activated.emit(box._range.currentIndex())
    box._limit.selectAll()
    qtbot.keyClicks(box._limit, "0.25")
    qtbot.keyClick(box._limit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: panel.plot.picture.limit == 0.25, timeout=5_000)
    assert "manual" in panel._bar.words


def test_every_control_has_a_name(opened):
    box = opened.window.heatmap.display.box
    for field in (box._quantity, box._log, box._range, box._percentile, box._limit):
        assert field.accessibleName()
    assert box._rows.accessibleName() == "Sort rows"


def test_rows_and_columns_are_sorted_and_the_picture_says_so(opened, qtbot):
    panel = opened.window.heatmap
    picture = choose(opened, qtbot, "sort_by_norm")
    values = values_of(opened)
    norms = np.linalg.norm(values.astype(np.float64), axis=1)

    assert list(picture.order.rows.indices) == list(np.argsort(-norms, kind="stable"))
    for axis in (panel.plot._rows, panel.plot._columns):
        assert "largest norm first" in axis.labelText
    panel.plot.cell_hovered.emit((0, 0))
    row, column = panel.index_at((0, 0))
    assert row == np.argmax(norms)
    assert panel.readout.startswith(f"[{row}, {column}] = ")
    shown = panel.readout.split("=")[1].replace("−", "-")
    assert float(shown) == pytest.approx(values[row, column], rel=1e-3)

    unsorted = choose(opened, qtbot, "sort_by_norm")
    assert unsorted.order.rows is None
    assert panel.plot._rows.labelText == "input"


def test_kernels_by_filter(opened, qtbot):
    opened.document.select(opened.document.model.weight("conv_2/kernel"))
    combo = opened.window.heatmap._arrangement
    assert combo.isVisible()
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    plot = opened.window.heatmap.plot
    qtbot.waitUntil(lambda: plot.picture is not None, timeout=5_000)
    canvas = opened.document.canvas

    assert (canvas.rows.title, canvas.rows.count) == ("filter", 64)
    assert (canvas.columns.title, canvas.columns.count) == ("input channel", 32)
    kernel = values_of(opened, "conv_2/kernel")
    index = canvas.index_at(canvas.rows.tile_start(5) + 2, canvas.columns.tile_start(7))
    assert index == (2, 0, 7, 5)
    assert (
        canvas.place(kernel)[
            canvas.rows.tile_start(5) + 2, canvas.columns.tile_start(7)
        ]
        == (kernel[index])
    )
    sorted_picture = choose(opened, qtbot, "sort_by_sparsity")
    assert sorted_picture.order.columns.by is SortBy.SPARSITY


def test_marking_gives_exact_numbers(opened, qtbot):
    panel = opened.window.heatmap
    panel.plot.select(Region(10, 60, 20, 50))
    qtbot.waitUntil(lambda: "Marked" in panel._marked.text(), timeout=5_000)

    part = values_of(opened)[10:60, 20:50]
    words = panel._marked.text().replace("−", "-")
    assert "1,500 weights" in words
    assert f"{np.count_nonzero(part == 0)} exactly zero" in words
    norm = float(words.split("norm ")[1].rstrip("."))
    assert norm == pytest.approx(np.linalg.norm(part), rel=1e-3)
    low, high = words.split("), ")[1].split(",")[0].split(" to ")
    assert float(low) == pytest.approx(part.min(), rel=1e-3)
    assert float(high) == pytest.approx(part.max(), rel=1e-3)

    opened.window.action("mark_view").trigger()
    assert panel.plot.selected is None
    assert not panel._marked.isVisible()
    opened.window.action("mark_view").trigger()
    qtbot.waitUntil(lambda: "147,456 weights" in panel._marked.text(), timeout=5_000)


def test_gaps_are_no_weights_of_what_is_marked(opened, qtbot):
    panel = opened.window.heatmap
    opened.document.select(opened.document.model.weight("conv_2/kernel"))
    qtbot.waitUntil(lambda: panel.plot.picture is not None, timeout=5_000)
    opened.window.action("mark_view").trigger()
    size = math.prod(opened.document.weight.shape)
    qtbot.waitUntil(lambda: f"{size:,} weights" in panel._marked.text(), timeout=5_000)


def test_shift_and_drag_marks_a_rectangle(opened, qtbot):
    plot = opened.window.heatmap.plot
    box = plot.getPlotItem().vb

    def at(column, row):
        return plot.mapFromScene(box.mapViewToScene(QPointF(column, row)))

    QApplication.processEvents()  # the axes have their room
    shift = Qt.KeyboardModifier.ShiftModifier
    viewport = plot.viewport()
    before = box.viewRect()
    start, end = at(20.5, 100.5), at(80.5, 700.5)
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, shift, start)
    for share in (0.3, 0.6, 1.0):
        step = start + QPoint(*(int(share * d) for d in (end - start).toTuple()))
        _drag(viewport, step, shift)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, shift, end)

    marked = plot.selected
    assert marked is not None
    assert abs(marked.left - 20) <= 1
    assert abs(marked.right - 81) <= 1
    assert abs(marked.top - 100) <= 4
    assert abs(marked.bottom - 701) <= 4
    assert box.viewRect() == before


def _drag(viewport, where, modifiers):
    moved = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(where),
        QPointF(viewport.mapToGlobal(where)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        modifiers,
    )
    QApplication.sendEvent(viewport, moved)


def test_value_row_and_picture_can_be_copied(opened, qtbot):
    panel, clipboard = opened.window.heatmap, QGuiApplication.clipboard()
    values = values_of(opened)
    panel.plot.cell_hovered.emit((3, 4))
    opened.window.action("copy_value").trigger()
    assert np.float32(clipboard.text()) == values[3, 4]

    opened.window.action("copy_row").trigger()
    qtbot.waitUntil(lambda: "\t" in clipboard.text(), timeout=5_000)
    row = np.array(clipboard.text().split("\t"), np.float32)
    np.testing.assert_array_equal(row, values[3])

    panel.plot.select(Region(3, 5, 4, 7))
    opened.window.action("copy_row").trigger()
    qtbot.waitUntil(lambda: "\n" in clipboard.text(), timeout=5_000)
    table = np.array([r.split("\t") for r in clipboard.text().split("\n")], np.float32)
    np.testing.assert_array_equal(table, values[3:5, 4:7])

    opened.window.action("copy_picture").trigger()
    image = clipboard.image()
    assert (image.width(), image.height()) == (
        panel.width() * panel.devicePixelRatio(),
        panel.height() * panel.devicePixelRatio(),
    )
