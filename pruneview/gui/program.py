"""The program: one window, its controllers and its workers, put together."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from pruneview.formats import ModelFile
from pruneview.gui import dialogs
from pruneview.gui.commands import Commands
from pruneview.gui.controllers.consents import Consents
from pruneview.gui.controllers.copies import CopyController
from pruneview.gui.controllers.document import DocumentController
from pruneview.gui.controllers.facts import state_of
from pruneview.gui.controllers.frame_source import FrameSource
from pruneview.gui.controllers.history import History
from pruneview.gui.controllers.one_shot import OneShots
from pruneview.gui.controllers.plan import PlanController
from pruneview.gui.controllers.run import RunController
from pruneview.gui.controllers.state import Phase
from pruneview.gui.controllers.threshold import ThresholdController
from pruneview.gui.features import EARLY
from pruneview.gui.features.plugged import PluggedFeatures
from pruneview.gui.frame_gaps import FrameGaps
from pruneview.gui.icons import icon
from pruneview.gui.main_window import MainWindow
from pruneview.gui.presenter import Presenter
from pruneview.gui.settings import Settings
from pruneview.gui.space_key import SpaceKey
from pruneview.gui.theme import Theme, apply, named
from pruneview.gui.unsaved import Unsaved
from pruneview.pruning.demo import DEMO_DATA, DEMO_PLAN, demo_model
from pruneview.pruning.events import MaskUpdated, RunStarted
from pruneview.trace import Trace
from pruneview.workers.reader_pool import ReaderPool
from pruneview.workers.training_worker import TrainingWorker

_TICK_MS = 16
#: The import of TensorFlow slows everything for a while: let the first picture be.
_WARM_UP_DELAY_MS = 400
#: Without a model there is no first picture to wait for.
_PLOTS_DELAY_MS = 1500


class Program(QObject):
    """One window with its workers."""

    def __init__(
        self, settings: Settings, trace: Trace, custom_objects: Path | None = None
    ) -> None:
        super().__init__()
        self.consents = Consents(custom_objects)
        self.settings = settings
        self._trace = trace
        self._theme = named(settings.theme, settings.text_percent)
        apply(self._theme, _application())
        self.window = MainWindow(self._theme, settings)
        self.window.setWindowIcon(icon("pruneview", self._theme.text, "#808080"))
        self.presenter = Presenter(self.window)
        self.pool = ReaderPool()
        self.worker = TrainingWorker()
        self.frames = FrameSource(self.worker)
        self.frames.is_rested = lambda: self.window.heatmap.plot.is_rested
        self.document = DocumentController(self.pool, self.presenter, self.frames.ask)
        self.history = History()
        self.one_shots = OneShots(
            self.history, self.document.prune, lambda: not self.document.is_live
        )
        self.plan = PlanController(self.window.plan, self.history)
        self.run = RunController(self.worker, self.presenter, self.consents.trust)
        self.copies = CopyController(self.pool, self.presenter)
        self.threshold = ThresholdController(self.presenter, self.plan, self.run)
        self.commands = Commands(self)
        self.unsaved = Unsaved(self)
        self.features = PluggedFeatures(self, EARLY)
        self.window.restore_layout()
        self.gaps = FrameGaps()
        self._closing = False
        self._painted = False
        self._demo_wanted = False
        self._connect()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.worker.start()
        self.plan.choose_data("")
        self._later(_PLOTS_DELAY_MS, self._complete)
        self.window.show_recent(settings.recent_files)
        self.refresh()

    def _connect(self) -> None:
        window, document = self.window, self.document
        window.action_chosen.connect(self.commands.carry_out)
        window.file_dropped.connect(self.open)
        window.theme_chosen.connect(self.choose_theme)
        window.recent_cleared.connect(self.commands.forget_recent)
        window.may_close = self._may_close
        window.layers.weight_chosen.connect(document.select)
        window.heatmap.view_changed.connect(document.view_changed)
        window.heatmap.arrangement_chosen.connect(document.choose_arrangement)
        window.heatmap.plot.painted.connect(self._first_picture)
        window.histogram.log_counts_chosen.connect(self._choose_log_counts)
        window.plan.plan_edited.connect(self.plan.edit)
        window.plan.mend_wanted.connect(self.commands.mend)
        window.plan.data_chosen.connect(self.plan.edit_data)
        window.status.cancelled.connect(self.commands.cancel)
        self._space_key = SpaceKey(window)
        document.on_opened = self._opened
        document.on_selected = self.threshold.select
        self.presenter.on_weight = self.features.weight_selected
        document.on_exact = lambda: self._trace.once("exact_heatmap")
        document.counting.on_counted = self._counted
        document.on_pruned = self.features.weights_changed
        self.one_shots.on_changed = self.refresh
        self.copies.on_written = self.open
        self.copies.on_saved = self.one_shots.saved
        document.on_opening = self.refresh
        self.run.one_shot = lambda: self.one_shots.thresholds
        self.run.on_failed = lambda: self.document.follow_run(on=False)
        self.run.on_phase = self._phase_changed
        self.run.on_started = self._started
        self.run.on_updated = self._updated
        self.run.on_ready = lambda: self._trace.mark("engine_ready")
        self.run.on_event = self.features.event
        self.run.on_ended = lambda: self._trace.mark("run_ended")
        self.plan.on_changed = self._plan_changed

    # What a person does

    def open(self, path: Path, *, discard: bool = False) -> None:
        """Open a model; data that are dropped become the run's data.

        An unsaved result is asked about first, unless it is to be discarded.
        """
        if self.features.opens(path):
            return
        if self.run.phase is not Phase.IDLE:
            self.presenter.show_error(
                f"A run is going on: stop it before you open {path.name}.", ""
            )
        elif self.unsaved.is_at_stake and not discard:
            self.unsaved.ask(lambda: self.open(path, discard=True))
        else:
            self.document.open(path)

    @property
    def theme(self) -> Theme:
        return self._theme

    def choose_theme(self, name: str) -> None:
        self._theme = named(name, self.settings.text_percent)
        self.settings.theme = name
        apply(self._theme, _application())
        self.window.set_theme(self._theme)
        self.features.set_theme(self._theme)

    def _choose_log_counts(self, on: bool) -> None:
        self.settings.log_counts = on

    # What happens

    def tick(self) -> None:
        """Show whatever the workers have handed over since the last tick."""
        self.gaps.tick()
        for answer in self.pool.drain():
            if answer.channel == "copy":
                self.copies.handle(answer)
            elif not self.features.answer(answer):
                self.document.handle(answer)
        self.run.poll()
        frame = self.frames.take()
        if frame is not None and self.document.show_frame(frame):
            self.threshold.show_live(frame)
        self.features.tick()
        if self._closing and self.worker.close(timeout=0):
            self._closing = False
            _application().quit()

    def _opened(self, model: ModelFile) -> None:
        self._trace.mark("model_listed", layers=len(model.layers))
        self.threshold.forget()
        self.one_shots.forget()
        self.run.model_changed(model.path)
        self.plan.set_model(model)
        self._demo_wanted = model.path == demo_model()
        if self._demo_wanted:
            self.plan.start_with(DEMO_PLAN, str(DEMO_DATA))
        else:
            self.settings.add_recent_file(model.path)
        self.window.show_recent(self.settings.recent_files)
        self.features.model_opened(model)
        self.refresh()

    def _first_picture(self) -> None:
        if not self._painted:
            self._painted = True
            self._trace.mark("first_heatmap")
            self._later(0, self._complete)

    def _later(self, delay: int, call: Callable[[], None]) -> None:
        """Call in so many ms, unless the program has been shut down by then."""
        timer = QTimer(self, singleShot=True, interval=delay)
        timer.timeout.connect(call)
        timer.timeout.connect(timer.deleteLater)
        timer.start()

    def _complete(self) -> None:
        """Make what the first heatmap need not wait for."""
        if not self._closing:
            self.window.build_plots()
            self.features.complete()

    def _counted(self) -> None:
        """Statistics come first: the import of TensorFlow takes a core for seconds."""
        self._trace.once("statistics_known")
        self._later(_WARM_UP_DELAY_MS, self._warm_up)

    def _warm_up(self) -> None:
        if not self._closing:
            self.run.warm_up()
            self._prepare()

    def _prepare(self) -> None:
        """Build and compile the demo's model while nobody waits for it yet."""
        if self._demo_wanted and self.plan.data is not None:
            self.run.prepare(self.plan.plan, self.plan.data)

    def _plan_changed(self) -> None:
        self.threshold.show_planned()
        self.refresh()

    def _started(self, _event: RunStarted) -> None:
        self.gaps.active = True
        self.one_shots.keep()
        self.document.follow_run(on=True)
        self._trace.mark("run_started")

    def _updated(self, event: MaskUpdated) -> None:
        self._trace.mark("mask_updated", step=event.step, sparsity=event.sparsity)

    def _phase_changed(self) -> None:
        if self.run.phase is Phase.IDLE:
            self.gaps.active = False
        self.refresh()

    def refresh(self) -> None:
        """Enable the actions that make sense now."""
        phase = self.run.phase
        state = state_of(
            self.document,
            self.run,
            self.history,
            writing=self.copies.busy,
            pruned=self.unsaved.can_copy,
        )
        self.window.setWindowModified(self.unsaved.exists)
        self.window.show_state(
            state, self.features.enabled, paused=phase is Phase.PAUSED
        )

    # The end

    def _may_close(self) -> bool:
        if self._closing:
            return True
        if self.run.phase is Phase.IDLE:
            if not self.unsaved.is_at_stake:
                return True
            self.unsaved.ask(self.stop_and_close)
            return False
        dialogs.ask_to_stop(self.window, self.stop_and_close)
        return False

    def stop_and_close(self) -> None:
        """End a run that goes on, and then the program; nothing is asked."""
        self._closing = True
        self.worker.stop()
        self.window.close()

    def shut_down(self) -> None:
        """End every thread; the window is closed by now."""
        for timer in self.findChildren(QTimer):
            timer.stop()
        summary = self.gaps.summary()
        if summary:
            self._trace.mark("frame_gaps", **summary)
        # An import of TensorFlow that is under way cannot be interrupted.
        self.worker.close(timeout=60)
        self.features.close()
        self.document.stop()
        self.pool.close()
        self.document.close()


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
