"""Whole units in the window: followed, cut, and seen leaving."""

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QVBoxLayout, QWidget

from pruneview.formats import ModelFile
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.structured.controller import StructuredController
from pruneview.gui.features.structured.timeline import Timeline
from pruneview.gui.features.structured.views.on_heatmap import OnHeatmap
from pruneview.gui.features.structured.views.panel import StructuredPanel
from pruneview.gui.theme import THEMES, Theme
from pruneview.sparsity.pictures.order import UNSORTED
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program


class StructuredFeature(Feature):
    """Shows which units go together, which would go, and how the matrix closes up.

    Nothing is made before the panel is opened for the first time.
    """

    actions = (
        ActionSpec(
            "units",
            "&Units that go together",
            "Filters and neurons: what is coupled with each, and what would go",
            ("Ctrl+U",),
            "&Run",
            enabled=lambda state: state.model_open,
            separate=True,
        ),
        ActionSpec(
            "next_unit",
            "Next unit",
            "Follow the next filter or neuron",
            ("Ctrl+Right",),
            "&Run/&Follow units",
        ),
        ActionSpec(
            "previous_unit",
            "Previous unit",
            "Follow the filter or neuron before",
            ("Ctrl+Left",),
            "&Run/&Follow units",
        ),
        ActionSpec(
            "hold_unit",
            "Hold the unit, or let it go",
            "Keep following this unit wherever the cursor goes",
            ("Ctrl+H",),
            "&Run/&Follow units",
        ),
        ActionSpec(
            "raise_cut",
            "Raise the cut",
            "One unit more of this group would go",
            ("Ctrl+Shift+Up",),
            "&Run/&Follow units",
        ),
        ActionSpec(
            "lower_cut",
            "Lower the cut",
            "One unit less of this group would go",
            ("Ctrl+Shift+Down",),
            "&Run/&Follow units",
        ),
        ActionSpec(
            "play_closing",
            "Play: fade and close up",
            "What would go fades, then the matrix closes up; again from the start",
            ("F9",),
            "&Run/&Follow units",
        ),
        ActionSpec(
            "step_closing",
            "Play one step",
            "Only the next step of it",
            ("Shift+F9",),
            "&Run/&Follow units",
        ),
        ActionSpec(
            "reset_closing",
            "Show the matrix as it is",
            "Leave the animation",
            ("Ctrl+F9",),
            "&Run/&Follow units",
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self._holder = QWidget()
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.dock: QDockWidget = program.window.add_panel(
            "units", "Units", self._holder, Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.dock.toggleViewAction().toggled.connect(self._toggled)
        self._built = False
        self._shown: tuple[object, ...] = ()

    @property
    def is_built(self) -> bool:
        """Whether the panel was opened once."""
        return self._built

    @cached_property
    def panel(self) -> StructuredPanel:
        """What the panel holds."""
        window = self.program.window
        theme = THEMES.get(self.program.settings.theme, THEMES["light"])
        on_heatmap = OnHeatmap(window.heatmap.plot, theme)
        panel = StructuredPanel(on_heatmap)
        self._column.addWidget(panel)
        return panel

    @cached_property
    def controller(self) -> StructuredController:
        """What follows the units."""
        controller = StructuredController(self.program.pool, self.panel)
        panel, units, form = self.panel, self.panel.units, self.panel.form
        window = self.program.window
        window.heatmap.plot.cell_hovered.connect(self._hover)
        panel.on_heatmap.pressed.connect(self._press)
        panel.on_heatmap.line_moved.connect(controller.cut_at)
        units.role_chosen.connect(controller.follow)
        units.criterion_chosen.connect(
            lambda name: controller.edit(
                dataclasses.replace(controller.plan, criterion=name)
            )
        )
        units.hold_toggled.connect(lambda on: controller.hold(on=on))
        units.row_chosen.connect(self._select)
        units.cut_chosen.connect(controller.cut)
        units.same_wanted.connect(
            lambda: controller.edit(dataclasses.replace(controller.plan, ratios={}))
        )
        units.play_pressed.connect(self.play_closing)
        units.step_pressed.connect(self.step_closing)
        units.reset_pressed.connect(self.reset_closing)
        units.one_by_one_toggled.connect(lambda _on: self.reset_closing())
        form.edited.connect(controller.edit)
        controller.on_chosen = self.reset_closing
        if self.program.document.model is not None:
            controller.set_model(self.program.document.model)
        self._built = True
        return controller

    # Actions

    def units(self) -> None:
        """Show the panel, in front; hide it where it is there already."""
        if self.dock.isVisible() and not self.dock.visibleRegion().isEmpty():
            self.dock.hide()
            return
        beside = self.program.window.findChild(QDockWidget, "plan")
        if not self._built and beside is not None and not beside.isFloating():
            self.program.window.tabifyDockWidget(beside, self.dock)
        self.dock.show()
        self.dock.raise_()

    def next_unit(self) -> None:
        self.controller.move(1)

    def previous_unit(self) -> None:
        self.controller.move(-1)

    def hold_unit(self) -> None:
        self.controller.hold(on=not self.controller.held)

    def raise_cut(self) -> None:
        self.controller.move_cut(1)

    def lower_cut(self) -> None:
        self.controller.move_cut(-1)

    def play_closing(self) -> None:
        timeline = self._timeline()
        if timeline is not None:
            if timeline.running:
                timeline.pause()
            else:
                timeline.play()

    def step_closing(self) -> None:
        timeline = self._timeline()
        if timeline is not None:
            timeline.step()

    def reset_closing(self) -> None:
        self.panel.on_heatmap.end_animation()

    def enabled(self, name: str, state: ProgramState) -> bool | None:
        if name == "units":
            return None
        return self._built and self.controller.active and state.model_open

    # What happens

    def model_opened(self, model: ModelFile) -> None:
        if self._built:
            self.reset_closing()
            self.controller.set_model(model)

    def weights_changed(self, model: ModelFile) -> None:
        self.model_opened(model)

    def answer(self, answer: Answer) -> bool:
        return self._built and self.controller.answer(answer)

    def tick(self) -> None:
        if not self._built:
            return
        document, picture = self.program.document, self.program.window.heatmap.plot
        order = picture.picture.order if picture.picture else UNSORTED
        shown = (document.weight, document.canvas, order)
        if any(
            a is not b for a, b in zip(shown, self._shown or (0, 0, 0), strict=True)
        ):
            self._shown = shown
            self.reset_closing()
            self.controller.set_weight(*shown)
        self.panel.on_heatmap.tick()

    def set_theme(self, theme: Theme) -> None:
        if self._built:
            self.panel.on_heatmap.set_theme(theme)

    # Inside

    def _toggled(self, on: bool) -> None:
        if on or self._built:
            self.controller.activate(on=on)
            if not on:
                self.reset_closing()
            self.program.refresh()

    def _timeline(self) -> Timeline | None:
        """Return the course of the animation, begun where it is not under way."""
        player, controller = self.panel.on_heatmap.player, self.controller
        if player.timeline is not None:
            return player.timeline
        order, canvas = controller.leaving_order(), self.program.document.canvas
        weight, coupling = self.program.document.weight, controller.coupling
        if not order or canvas is None or weight is None or coupling is None:
            self.panel.show_message("Nothing of this weight would go: cut more units.")
            return None
        timeline = Timeline(
            len(order), one_by_one=self.panel.units.one_by_one.isChecked()
        )
        player.begin(
            timeline,
            canvas,
            lambda progress: coupling.leaving(weight.path, order, progress),
        )
        return timeline

    @property
    def _is_playing(self) -> bool:
        return self.panel.on_heatmap.player.timeline is not None

    def _hover(self, cell: tuple[int, int] | None) -> None:
        if not self._is_playing:
            self.controller.hover(cell)
        elif cell is not None:
            # Other weights are in the cells now: no value must be read there.
            self.program.window.heatmap.plot.cell_hovered.emit(None)

    def _press(self, cell: tuple[int, int]) -> None:
        if not self._is_playing:
            self.controller.press(cell)

    def _select(self, path: str) -> None:
        self.controller.hold(on=True)
        coupling = self.controller.coupling
        if coupling is not None and path in coupling.weights:
            self.program.document.select(coupling.weights[path])
