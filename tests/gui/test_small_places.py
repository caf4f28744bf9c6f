"""What pictures of every state (`tests/gallery`) showed to have too little room."""

from itertools import product

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QDockWidget,
    QMenu,
    QTableWidgetItem,
)

from pruneview.gui.features.comparison import ComparisonFeature
from pruneview.gui.features.runs.panel import RunsPanel
from pruneview.gui.theme import LIGHT, THEMES
from pruneview.gui.views.axes import ValueAxis
from pruneview.gui.views.histogram_panel import HistogramPanel
from pruneview.gui.views.report_panel import ReportPanel
from pruneview.gui.views.status import StatusLine
from pruneview.gui.views.worded_table import WordedTable
from pruneview.pruning.demo import demo_model
from pruneview.pruning.report.rows import CostReport, Figure, Row, Zeros
from pruneview.pruning.without_training import prune_file
from tests.gui.conftest import is_shown
from tests.gui.dressing import dress, settle, wait_for
from tests.gui.fitting import cut_texts


@pytest.fixture(scope="module")
def shown(looking, qapp):
    """A window with all features, its picture drawn."""
    looking.features.complete()
    wait_for(qapp, lambda: is_shown(looking))
    return looking


def test_worded_tables_come_to_rest_at_any_size(qtbot, qapp):
    """Whether a scroll bar is there must not decide what needs one."""
    table = WordedTable(("", "Now", "Remark"), least_remark=40, hides_remarks=True)
    qtbot.addWidget(table)
    table.setRowCount(6)
    for row in range(6):
        for column, text in enumerate(("What it is", "0.62 MB", "words " * 22)):
            table.setItem(row, column, QTableWidgetItem(text))
    table.show()
    fitted = []
    table.fitted.connect(lambda: fitted.append(1))
    for width, height in product(range(400, 640, 7), range(120, 300, 15)):
        table.resize(width, height)
        settle(qapp)
        fitted.clear()
        settle(qapp)
        assert fitted == [], (width, height)


def test_a_second_heatmap_takes_room_from_the_first_only(shown, qtbot, tmp_path):
    dress(shown, (1024, 700), "projector", 100)
    prune_file(demo_model(), tmp_path / "other.keras", 0.5)
    feature = shown.features.find(ComparisonFeature)
    feature.compare_with(tmp_path / "other.keras")
    first = shown.window.heatmap
    qtbot.waitUntil(lambda: feature.view.plot is not None and feature.view.isVisible())
    qtbot.waitUntil(lambda: feature.view.height() > first.height() * 0.7)
    assert shown.window.size() == QSize(1024, 700)
    assert feature.view.y() > first.y()
    assert feature.view.width() == first.width()

    dress(shown, (1920, 1080), "light", 100)
    qtbot.waitUntil(lambda: feature.view.x() > first.x())
    assert feature.view.width() == pytest.approx(first.width(), abs=2)
    shown.open(demo_model())
    qtbot.waitUntil(feature.view.isHidden)


def test_every_menu_fits_the_smallest_screen_in_the_largest_theme(shown):
    dress(shown, (1024, 700), "projector", 100)
    menus = shown.window.menuBar().findChildren(QMenu)
    assert len(menus) > 5
    for menu in menus:
        size = menu.sizeHint()
        assert size.height() <= 700, menu.title()
        assert size.width() <= 1024, menu.title()


def test_how_lines_are_sorted_is_said_in_few_words_where_there_is_no_room(shown, qtbot):
    plot = shown.window.heatmap.plot
    top = plot.getPlotItem().getAxis("top")
    dress(shown, (1920, 1080), "light", 100)
    shown.commands.carry_out("sort_by_norm")
    qtbot.waitUntil(lambda: "norm" in top.labelText)
    assert top.labelText == "unit, largest norm first"
    dress(shown, (1024, 700), "projector", 100)
    qtbot.waitUntil(lambda: top.labelText in {"unit, by norm", "by norm"})
    assert cut_texts(plot) == []
    shown.commands.carry_out("sort_by_norm")


def test_a_moved_threshold_takes_no_room_from_the_heatmap(shown, qtbot):
    dress(shown, (1024, 700), "projector", 100)
    window = shown.window
    window.findChild(QDockWidget, "histogram").raise_()
    QApplication.processEvents()
    before = window.heatmap.width()
    window.histogram.show_choices(on=True)
    QApplication.processEvents()
    assert window.heatmap.width() == before
    assert cut_texts(window.histogram) == []
    window.histogram.show_choices(on=False)


