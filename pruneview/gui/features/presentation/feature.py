"""Puts the run on the whole screen, and takes a clicker's keys."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from pruneview.formats import ModelFile, Weight
from pruneview.gui import units
from pruneview.gui.actions import ActionSpec
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.presentation.numbers import Numbers
from pruneview.gui.features.presentation.stage import Stage
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.theme import THEMES, Theme
from pruneview.pruning.events import Event
from pruneview.sparsity.pictures.tone import Quantity

if TYPE_CHECKING:
    from pruneview.gui.program import Program


class _NoTips(QObject):
    """Keeps tool tips away while it is installed."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return event.type() == QEvent.Type.ToolTip


class Presentation(Feature):
    """Mirrors the window's heatmap, figures and curve on a screen of its own.

    Attributes
    ----------
    stage
        None unless something is being presented.
    """

    actions = (
        ActionSpec(
            "present",
            "&Presentation",
            "Full screen for a talk: Page keys walk through the run, B blacks out, "
            "Esc ends",
            ("F5",),
            "&View",
            enabled=lambda state: state.model_open,
            separate=True,
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self._theme = THEMES[program.settings.theme]
        self.stage: Stage | None = None
        self._kept: Stage | None = None
        self._numbers = Numbers()
        self._replayed: object = None
        self._name = ""
        self._no_tips = _NoTips()

    @property
    def _timeline(self) -> Timeline:
        return self.program.features.find(Timeline)

    def present(self) -> None:
        """Begin, on the screen where the window is."""
        if self.stage is not None:
            return
        program, window = self.program, self.program.window
        # One for good: what has held plots is not freed when it is deleted.
        stage = self.stage = self._kept = self._kept or self._build()
        stage.set_theme(self._theme)
        stage.heatmap.view_changed.connect(program.document.view_changed)
        window.heatmap.plot.shown.connect(self._mirror)
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self._no_tips)
        stage.setGeometry(window.screen().geometry())
        stage.showFullScreen()
        stage.activateWindow()
        stage.setFocus()
        if program.document.weight is not None:
            self._show_weight(program.document.weight)
        self._show()

    def _build(self) -> Stage:
        stage = Stage(self._theme)
        stage.walked.connect(self._timeline.walk)
        stage.ran.connect(self.program.commands.run_or_pause)
        stage.went.connect(self._go)
        stage.left.connect(self.leave)
        return stage

    def leave(self) -> None:
        """Give the window back."""
        stage, self.stage = self.stage, None
        if stage is None:
            return
        window = self.program.window
        window.heatmap.plot.shown.disconnect(self._mirror)
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(self._no_tips)
        stage.heatmap.view_changed.disconnect(self.program.document.view_changed)
        stage.clear()
        stage.hide()
        window.activateWindow()
        window.heatmap.plot.setFocus()
        # The picture on show was made for the stage.
        window.heatmap.plot.ask()

    def model_opened(self, model: ModelFile) -> None:
        """Its figures are not known yet."""
        self._numbers = Numbers()
        self._replayed = None

    def weight_selected(self, weight: Weight) -> None:
        """See `Feature.weight_selected`."""
        if self.stage is not None:
            self._show_weight(weight)

    def event(self, event: Event) -> None:
        """Keep the figures of the run."""
        self._numbers = self._numbers.after(event)

    def tick(self) -> None:
        """Show what has changed."""
        replay = self._timeline.replay
        if replay is not None and replay is not self._replayed:
            self._replayed = replay
            if not self._numbers.steps:
                for _, event in replay.events:
                    self._numbers = self._numbers.after(event)
        if self.stage is not None:
            self._show()

    def set_theme(self, theme: Theme) -> None:
        """See `Feature.set_theme`."""
        self._theme = theme
        if self.stage is not None:
            self.stage.set_theme(theme)

    def close(self) -> None:
        """See `Feature.close`."""
        self.leave()
        if self._kept is not None:
            self._kept.deleteLater()

    def _go(self, where: int) -> None:
        if where < 0:
            self._timeline.go_to(0)
        else:
            self._timeline.now()

    def _show_weight(self, weight: Weight) -> None:
        stage, canvas = self.stage, self.program.document.canvas
        if stage is None or canvas is None:
            return
        self._name = f"{weight.path}   {units.shape(weight.shape)}"
        stage.show_name(self._name)
        stage.heatmap.set_canvas(canvas)
        self._mirror()

    def _mirror(self) -> None:
        plot = self.program.window.heatmap.plot
        if self.stage is not None and plot.picture is not None:
            self.stage.heatmap.show_picture(plot.picture, plot.wave_births)
            # On stage no caption and no key says what the colours are.
            of_gradient = plot.picture.tone.quantity is Quantity.GRADIENT
            what = "   gradient of the loss" if of_gradient else ""
            self.stage.show_name(self._name + what)

    def _show(self) -> None:
        stage = self.stage
        assert stage is not None
        shown = self._timeline.shown
        numbers = self._numbers if shown is None else self._numbers.at(shown.moment)
        baseline = numbers.baseline
        stage.curve.show_run(
            self.program.window.charts,
            numbers.steps,
            None if baseline is None else baseline.value,
            share=baseline is None or baseline.is_fraction,
        )
        stage.show_numbers(numbers)
