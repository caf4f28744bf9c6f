"""Opens a second file and has it compared on the reader pool."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from pruneview.formats import FormatError, ModelFile, Weight, open_model
from pruneview.gui import dialogs
from pruneview.gui.actions import ActionSpec
from pruneview.gui.features.comparison.panel import ComparisonPanel
from pruneview.gui.features.comparison.second_view import SecondView
from pruneview.gui.features.feature import Feature
from pruneview.gui.theme import Theme
from pruneview.pruning.two_models import (
    Matching,
    WeightDifference,
    compare_weight,
    match_weights,
)
from pruneview.workers.reader_pool import Answer, Request

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_CHANNEL = "comparison"


class ComparisonFeature(Feature):
    """A tab with what differs between the open file and another."""

    actions = (
        ActionSpec(
            "compare",
            "&Compare with another file…",
            "Show what differs between the open model and a second file",
            ("Ctrl+Shift+M",),
            "&File",
            enabled=lambda state: state.model_open and not state.busy,
            separate=True,
            above="quit",
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self.panel = ComparisonPanel()
        self.view = SecondView(program.window.heatmap, program.pool, program.theme)
        self.view.choice_made.connect(self._show_pair)
        program.window.add_beside_heatmap(self.view)
        program.window.add_tab(self.panel, "Comparison", shown=False)
        self.panel.file_wanted.connect(self.compare)
        self.panel.weight_chosen.connect(self._select)
        self.second: ModelFile | None = None
        self.matching: Matching | None = None

    def compare(self) -> None:
        """Ask for the second file."""
        program = self.program
        if program.document.model is None:
            self.panel.clear("Open a model first; then choose what to compare it with.")
            return
        name, _ = QFileDialog.getOpenFileName(
            program.window,
            "Compare with",
            program.settings.folder,
            dialogs.MODEL_FILTER,
        )
        if name:
            self.compare_with(Path(name))

    def compare_with(self, path: Path) -> None:
        """Compare the open model with a file."""
        first = self.program.document.model
        if first is None:
            return
        self._forget()
        self.panel.clear(f"Opening {path.name}…")
        self.program.window.show_tab(self.panel)
        self.program.pool.submit(_CHANNEL, lambda job: _compare(first, path, job))

    def model_opened(self, model: ModelFile) -> None:
        """Forget the comparison with another model."""
        del model
        self._forget()
        self.panel.clear()

    def weights_changed(self, model: ModelFile) -> None:
        """Compare anew."""
        del model
        if self.second is not None:
            self.compare_with(self.second.path)

    def answer(self, answer: Answer) -> bool:
        """Show what has been compared."""
        if self.view.answer(answer):
            return True
        if answer.channel != _CHANNEL:
            return False
        value = answer.value
        if answer.error is not None:
            self._fail(answer)
        elif isinstance(value, tuple) and isinstance(value[0], ModelFile):
            self.second, self.matching = value
            self.panel.show_matching(value[1], self.second.path.name)
            self.view.show()
            self._show_pair()
        elif isinstance(value, tuple):
            self.panel.show_difference(*value)
        elif answer.last:
            self.panel.show_done()
        return True

    def weight_selected(self, weight: Weight) -> None:
        """Show the other file's weight of that name, too."""
        del weight
        self._show_pair()

    def _show_pair(self) -> None:
        document, matching = self.program.document, self.matching
        weight, canvas = document.weight, document.canvas
        if matching is None or weight is None or canvas is None:
            return
        other = next((b for a, b in matching.pairs if a.path == weight.path), None)
        if other is None:
            self.view.clear("The other file has no weight of that name and shape.")
        else:
            self.view.show_pair(weight, other, canvas)

    def set_theme(self, theme: Theme) -> None:
        """Draw the second heatmap in other colours."""
        self.view.set_theme(theme)

    def _fail(self, answer: Answer) -> None:
        known = isinstance(answer.error, FormatError)
        sentence = str(answer.error) if known else f"Not compared: {answer.error!r}"
        self.panel.clear(sentence)
        self.program.presenter.show_error(sentence, "" if known else answer.details)

    def _select(self, path: str) -> None:
        weight = self._weight_here(path)
        if weight is not None:
            self.program.document.select(weight)

    def _weight_here(self, path: str) -> Weight | None:
        pairs = self.matching.pairs if self.matching else ()
        return next((first for first, _ in pairs if first.path == path), None)

    def _forget(self) -> None:
        self.program.pool.cancel(_CHANNEL)
        if self.second is not None:
            self.second.close()
        self.second = self.matching = None
        self.view.clear("")
        self.view.hide()

    def close(self) -> None:
        """Close the second file."""
        self.program.pool.cancel(_CHANNEL)
        if self.second is not None:
            self.second.close()


def _compare(first: ModelFile, path: Path, job: Request) -> None:
    """Report the matching, then (row, difference) for each pair."""
    second = open_model(path)
    if job.cancelled:
        second.close()
        return
    matching = match_weights(first, second)
    job.report((second, matching))
    for row, (weight, other) in enumerate(matching.pairs):
        found: WeightDifference | None = compare_weight(
            weight, other, lambda: job.cancelled
        )
        if found is None:
            return
        job.report((row, found))
