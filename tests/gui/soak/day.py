"""What somebody does at the window in a day, each of it once."""

import dataclasses
import itertools
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.comparison import ComparisonFeature
from pruneview.gui.features.export import Export
from pruneview.gui.features.export.choice import Choice, What
from pruneview.gui.features.presentation import Presentation
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.features.tour import GuidedTour
from pruneview.gui.features.what_if import WhatIf
from pruneview.gui.program import Program
from pruneview.gui.theme import THEMES
from pruneview.pruning.demo import DEMO_PLAN, demo_model
from pruneview.runs.export import video
from pruneview.sparsity.pictures.canvas import Arrangement
from tests.gui.conftest import log_of

WAIT_MS = 120_000
_DISPLAYS = (
    "show_magnitudes",
    "show_mask",
    "show_difference",
    "log_scale",
    "log_scale",
    "lock_scale",
    "lock_scale",
    "sort_by_norm",
    "sort_by_norm",
    "show_signed",
)
_DIALOGS = ("keys", "about", "glossary", "change_keys", "export")
_FIRST_KERNEL, _LAST_KERNEL = "conv_1/kernel", "digit/kernel"


class Day:
    """Drives one window; each method leaves it as it was found.

    Parameters
    ----------
    wait
        Waits for a condition, at most so many ms, while the window lives.
    folder
        For what is written; the same files every day.
    other
        A second file of the demo's model.
    """

    def __init__(
        self,
        program: Program,
        wait: Callable[[Callable[[], bool], int], None],
        folder: Path,
        other: Path,
    ) -> None:
        self._program, self._wait = program, wait
        self._folder, self._other = folder, other
        self._days = itertools.count()
        self._begin_every_reader()

    def live(self) -> None:
        """Live one day."""
        number = next(self._days)
        self.open(demo_model())
        self.select_every_weight()
        self.change_looks()
        self.edit_and_undo(number)
        self.ask_what_if()
        self.run()
        self.walk_through_the_run()
        self.present()
        self.measure_sensitivity(cut_short=number % 2 == 0)
        self.export()
        self.compare()
        self.open_and_close_panels()
        self.take_the_tour()
        self.open(self._other)
        # Once everything is counted, a timer leads to the next preparation.
        self.until(lambda: not self._program.pool.is_busy("statistics"))
        self.until(lambda: not _is_something_pending(self._program))
        self.until(lambda: not self._program.worker.busy)

    def _begin_every_reader(self) -> None:
        """Let the pool begin its threads now, which it else does as they are needed."""
        pool = self._program.pool
        meeting = threading.Barrier(pool._executor._max_workers + 1)
        for number in range(meeting.parties - 1):
            pool.submit(f"meeting {number}", lambda _request: meeting.wait())
        meeting.wait(10)

    def until(self, condition: Callable[[], bool]) -> None:
        self._wait(condition, WAIT_MS)

    def act(self, name: str) -> None:
        """Do what a menu's entry does; it must be enabled."""
        action = self._program.window.action(name)
        assert action.isEnabled(), name
        action.trigger()

    @property
    def _is_drawn(self) -> bool:
        program = self._program
        picture = program.window.heatmap.plot.picture
        busy = any(program.pool.is_busy(name) for name in ("weight", "picture"))
        return picture is not None and not picture.coarse and not busy

    def open(self, path: Path) -> None:
        program = self._program
        program.open(path, discard=True)
        self.until(lambda: _path_of(program) == path and not program.document.opening)
        self.until(lambda: self._is_drawn)

    def select_every_weight(self) -> None:
        document = self._program.document
        assert document.model is not None
        for layer in document.model.layers:
            for weight in layer.weights:
                document.select(weight)
                self.until(lambda: self._is_drawn)
        for arrangement in (Arrangement.FILTERS, Arrangement.SLICES):
            document.select(document.model.weight(_FIRST_KERNEL))
            document.choose_arrangement(arrangement)
            self.until(lambda: self._is_drawn)

    def change_looks(self) -> None:
        program = self._program
        for name in (*THEMES, "light"):
            program.choose_theme(name)
            QApplication.processEvents()
        for name in _DISPLAYS:
            self.act(name)
            self.until(lambda: self._is_drawn)
        plot = program.window.heatmap.plot
        for key in (Qt.Key.Key_Plus, Qt.Key.Key_Right, Qt.Key.Key_0):
            QTest.keyClick(plot, key)
            self.until(lambda: self._is_drawn)

    def edit_and_undo(self, number: int) -> None:
        """End with a plan for a short run."""
        program = self._program
        short = dataclasses.replace(
            DEMO_PLAN, epochs=2, end_step=40, frequency=10, seed=number
        )
        program.plan.edit(short, show=True)
        program.plan.edit(dataclasses.replace(short, final_sparsity=0.5), show=True)
        for name in ("undo", "redo", "undo"):
            self.act(name)
        assert program.plan.plan == short

    def ask_what_if(self) -> None:
        what_if = self._program.features.find(WhatIf)
        for threshold in (0.01, 0.02, 0.05):
            what_if.move_to(threshold)
            QApplication.processEvents()
        what_if.release()
        self.until(lambda: not self._program.pool.is_busy("what_if_size"))
        what_if.leave()

    def run(self) -> None:
        program = self._program
        self.act("wall")
        self.act("run")
        self.until(lambda: program.run.phase is Phase.RUNNING)
        self.act("pause")
        self.until(lambda: program.run.phase is Phase.PAUSED)
        self.act("pause")
        self.until(lambda: program.run.phase is Phase.IDLE)
        assert program.run.result is not None, log_of(program)
        timeline = program.features.find(Timeline)
        self.until(lambda: timeline.replay is not None)
        self.act("wall")

    def walk_through_the_run(self) -> None:
        timeline = self._program.features.find(Timeline)
        for _ in range(3):
            self.act("step_back")
            self.until(lambda: timeline.shown is not None)
        self.act("step_forward")
        timeline.bar.seconds_chosen.emit(0.5)
        self.act("play")
        self.until(lambda: timeline._player.direction == 0)
        self.act("now")

    def present(self) -> None:
        program = self._program
        presentation = program.features.find(Presentation)
        self.act("present")
        stage = presentation.stage
        assert stage is not None
        self.until(lambda: stage.heatmap.picture is not None)
        keys = (Qt.Key.Key_PageUp, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
        for key in (*keys, Qt.Key.Key_B, Qt.Key.Key_B, Qt.Key.Key_End):
            QTest.keyClick(stage, key)
            QApplication.processEvents()
        QTest.keyClick(stage, Qt.Key.Key_Escape)
        assert presentation.stage is None

    def measure_sensitivity(self, *, cut_short: bool) -> None:
        program = self._program
        self.act("sensitivity")
        if cut_short:
            program.window.status.cancelled.emit()
        self.until(lambda: program.run.phase is Phase.IDLE)

    def export(self) -> None:
        export, program = self._program.features.find(Export), self._program
        for what in What:
            for ending in what.endings:
                if ending == "mp4" and not video.is_installed():
                    continue
                path = self._folder / f"{what.name.lower()}.{ending}"
                path.unlink(missing_ok=True)
                export.write(Choice(what, ending, 320, 180, "dark", 1.0), path)
                self.until(lambda: not export.is_writing)
                assert path.is_file()
        self.until(lambda: not program.pool.is_busy("export"))
        export.write(
            Choice(What.FILM, "webp", 1920, 1080, "dark", 9.0), self._folder / "no.webp"
        )
        assert export._progress is not None
        export._progress.canceled.emit()

    def compare(self) -> None:
        program = self._program
        feature = program.features.find(ComparisonFeature)
        feature.compare_with(self._other)
        self.until(lambda: feature.second is not None)
        assert program.document.model is not None
        for path in (_FIRST_KERNEL, _LAST_KERNEL):
            program.document.select(program.document.model.weight(path))
            for choice in (1, 0):
                feature.view.choice.setCurrentIndex(choice)
                self.until(lambda: not program.pool.is_busy("second weight"))
                self.until(lambda: feature.view.plot.picture is not None)

    def open_and_close_panels(self) -> None:
        program, window = self._program, self._program.window
        for name in ("wall", "units", "units", "wall"):
            self.act(name)
            QApplication.processEvents()
        for name in _DIALOGS:
            self.act(name)
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QDialog), name
            dialog.reject()
        for dock in window._docks.values():
            toggle = dock.toggleViewAction()
            if dock.isVisible():
                toggle.trigger()
                toggle.trigger()
        window.reset_layout()
        QTest.mouseMove(window.heatmap.plot, QPoint(50, 50))
        QTest.mouseMove(window.heatmap.plot, QPoint(90, 90))
        self.until(lambda: self._is_drawn)
        program.window.banner.hide()

    def take_the_tour(self) -> None:
        tour = self._program.features.find(GuidedTour)
        self.act("tour")
        assert tour.panel is not None
        while tour.place is not None:
            self.until(lambda: "Counting" not in tour.panel.words)
            QTest.keyClick(tour.panel, Qt.Key.Key_1)
            QTest.keyClick(tour.panel, Qt.Key.Key_Right)


def _path_of(program: Program) -> Path | None:
    model = program.document.model
    return None if model is None else model.path


def _is_something_pending(program: Program) -> bool:
    """Return whether something will happen later, once."""
    timers = program.findChildren(QTimer)
    return any(timer.isSingleShot() and timer.isActive() for timer in timers)
