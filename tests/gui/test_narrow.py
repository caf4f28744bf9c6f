"""What narrow and low panels keep in view."""

import pytest
from PySide6.QtCore import QPoint, QRect

from pruneview.formats import open_model
from pruneview.gui.features.runs.panel import RunsPanel
from pruneview.gui.theme import LIGHT
from pruneview.gui.views.charts import ChartsPanel
from pruneview.gui.views.layer_rows import Column
from pruneview.gui.views.layer_table import LayerTable
from pruneview.pruning.demo import demo_model
from tests.gui.dressing import settle


@pytest.fixture
def table(qtbot):
    made = LayerTable(LIGHT)
    qtbot.addWidget(made)
    with open_model(demo_model()) as model:
        made.set_layers(model.layers)
    made.resize(400, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


def is_whole(table):
    view = table.view
    row = view.visualRect(view.currentIndex())
    return QRect(QPoint(0, 0), view.viewport().size()).contains(
        QRect(0, row.top(), 1, row.height())
    )


def test_a_chosen_row_stays_in_view_when_labels_take_room(table, qtbot, qapp):
    table.select("digit/bias")
    settle(qapp)
    assert is_whole(table)
    assert table.view.verticalScrollBar().value() == 0
    table.resize(400, 280)
    qtbot.waitUntil(lambda: table.view.verticalScrollBar().value() > 0)
    qtbot.waitUntil(lambda: is_whole(table))


def test_a_row_that_was_scrolled_away_is_left_there(table, qtbot, qapp):
    table.resize(400, 280)
    table.select("digit/bias")
    qtbot.waitUntil(lambda: table.view.verticalScrollBar().value() > 0)
    # What a choice and a resize lead to is done when the event loop is idle.
    settle(qapp)
    table.view.scrollToTop()
    height = table.view.viewport().height()
    table.resize(400, 260)
    qtbot.waitUntil(lambda: table.view.viewport().height() < height)
    settle(qapp)
    assert table.view.verticalScrollBar().value() == 0


def test_sparsity_stands_beside_the_name(table):
    header = table.view.header()
    assert [header.logicalIndex(place) for place in range(3)] == [
        Column.NAME,
        Column.SPARSITY,
        Column.SHAPE,
    ]


@pytest.mark.parametrize("width", [220, 300])
def test_sparsity_is_whole_beside_a_shorter_name(table, qtbot, qapp, width):
    table.resize(width, 240)
    settle(qapp)
    with open_model(demo_model()) as model:
        table.set_layers(model.layers)
    settle(qapp)
    view, header = table.view, table.view.header()
    assert view.verticalScrollBar().isVisible()
    right = header.sectionViewportPosition(Column.SPARSITY) + header.sectionSize(
        Column.SPARSITY
    )
    assert right <= view.viewport().width()
    assert header.sectionSize(
        Column.SPARSITY
    ) > 10 + view.fontMetrics().horizontalAdvance(">99.9 % ")


@pytest.mark.parametrize("letters", [11, 16])
def test_charts_one_above_the_other_share_the_height(qtbot, qapp, letters):
    panel = ChartsPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.build()
    panel.resize(430, 480)
    panel.show()
    font = panel.font()
    for size in (8, letters):
        font.setPointSize(size)
        panel.setFont(font)
        settle(qapp)
        places = [chart.geometry() for chart in panel.charts]
        assert places[0].height() == pytest.approx(places[1].height(), abs=1)
        assert places[0].bottom() < places[1].top()
        assert places[1].bottom() < places[2].top()
        shown = {chart._legend.isVisible() for chart in panel.charts}
        assert len(shown) == 1


def test_low_charts_give_the_room_of_the_legend_to_the_curves(qtbot):
    panel = ChartsPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.build()
    panel.resize(900, 400)
    panel.show()
    chart = panel.sparsity_chart
    qtbot.waitUntil(chart._legend.isVisible)
    assert "counted" in chart.toolTip()
    line = panel.fontMetrics().lineSpacing()
    panel.resize(900, 7 * line)
    qtbot.waitUntil(lambda: not chart._legend.isVisible())
    qtbot.waitUntil(lambda: chart.plot.height() > 5 * line)


def test_long_words_about_runs_leave_the_room_to_the_runs(qtbot):
    panel = RunsPanel(LIGHT)
    qtbot.addWidget(panel)
    panel.resize(300, 430)
    panel.show()
    panel.say("Words that go on and on. " * 60)
    qtbot.waitUntil(lambda: 0 < panel.words.parentWidget().height() <= 0.3 * 430)
    assert panel.table.height() > 0.4 * 430
    assert panel.words.height() > panel.words.parentWidget().height()  # scrolls
    panel.say("A few.")
    qtbot.waitUntil(lambda: panel.words.parentWidget().height() < 40)
