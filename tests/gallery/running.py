"""Runs, and what is shown of them afterwards."""

import dataclasses

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.presentation import Presentation
from pruneview.gui.features.runs import RunsFeature
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.features.tour import GuidedTour
from pruneview.gui.features.what_if import WhatIf
from pruneview.pruning.demo import DEMO_PLAN
from pruneview.pruning.events import RunStarted, StepDone
from tests.gallery.visitor import Visitor, models_folder


def half_way(visitor: Visitor) -> None:
    visitor.program.features.find(GuidedTour).leave()
    visitor.window.reset_layout()
    visitor.program.plan.start_with(DEMO_PLAN, "demo")
    visitor.act("run")
    visitor.until(lambda: RunStarted in visitor.heard)
    steps = visitor.heard[RunStarted].steps
    visitor.until(
        lambda: (
            StepDone in visitor.heard and visitor.heard[StepDone].step >= 0.4 * steps
        )
    )


def paused(visitor: Visitor) -> None:
    visitor.act("pause")
    visitor.until(lambda: visitor.program.run.phase is Phase.PAUSED)


def ended(visitor: Visitor) -> None:
    visitor.act("pause")
    visitor.until(lambda: visitor.program.run.phase is Phase.IDLE)
    assert visitor.program.run.result is not None


def why_not_smaller(visitor: Visitor) -> None:
    visitor.act("report")
    visitor.until(lambda: visitor.program.run.phase is Phase.REPORTING)
    visitor.until(lambda: visitor.program.run.phase is Phase.IDLE)


def log(visitor: Visitor) -> None:
    visitor.window.show_tab(visitor.window.log)


def at_a_step(visitor: Visitor) -> None:
    visitor.dock("charts")
    timeline = visitor.program.features.find(Timeline)
    visitor.until(lambda: timeline.replay is not None)
    for _ in range(24):
        visitor.act("step_back")
    visitor.until(lambda: timeline.shown is not None and not timeline._wanted.pending)


def presentation(visitor: Visitor) -> None:
    visitor.act("present")
    stage = visitor.program.features.find(Presentation).stage
    visitor.until(lambda: stage.heatmap.picture is not None)


def runs_overlaid(visitor: Visitor) -> None:
    """A second run to another end, and the curves of both."""
    presentation = visitor.program.features.find(Presentation)
    QTest.keyClick(presentation._kept, Qt.Key.Key_Escape)
    visitor.until(lambda: presentation.stage is None)
    visitor.act("now")
    other = dataclasses.replace(
        DEMO_PLAN, schedule="constant", final_sparsity=0.95, epochs=20, end_step=700
    )
    visitor.program.plan.edit(other, show=True)
    visitor.heard.clear()
    visitor.act("run")
    visitor.until(lambda: RunStarted in visitor.heard)
    visitor.until(lambda: visitor.program.run.phase is Phase.IDLE)
    visitor.window.show_tab(visitor.program.features.find(RunsFeature).panel)


def difference_to_baseline(visitor: Visitor) -> None:
    visitor.act("show_difference")
    visitor.until(lambda: visitor.is_drawn)


def pruned_in_memory(visitor: Visitor) -> None:
    visitor.act("show_signed")
    visitor.open(models_folder() / "pretrainedResnet.h5")
    what_if = visitor.program.features.find(WhatIf)
    what_if.move_to(0.05)
    visitor.until(lambda: not visitor.program.pool.is_busy("what_if"))
    visitor.act("apply_threshold")
    visitor.until(lambda: visitor.is_drawn)


def unsaved(visitor: Visitor) -> None:
    """Another file is opened while what was pruned is in memory only."""
    visitor.act("demo")
    visitor.until(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
