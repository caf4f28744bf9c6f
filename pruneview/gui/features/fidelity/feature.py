"""Where a person has no data: fidelity instead of accuracy, and named as such."""

from typing import TYPE_CHECKING

from pruneview.formats import ModelFile
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.fidelity.panel import FidelityPanel
from pruneview.pruning.events import Event
from pruneview.pruning.fidelity.events import FidelityMeasured

if TYPE_CHECKING:
    from pruneview.gui.program import Program

#: What of the plan counts where nothing is trained.
_USED = ("final_sparsity", "layers", "seed")


class FidelityFeature(Feature):
    """An action, and a tab with what it found."""

    actions = (
        ActionSpec(
            "fidelity",
            "No &data: how far do the outputs stay?",
            "Prune to the plan's final sparsity in memory, without training, and "
            "compare the outputs with the baseline's on synthetic inputs",
            ("Ctrl+Alt+F",),
            "&Run",
            enabled=lambda state: (
                state.prunable and state.phase is Phase.IDLE and not state.busy
            ),
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self.panel = FidelityPanel()
        program.window.add_tab(self.panel, "Fidelity", shown=False)

    def fidelity(self) -> None:
        """Begin to measure."""
        program, plan = self.program, self.program.plan
        problems = [plan.problems[field] for field in _USED if field in plan.problems]
        model = program.document.model
        if problems:
            program.presenter.show_error(" ".join(problems), "")
        elif model is not None and program.commands.ready_to_build(self.fidelity):
            path, wanted = model.path, plan.plan
            program.run.measure(
                "Pruning without data…", lambda: program.worker.fidelity(path, wanted)
            )

    def model_opened(self, model: ModelFile) -> None:
        """Forget what was measured of another model."""
        self.panel.clear()

    def event(self, event: Event) -> None:
        """Show what was found."""
        if isinstance(event, FidelityMeasured):
            self.program.run.measured()
            self.panel.show_result(event.result)
            self.program.window.show_tab(self.panel)
            for sentence in self.panel.sentences:
                self.program.presenter.show_log(sentence, "info")
