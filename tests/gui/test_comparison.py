"""A second file beside the open one."""

from PySide6.QtCore import QRectF

from pruneview.formats import open_model
from pruneview.gui.features.comparison import ComparisonFeature
from pruneview.pruning.demo import demo_model
from pruneview.pruning.without_training import prune_file
from pruneview.sparsity.pictures import picture


def rows_of(table):
    return [
        [table.item(row, column).text() for column in range(table.columnCount())]
        for row in range(table.rowCount())
    ]


def zero_share(view):
    codes = view.plot.picture.codes
    return (codes == picture.ZERO).sum() / (codes != picture.GAP).sum()


def test_a_pruned_copy_beside_its_baseline(opened, qtbot, tmp_path):
    copy = tmp_path / "copy.keras"
    prune_file(demo_model(), copy, 0.75)
    feature = opened.features.find(ComparisonFeature)
    feature.compare_with(copy)
    table = feature.panel.table
    qtbot.waitUntil(
        lambda: table.rowCount() > 0 and not any("…" in row for row in rows_of(table)),
        timeout=10_000,
    )
    with open_model(copy) as model:
        kernels = {
            w.path: w for layer in model.layers for w in layer.weights if w.prunable
        }
        for row in rows_of(table):
            zeros = row[3].replace(",", "")
            if row[0] in kernels:
                assert int(zeros) == (kernels[row[0]].read() == 0).sum()
            else:
                assert zeros == "0"
    view = feature.view
    assert view.isVisible()
    qtbot.waitUntil(lambda: view.plot.picture is not None, timeout=10_000)
    here, there = (p.getPlotItem().vb for p in (opened.window.heatmap.plot, view.plot))
    here.setRange(QRectF(0, 0, 8, 8), padding=0)
    assert there.viewRect().contains(QRectF(1, 1, 6, 6))
    assert there.viewRect().width() < view.plot.visible_region().width + 4
    last = next(
        r for r in range(table.rowCount()) if table.item(r, 0).text() in kernels
    )
    table.selectRow(last)
    assert opened.document.weight.path == table.item(last, 0).text()
    qtbot.waitUntil(lambda: view.plot.picture is not None, timeout=10_000)
    assert zero_share(view) > 0.7
    view.choice.setCurrentIndex(1)
    qtbot.waitUntil(
        lambda: view.plot.picture is not None and zero_share(view) < 0.5,
        timeout=10_000,
    )


def test_a_file_that_is_no_model_is_refused_and_another_model_ends_it(
    opened, qtbot, tmp_path
):
    feature = opened.features.find(ComparisonFeature)
    (tmp_path / "no.keras").write_text("nothing")
    feature.compare_with(tmp_path / "no.keras")
    qtbot.waitUntil(lambda: "no.keras is" in feature.panel.words.text(), timeout=10_000)
    assert feature.second is None
    feature.compare_with(demo_model())
    qtbot.waitUntil(lambda: feature.second is not None, timeout=10_000)
    copy = tmp_path / "copy.keras"
    prune_file(demo_model(), copy, 0.5)
    opened.open(copy)
    qtbot.waitUntil(lambda: opened.document.model.path == copy, timeout=10_000)
    assert feature.second is None
    assert feature.panel.table.rowCount() == 0
