"""What is tried before anything is trained, and the tour."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.comparison import ComparisonFeature
from pruneview.gui.features.sensitivity import SensitivityFeature
from pruneview.gui.features.structured.feature import StructuredFeature
from pruneview.gui.features.tour import GuidedTour
from pruneview.gui.features.wall import WallFeature
from pruneview.gui.features.what_if import WhatIf
from pruneview.pruning.demo import demo_model
from pruneview.pruning.without_training import prune_file
from tests.gallery.visitor import Visitor


def what_if(visitor: Visitor) -> None:
    """The threshold is being dragged."""
    visitor.dock("histogram")
    feature = visitor.program.features.find(WhatIf)
    visitor.until(lambda: feature._is_movable)
    histogram = visitor.window.histogram
    visitor.until(histogram._line.isVisible)
    viewport, box = histogram.plot.viewport(), histogram.plot.getPlotItem().vb
    room = box.sceneBoundingRect()
    across = box.mapViewToScene(histogram._line.pos()).x()
    start = QPoint(round(across), round(room.center().y()))
    visitor.point_at(viewport, start)
    visitor.drag(viewport, start, start - QPoint(round(0.1 * room.width()), 0))
    visitor.until(lambda: feature.threshold is not None)


def what_if_released(visitor: Visitor) -> None:
    feature = visitor.program.features.find(WhatIf)
    visitor.let_go()
    visitor.until(lambda: not visitor.program.pool.is_busy("what_if_size"))
    assert feature.threshold is not None


def sensitivity(visitor: Visitor) -> None:
    visitor.program.features.find(WhatIf).leave()
    feature = visitor.program.features.find(SensitivityFeature)
    visitor.act("sensitivity")
    visitor.until(lambda: feature.found is not None and feature.found.complete)
    visitor.until(lambda: visitor.program.run.phase is Phase.IDLE)
    visitor.window.show_tab(feature.panel)


def wall(visitor: Visitor) -> None:
    visitor.act("wall")
    panel = visitor.program.features.find(WallFeature).panel
    visitor.until(lambda: panel.bricks and not visitor.program.pool.is_busy("wall"))


def structured(visitor: Visitor) -> None:
    visitor.act("wall")
    visitor.act("units")
    controller = visitor.program.features.find(StructuredFeature).controller
    visitor.until(lambda: bool(controller.keep))
    for _ in range(12):
        visitor.act("next_unit")
        visitor.act("raise_cut")


def shrink_form(visitor: Visitor) -> None:
    visitor.program.features.find(StructuredFeature).panel.setCurrentIndex(1)


def invalid_plan(visitor: Visitor) -> None:
    visitor.act("units")
    visitor.dock("plan")
    line = visitor.window.plan.field("final_sparsity")._input
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "1.2")
    areas = visitor.window.plan.findChildren(QScrollArea)
    for area in areas:
        if area.isAncestorOf(line):
            area.ensureWidgetVisible(line)
    visitor.act("run")
    visitor.until(visitor.window.banner.isVisible)


def comparison(visitor: Visitor) -> None:
    visitor.window.banner.hide()
    while visitor.window.action("undo").isEnabled():
        visitor.act("undo")
    other = visitor.home / "digits_cnn_pruned.keras"
    prune_file(demo_model(), other, 0.7)
    feature = visitor.program.features.find(ComparisonFeature)
    feature.compare_with(other)
    visitor.until(lambda: feature.second is not None)
    visitor.until(lambda: feature.view.plot.picture is not None)


def comparison_difference(visitor: Visitor) -> None:
    view = visitor.program.features.find(ComparisonFeature).view
    view.choice.setCurrentIndex(1)
    visitor.until(lambda: not visitor.program.pool.is_busy("second weight"))


def tour_start(visitor: Visitor) -> None:
    visitor.open(demo_model())
    visitor.act("tour")
    panel = visitor.program.features.find(GuidedTour).panel
    visitor.until(lambda: panel.words and "Counting" not in panel.words)


def tour_threshold(visitor: Visitor) -> None:
    panel = visitor.program.features.find(GuidedTour).panel
    for _ in range(2):
        QTest.keyClick(panel, Qt.Key.Key_Right)
    visitor.until(lambda: panel.words and "Counting" not in panel.words)
    QTest.keyClick(panel, Qt.Key.Key_3)
