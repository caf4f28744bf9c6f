"""Measures the sensitivity of layers on the training thread, and fills the plan."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pruneview.formats import ModelFile
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import Phase, ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.sensitivity.panel import SensitivityPanel
from pruneview.gui.theme import Theme
from pruneview.pruning.events import Event
from pruneview.pruning.sensitivity import (
    LayerSensitivity,
    SensitivityEnded,
    SensitivityStarted,
    suggest_targets,
)

if TYPE_CHECKING:
    from pruneview.gui.program import Program


class SensitivityFeature(Feature):
    """An action, and a tab with what it found."""

    actions = (
        ActionSpec(
            "sensitivity",
            "Sensitivity of each &layer",
            "Measure how far each layer alone can be pruned; nothing is trained",
            ("Ctrl+Alt+S",),
            "&Run",
            enabled=lambda state: (
                state.model_open and state.phase is Phase.IDLE and not state.busy
            ),
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self.panel = SensitivityPanel(program.theme)
        program.window.add_tab(self.panel, "Sensitivity")
        self.panel.measuring_wanted.connect(self.sensitivity)
        self.panel.suggestion_wanted.connect(self.fill_plan)
        self.found: SensitivityEnded | None = None

    def sensitivity(self) -> None:
        """Begin to measure."""
        program = self.program
        ready = program.commands.ready_to_train(self.sensitivity)
        if ready is not None:
            plan, data = ready
            program.run.measure(
                "Measuring each layer…", lambda: program.worker.sensitivity(plan, data)
            )

    def fill_plan(self, lost: float) -> None:
        """Take the suggested sparsities into the plan; Undo takes them back."""
        if self.found is None:
            return
        targets = suggest_targets(self.found, lost)
        self.program.plan.edit(
            replace(self.program.plan.plan, layer_sparsity=targets), show=True
        )
        listed = ", ".join(f"{layer} {target * 100:.0f} %" for layer, target in targets)
        self.program.presenter.show_log(
            f"The plan now has a final sparsity for each layer measured: {listed}.",
            "info",
        )

    def enabled(self, name: str, state: ProgramState) -> bool | None:
        """Let the button follow the action."""
        self.panel.set_measurable(on=self.actions[0].enabled(state))
        return None

    def model_opened(self, model: ModelFile) -> None:
        """Forget what was measured of another model."""
        self.found = None
        self.panel.clear()

    def event(self, event: Event) -> None:
        """Show each layer as it is measured."""
        if isinstance(event, SensitivityStarted):
            self.found = SensitivityEnded(
                event.baseline, event.sparsities, (), complete=False
            )
            self.program.window.show_tab(self.panel)
        elif isinstance(event, LayerSensitivity) and self.found is not None:
            self.found = replace(self.found, measured=(*self.found.measured, event))
        elif isinstance(event, SensitivityEnded):
            self.found = event
            self.program.run.measured()
        else:
            return
        if self.found is not None:
            self.panel.show_found(self.found)

    def set_theme(self, theme: Theme) -> None:
        """Colour the cells anew."""
        self.panel.set_theme(theme)
