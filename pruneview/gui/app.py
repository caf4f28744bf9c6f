"""Builds the program out of its parts, and runs it."""

import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QFileDialog,
    QListWidget,
)

from pruneview.formats import ModelFile, Weight
from pruneview.gui import dialogs
from pruneview.gui.controllers.document import DocumentController
from pruneview.gui.controllers.plan import PlanController
from pruneview.gui.controllers.run import RunController
from pruneview.gui.controllers.state import Phase, ProgramState
from pruneview.gui.frame_gaps import FrameGaps
from pruneview.gui.icons import icon
from pruneview.gui.main_window import MainWindow
from pruneview.gui.presenter import Presenter
from pruneview.gui.settings import Settings
from pruneview.gui.theme import LIGHT, THEMES, apply
from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model
from pruneview.pruning.events import MaskUpdated, RunStarted
from pruneview.sparsity.histogram import MagnitudeHistogram, share_below
from pruneview.sparsity.live import LiveFrame, ViewRequest
from pruneview.sparsity.masks import threshold
from pruneview.trace import Trace
from pruneview.workers.reader_pool import ReaderPool
from pruneview.workers.training_worker import TrainingWorker

_TICK_MS = 16
#: The import of TensorFlow slows everything for a while: let the first picture be.
_WARM_UP_DELAY_MS = 400
#: Threads give way this often, in seconds, so that training does not stall frames.
_SWITCH_INTERVAL = 0.0005


