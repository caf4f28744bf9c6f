"""All layers of the model at once, from the file or as a run changes them."""

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

from pruneview.formats import Layer, ModelFile, Weight
from pruneview.gui.actions import ActionSpec
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.features.timeline.showing import Shown
from pruneview.gui.features.wall.drawing import draw_all, draw_moment
from pruneview.gui.features.wall.panel import WallPanel
from pruneview.gui.theme import THEMES, Theme
from pruneview.pruning.events import Event, RunStarted
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.order import SortBy
from pruneview.sparsity.pictures.thumbnail import Thumbnail
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_CHANNEL = "wall"


class WallFeature(Feature):
    """Keeps the wall's pictures those of what is shown; hidden it costs nothing."""

    actions = (
        ActionSpec(
            "wall",
            "All layers at &once",
            "Show or hide small heatmaps of all layers, sized by parameters",
            ("Ctrl+Shift+H",),
            "&View",
            enabled=lambda state: state.model_open,
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        window = program.window
        self.panel = WallPanel(THEMES[program.settings.theme])
        self._dock = window.add_panel(
            "wall",
            "All layers",
            self.panel,
            Qt.DockWidgetArea.BottomDockWidgetArea,
        )
        self._seen = False
        self._is_live = False
        self._shown: Display | None = None
        self._moment: Shown | None = None
        self._model: ModelFile | None = None
        self.panel.chosen.connect(program.document.select)
        self.panel.rearranged.connect(self._ask)
        self._dock.visibilityChanged.connect(lambda _on: self._visibility_changed())

    def wall(self) -> None:
        """Show the wall in front, or hide it."""
        if self._dock.isVisible() and not self.panel.visibleRegion().isEmpty():
            self._dock.hide()
            return
        charts = self.program.window.findChild(QDockWidget, "charts")
        if not self._seen and charts is not None:
            # Only now: where the charts are is known when all panels have their place.
            self.program.window.tabifyDockWidget(charts, self._dock)
        self._dock.show()
        self._dock.raise_()
        if self.panel.bricks:
            self.panel.bricks[0].setFocus()

    def set_theme(self, theme: Theme) -> None:
        self.panel.set_theme(theme)

    def model_opened(self, model: ModelFile) -> None:
        self._is_live = False
        self.program.worker.watch_wall((), self._display)
        self._model = None
        self.panel.set_layers([])
        if self.panel.isVisible():
            self._build()

    def weights_changed(self, model: ModelFile) -> None:
        self.panel.set_weights(model)
        self._ask()

    def weight_selected(self, weight: Weight) -> None:
        self.panel.select(weight.path)

    def event(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._is_live = True
            self._ask()

    def tick(self) -> None:
        if not self.panel.isVisible():
            return
        moment = self._timeline.shown
        differs = moment is not self._moment or self._shown not in {None, self._display}
        # A drag that wants more and more moments must not starve.
        if differs and not (moment and self.program.pool.is_busy(_CHANNEL)):
            self._ask()
        for drawn in self.program.worker.take_wall():
            if self._moment is None:
                self.panel.show_thumbnail(drawn)

    def answer(self, answer: Answer) -> bool:
        if answer.channel != _CHANNEL:
            return False
        if answer.error is not None:
            self.program.presenter.show_error(str(answer.error), answer.details)
        elif isinstance(answer.value, Thumbnail):
            self.panel.show_thumbnail(answer.value)
        elif isinstance(answer.value, str):
            self.panel.show_nothing(answer.value)
        return True

    @property
    def _timeline(self) -> Timeline:
        return self.program.features.find(Timeline)

    @property
    def _display(self) -> Display:
        """The heatmap's own, but for the order: of lines so small nobody could tell."""
        shown = self.program.document.display
        return replace(shown, rows=SortBy.NONE, columns=SortBy.NONE)

    def _visibility_changed(self) -> None:
        self._seen = self._seen or self._dock.isVisible()
        if not self.panel.isVisible():
            self.program.pool.cancel(_CHANNEL)
            self.program.worker.watch_wall((), self._display)
        elif self.program.document.model is not self._model:
            self._build()

    def _build(self) -> None:
        """Make the bricks of the model on show; only where anybody looks."""
        self._model = model = self.program.document.model
        if model is None:
            return
        layers = [layer for layer in model.layers if layer.weights]
        layers.sort(key=lambda layer: -layer.parameter_count)
        self.panel.set_layers([(layer, largest(layer)) for layer in layers])
        weight = self.program.document.weight
        self.panel.select(weight.path if weight is not None else "")

    def _ask(self) -> None:
        if not self.panel.isVisible() or not self.panel.bricks:
            return
        display, wishes = self._display, self.panel.wishes
        self._shown, self._moment = display, self._timeline.shown
        replay, moment = self._timeline.replay, self._moment
        if moment is not None and replay is not None:
            self.program.worker.watch_wall((), display)
            step = moment.moment.step
            self.program.pool.submit(
                _CHANNEL,
                lambda request: draw_moment(replay, step, wishes, display, request),
            )
            return
        if self._is_live:
            self.program.pool.cancel(_CHANNEL)
            self.program.worker.watch_wall(wishes, display)
            return
        wanted = [(b.weight, b.wish) for b in self.panel.bricks]
        self.program.pool.submit(
            _CHANNEL, lambda request: draw_all(wanted, display, request)
        )


def largest(layer: Layer) -> Weight:
    """Return the weight that stands for a layer."""
    return max(layer.weights, key=lambda weight: weight.size)
