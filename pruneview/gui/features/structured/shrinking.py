"""Makes the open model smaller from the window, and shows what came of it."""

from typing import TYPE_CHECKING

from pruneview.formats import ModelFile
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.reading import Numbers, measure_weights
from pruneview.gui.controllers.state import Phase, ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.structured.feature import StructuredFeature
from pruneview.gui.features.structured.views.shrunk_tab import ShrunkTab
from pruneview.gui.theme import Theme
from pruneview.pruning.events import (
    Event,
    Failed,
    RunCancelled,
    RunEnded,
    RunStarted,
)
from pruneview.pruning.structured.shrinking.events import (
    ShrinkEnded,
    ShrinkStarted,
    UnitsRemoved,
)
from pruneview.sparsity.sizing.sizes import QUICK_LABEL
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program


_CHANNEL = "file after shrinking"


class ShrinkingFeature(Feature):
    """The buttons of the page Shrink, and a tab with before and after."""

    actions = (
        ActionSpec(
            "shrink",
            "Sh&rink: remove the units",
            "Make the model smaller as the page Shrink of the panel Units says",
            ("Ctrl+Shift+U",),
            "&Run",
        ),
        ActionSpec(
            "save_shrunk",
            "Save the small &model as…",
            "Save the model without the removed units as .keras or .h5",
            (),
            "&File",
            above="quit",
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self.tab = ShrunkTab(program.theme)
        program.window.add_tab(self.tab, "Shrunk", shown=False)
        self.tab.save_wanted.connect(lambda: program.commands.carry_out("save_shrunk"))
        self.result: ShrinkEnded | None = None
        self._connected = False
        self._shrinking = self._small = False

    @property
    def _units(self) -> StructuredFeature:
        return self.program.features.find(StructuredFeature)

    def shrink(self) -> None:
        """Begin, where nothing is missing."""
        program, units = self.program, self._units
        form, plan = units.panel.form, units.controller.plan
        problems = {**plan.validate(), **form.options.validate()}
        if problems:
            program.presenter.show_error(" ".join(problems.values()), "")
            return
        training, data = None, None
        if form.fine_tunes:
            ready = program.commands.ready_to_train(self.shrink)
            if ready is None:
                return
            training, data = ready
        elif not program.commands.ready_to_build(self.shrink):
            return
        options = form.options
        self._shrinking, self._small = True, False
        program.run.measure(
            "Making the model smaller…",
            lambda: program.worker.shrink(training, plan, data, options),
        )

    def save_shrunk(self) -> None:
        """Save what the last shrinking has made."""
        model = self.program.document.model
        if model is not None:
            self.program.commands.save_as(
                "Save the small model", f"{model.path.stem}_small.keras"
            )

    def enabled(self, name: str, state: ProgramState) -> bool | None:
        idle = state.model_open and state.phase is Phase.IDLE and not state.busy
        if name == "save_shrunk":
            self.tab.save.setEnabled(idle and self.result is not None)
            return idle and self.result is not None
        units = self._units
        if not units.is_built:
            return False
        form = units.panel.form
        if not self._connected:
            self._connected = True
            form.run_wanted.connect(lambda: self.program.commands.carry_out("shrink"))
            form.cancel_wanted.connect(self.program.run.stop)
        form.run.setEnabled(idle and form.shrinkable)
        form.cancel.setEnabled(state.is_running and state.phase is not Phase.STOPPING)
        return idle and form.shrinkable

    def model_opened(self, model: ModelFile) -> None:
        self.result = None
        self._shrinking = False
        self.program.pool.cancel(_CHANNEL)
        self.tab.clear()

    def event(self, event: Event) -> None:
        if not self._shrinking:
            return
        if isinstance(event, ShrinkStarted):
            self.result = None
            self.tab.clear()
        elif isinstance(event, UnitsRemoved):
            self._removed()
        elif isinstance(event, RunStarted):
            if self._small:
                # The heatmap is laid out for the file's shapes, not for smaller ones.
                self.program.document.follow_run(on=False)
        elif isinstance(event, RunEnded):
            # There is more to come: figures, and perhaps another round.
            self.program.run.measure("Measuring the small model…", lambda: None)
        elif isinstance(event, ShrinkEnded):
            self._ended(event)
        elif isinstance(event, Failed | RunCancelled):
            self._shrinking = False
            self._show_file()

    def _removed(self) -> None:
        self._small = True
        self.program.document.follow_run(on=False)
        units = self._units
        if units.controller.active and units.controller.keep:
            units.reset_closing()
            units.play_closing()

    def _ended(self, event: ShrinkEnded) -> None:
        self._shrinking = False
        self.result = event
        self.tab.show_result(event)
        window = self.program.window
        window.show_tab(self.tab)
        macs = {layer.path: layer.macs for layer in event.before.layers}
        self._units.controller.set_macs(macs)
        self.program.run.measured()
        self._show_file()

    def _show_file(self) -> None:
        """Fill the table of layers anew: fine-tuning has shown its own numbers."""
        document = self.program.document
        document.follow_run(on=False)
        if document.model is None:
            return
        weights = [w for layer in document.model.layers for w in layer.weights]
        self.program.pool.submit(
            _CHANNEL, lambda request: measure_weights(weights, request)
        )

    def answer(self, answer: Answer) -> bool:
        if answer.channel != _CHANNEL:
            return False
        found, layers = answer.value, self.program.window.layers
        if isinstance(found, Numbers):
            if found.statistics is not None:
                layers.set_statistics(found.path, found.statistics)
            if found.deflated is not None:
                layers.set_numbers(found.path, deflated=found.deflated)
        elif answer.last:
            layers.show_totals(QUICK_LABEL)
        return True

    def set_theme(self, theme: Theme) -> None:
        self.tab.set_theme(theme)