def test_what_is_said_of_a_threshold_does_not_lie_over_the_plot(shown, qtbot):
    dress(shown, (1280, 720), "dark", 100)
    histogram = shown.window.histogram
    histogram.show_choices(on=True)
    histogram.show_threshold(0.04, "many words about a threshold " * 4)
    plot, words = histogram.plot, histogram._threshold
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()))
    qtbot.waitUntil(lambda: plot.geometry().bottom() < words.geometry().top())
    assert histogram.minimumHeight() > 200
    histogram.show_choices(on=False)
    assert histogram.minimumHeight() == 0


def test_the_runs_stand_above_their_curves_where_there_is_no_room_beside(qtbot):
    panel = RunsPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.show()
    for width, way in ((280, "TopToBottom"), (900, "LeftToRight")):
        panel.resize(width, 400)
        QApplication.processEvents()
        assert panel._row.direction() == QBoxLayout.Direction[way]


def test_words_of_a_table_are_wrapped_and_rows_kept_apart(qtbot):
    table = WordedTable(("", "Before", "Remark"))
    qtbot.addWidget(table)
    table.setRowCount(2)
    for row in range(2):
        for column, text in enumerate(("What it is", "0.5 MB", "many words " * 12)):
            table.setItem(row, column, QTableWidgetItem(text))
    table.resize(70 * table.fontMetrics().averageCharWidth(), 200)
    table.show()
    table.fit()
    assert table.horizontalScrollBar().maximum() == 0
    metrics = table.fontMetrics()
    box = metrics.boundingRect(
        0,
        0,
        table.columnWidth(2) - 8,
        1000,
        Qt.TextFlag.TextWordWrap,
        "many words " * 12,
    )
    assert box.height() > metrics.lineSpacing()
    assert table.rowHeight(0) >= box.height() + 6


def test_a_remark_on_a_size_is_read_below_where_there_is_no_room_beside(qtbot):
    panel = ReportPanel()
    qtbot.addWidget(panel)
    figure = Figure(1000.0)
    rows = (
        Row("raw", "Weights, raw", "bytes", figure, figure, "Counted.", "Use blocks."),
        Row("file", "File", "bytes", figure, figure, "Written.", "Zip " * 20),
    )
    nothing = Zeros(10, 0)
    panel.resize(300, 300)
    panel.show()
    panel.show_report(
        CostReport("a", "b", nothing, nothing, rows, None, ("Once.",), (), {})
    )
    letter = panel.fontMetrics().averageCharWidth()
    panel.resize(60 * letter, 300)
    QApplication.processEvents()
    assert panel._remark.isVisible()
    assert panel._remark.text() == "Weights, raw: Use blocks."
    qtbot.keyClick(panel.table, Qt.Key.Key_Down)
    assert panel._remark.text().startswith("File: Zip")
    assert panel.table.rowHeight(1) < 3 * panel.fontMetrics().lineSpacing()
    panel._conditions.setText("How it was measured. " * 40)
    panel.resize(50 * letter, 300)
    QApplication.processEvents()
    assert panel.table.height() > 130
    assert cut_texts(panel) == []
    panel.resize(160 * letter, 300)
    QApplication.processEvents()
    assert not panel.table.isColumnHidden(4)
    assert not panel._remark.isVisible()


@pytest.mark.parametrize("height", [60, 200, 500, 2000])
def test_values_of_a_high_axis_are_no_more_than_can_be_read(qapp, height):
    ((step, ticks),) = ValueAxis().tickValues(0.0, 100.0, height)
    assert 2 <= len(ticks) <= 13
    assert ticks[1] - ticks[0] == pytest.approx(step)


def test_the_line_at_the_foot_makes_no_window_wider(qtbot, qapp):
    line = StatusLine()
    qtbot.addWidget(line)
    line.show()
    line.show_model("Keras archive (.keras), Keras 3.15.1")
    line.show_engine("TensorFlow is ready", "")
    words = "Step 12,345 of 22,220, 198 steps a second"
    line.show_stage(words, 0.5)
    letter = line.fontMetrics().averageCharWidth()
    assert line.minimumSizeHint().width() < 500
    line.resize(120 * letter + 400, line.height())
    qapp.processEvents()
    assert line._model.isVisible()
    assert line._engine.isVisible()
    assert cut_texts(line) == []
    line.resize(70 * letter + 200, line.height())
    qapp.processEvents()
    assert not line._model.isVisible()
    assert line._words.width() >= line.fontMetrics().horizontalAdvance(words)
    assert cut_texts(line) == []
    line.show_stage("", None)
    assert line._model.isVisible()


def test_zeros_that_are_counted_make_no_panel_wider(qtbot):
    panel = HistogramPanel(THEMES["projector"], log_counts=False)
    qtbot.addWidget(panel)
    panel.show()
    before = panel.minimumSizeHint().width()
    panel._zero.show()
    panel._zero.set_text("zeros: 123,456,789,012 (67.4 %)")
    assert panel.minimumSizeHint().width() == before