class Program(QObject):
    """One window with its workers."""

    def __init__(self, settings: Settings, trace: Trace) -> None:
        super().__init__()
        self._settings = settings
        self._trace = trace
        self._theme = THEMES.get(settings.theme, LIGHT)
        apply(self._theme, _application())
        self.window = MainWindow(self._theme, settings)
        self.window.setWindowIcon(icon("pruneview", self._theme.text, "#808080"))
        self.presenter = Presenter(self.window)
        self.pool = ReaderPool()
        self.worker = TrainingWorker()
        self.document = DocumentController(self.pool, self.presenter, self._ask_live)
        self.plan = PlanController(self.window.plan)
        self.run = RunController(self.worker, self.presenter)
        self.gaps = FrameGaps()
        self._closing = False
        self._painted = False
        self._demo_wanted = False
        self._shown: tuple[Weight, NDArray[Any]] | None = None
        self._connect()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.worker.start()
        self.plan.choose_data("")
        self.window.show_recent(settings.recent_files)
        self._refresh()

    def _connect(self) -> None:
        window, document = self.window, self.document
        window.action_chosen.connect(self.act)
        window.file_dropped.connect(self.open)
        window.theme_chosen.connect(self.choose_theme)
        window.recent_cleared.connect(self._forget_recent)
        window.may_close = self._may_close
        window.layers.weight_chosen.connect(document.select)
        window.heatmap.view_changed.connect(document.view_changed)
        window.heatmap.arrangement_chosen.connect(document.choose_arrangement)
        window.heatmap.plot.painted.connect(self._first_picture)
        window.histogram.log_counts_chosen.connect(self._choose_log_counts)
        window.plan.plan_edited.connect(self.plan.edit)
        window.plan.data_chosen.connect(self.plan.choose_data)
        window.status.cancelled.connect(self._cancel)
        window.banner.installEventFilter(self)
        _application().installEventFilter(self)
        document.on_opened = self._opened
        document.on_selected = self._selected
        self.run.on_phase = self._phase_changed
        self.run.on_started = self._started
        self.run.on_updated = self._updated
        self.plan.on_changed = self._plan_changed

    # What a person does

    def open(self, path: Path) -> None:
        """Open a model; data that are dropped become the run's data."""
        if path.suffix.lower() == ".npz":
            self.plan.choose_data(str(path))
        elif self.run.phase is not Phase.IDLE:
            self.presenter.show_error(
                f"A run is going on: stop it before you open {path.name}.", ""
            )
        else:
            self._demo_wanted = path == demo_model()
            self.document.open(path)

    def act(self, name: str) -> None:
        """Carry out an action of `pruneview.gui.actions`."""
        getattr(self, f"_act_{name}")()

    def choose_theme(self, name: str) -> None:
        self._theme = THEMES[name]
        self._settings.theme = name
        apply(self._theme, _application())
        self.window.set_theme(self._theme)

    def _act_open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self.window, "Open a model", self._settings.folder, dialogs.MODEL_FILTER
        )
        if name:
            self._settings.folder = str(Path(name).parent)
            self.open(Path(name))

    def _act_demo(self) -> None:
        self.open(demo_model())

    def _act_save(self) -> None:
        model = self.document.model
        assert model is not None
        folder = Path(self._settings.folder or Path.home())
        start = folder / f"{model.path.stem}_pruned.keras"
        name, chosen = QFileDialog.getSaveFileName(
            self.window, "Save the pruned model", str(start), dialogs.SAVE_FILTER
        )
        if not name:
            return
        path = Path(name)
        if not path.suffix:
            path = path.with_suffix(".h5" if ".h5" in chosen else ".keras")
        # The dialog has asked about every existing file but the one it was not
        # shown, whose ending was added just now.
        asked = path == Path(name)
        self._settings.folder = str(path.parent)
        self.run.save(path, overwrite=asked and not _same_file(path, model.path))

    def _act_quit(self) -> None:
        self.window.close()

    def _act_undo(self) -> None:
        self.plan.undo()

    def _act_redo(self) -> None:
        self.plan.redo()

    def _act_run(self) -> None:
        if self.plan.problems:
            self.presenter.show_error(
                "The plan cannot be run: " + " ".join(self.plan.problems.values()), ""
            )
        elif self.plan.data is None:
            self.presenter.show_error(
                self.plan.data_problem
                or "Choose data to train on, in the pruning plan: an .npz file with "
                "x_train, y_train, x_test and y_test, or a data set of Keras.",
                "",
            )
        else:
            self.run.run(self.plan.plan, self.plan.data)

    def _act_pause(self) -> None:
        self.run.pause_or_continue()

    def _act_stop(self) -> None:
        self.run.stop()

    def _act_run_or_pause(self) -> None:
        if self.run.phase is Phase.IDLE:
            self._act_run()
        else:
            self.run.pause_or_continue()

    def _act_fit(self) -> None:
        self.window.heatmap.plot.fit()

    def _act_reset_layout(self) -> None:
        self.window.reset_layout()

    def _act_keys(self) -> None:
        dialogs.show_keys(self.window)

    def _act_about(self) -> None:
        dialogs.show_about(self.window)

    def _cancel(self) -> None:
        if self.run.phase is Phase.IDLE:
            self.document.cancel_opening()
        else:
            self.run.stop()

    def _forget_recent(self) -> None:
        self._settings.clear_recent_files()
        self.window.show_recent([])

    def _choose_log_counts(self, on: bool) -> None:
        self._settings.log_counts = on

    # What happens

    def tick(self) -> None:
        """Show whatever the workers have handed over since the last tick."""
        self.gaps.tick()
        for answer in self.pool.drain():
            self.document.handle(answer)
        self.run.poll()
        frame = self.worker.frames.take()
        if frame is not None and self.document.show_frame(frame):
            self._show_live_threshold(frame)
        if self._closing and self.worker.close(timeout=0):
            self._closing = False
            _application().quit()

    def _opened(self, model: ModelFile) -> None:
        self._trace.mark("model_listed", layers=len(model.layers))
        self._shown = None
        self.run.model_changed(model.path)
        self.plan.set_model(model)
        if self._demo_wanted:
            self.plan.start_with(DEMO_PLAN, str(DEMO_DATA))
        else:
            self._settings.add_recent_file(model.path)
        self.window.show_recent(self._settings.recent_files)
        self._refresh()
        if self._painted:
            self._prepare()

    def _first_picture(self) -> None:
        if not self._painted:
            self._painted = True
            self._trace.mark("first_heatmap")
            QTimer.singleShot(_WARM_UP_DELAY_MS, self._warm_up)

    def _warm_up(self) -> None:
        if not self._closing:
            self.run.warm_up()
            self._prepare()

    def _prepare(self) -> None:
        """Build and compile the demo's model while nobody waits for it yet."""
        if self._demo_wanted and self.plan.data is not None:
            self.run.prepare(self.plan.plan, self.plan.data)

    def _selected(
        self, weight: Weight, _histogram: MagnitudeHistogram, values: NDArray[Any]
    ) -> None:
        self._shown = (weight, values)
        self._show_planned_threshold()

    def _plan_changed(self) -> None:
        self._show_planned_threshold()
        self._refresh()

    def _show_planned_threshold(self) -> None:
        """Before a run: what the plan's final sparsity would cut away."""
        if self._shown is None or self.run.weights:
            return
        weight, values = self._shown
        final = self.plan.plan.final_sparsity
        if not weight.prunable or "final_sparsity" in self.plan.problems:
            self.presenter.show_threshold(None, 0.0)
            return
        at = threshold(abs(values), final)
        self.presenter.show_threshold(at, share_below(values, at), planned=final)

    def _show_live_threshold(self, frame: LiveFrame) -> None:
        pruned = frame.request.weight_path in self.run.weights
        at = frame.threshold if pruned and frame.threshold > 0 else None
        self.presenter.show_threshold(at, frame.share_below_threshold)

    def _ask_live(self, request: ViewRequest | None) -> bool:
        self.worker.set_view(request)
        return request is not None

    def _started(self, _event: RunStarted) -> None:
        self.gaps.active = True
        self.document.follow_run(on=True)
        self._trace.mark("run_started")

    def _updated(self, event: MaskUpdated) -> None:
        self._trace.mark("mask_updated", step=event.step, sparsity=event.sparsity)

    def _phase_changed(self) -> None:
        if self.run.phase is Phase.IDLE:
            self.gaps.active = False
        self._refresh()

    def _refresh(self) -> None:
        phase = self.run.phase
        state = ProgramState(
            model_open=self.document.model is not None,
            phase=phase,
            result=self.run.result is not None,
            can_undo=self.plan.can_undo,
            can_redo=self.plan.can_redo,
        )
        self.window.show_state(state, paused=phase is Phase.PAUSED)

    # The end

    def _may_close(self) -> bool:
        if self.run.phase is Phase.IDLE or self._closing:
            return True
        dialogs.ask_to_stop(self.window, self._stop_and_close)
        return False

    def _stop_and_close(self) -> None:
        self._closing = True
        self.worker.stop()
        self.window.close()

    def shut_down(self) -> None:
        """End every thread; the window is closed by now."""
        self._timer.stop()
        _application().removeEventFilter(self)
        summary = self.gaps.summary()
        if summary:
            self._trace.mark("frame_gaps", **summary)
        # An import of TensorFlow that is under way cannot be interrupted.
        self.worker.close(timeout=60)
        self.document.stop()
        self.pool.close()
        self.document.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep Space and Escape for whoever has the focus and a use for them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(
            event, QKeyEvent
        ):
            wants_space = isinstance(watched, QAbstractButton | QComboBox | QListWidget)
            if event.key() == Qt.Key.Key_Space and wants_space:
                event.accept()
                return True
        return super().eventFilter(watched, event)


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app


def _same_file(first: Path, second: Path) -> bool:
    return first.exists() and first.samefile(second)


def run(file: Path | None, *, demo: bool, trace: Trace) -> int:
    """Open the window and return the exit code once it is closed.

    Parameters
    ----------
    file
        A model to open.
    demo
        Whether to open the bundled model with its run prepared.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL)
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("pruneview")
    app.setDesktopFileName("pruneview")
    program = Program(Settings(), trace)

    def report(
        kind: type[BaseException], error: BaseException, where: TracebackType | None
    ) -> None:
        details = "".join(traceback.format_exception(kind, error, where))
        sys.stderr.write(details)
        program.presenter.show_error(
            f"Something went wrong that pruneview did not expect: {error!r}", details
        )

    sys.excepthook = report
    program.window.show()
    program.window.activateWindow()
    trace.mark("window_shown")
    if demo:
        program.open(demo_model())
    elif file is not None:
        program.open(file)
    else:
        QTimer.singleShot(1000, program.run.warm_up)
    try:
        return int(app.exec())
    finally:
        sys.excepthook = sys.__excepthook__
        program.shut_down()
