"""The gradient in the heatmap: offered where there is one, and said what it is."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.gui.views.display_box import DisplayBox
from pruneview.sparsity.pictures.gradient import Gradient
from pruneview.sparsity.pictures.tone import Quantity

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_FILE = (
    "Gradients are measured on the training data, while a run goes on and after it. "
    "Start a run to see them."
)


class GradientFeature(Feature):
    """Lets the gradient be chosen, and writes over the picture what it shows."""

    actions = (
        ActionSpec(
            "show_gradient",
            "&Gradient of the loss",
            "Show which way training pulls each weight, pruned ones too",
            ("Ctrl+5",),
            "&View",
            enabled=lambda state: state.model_open,
            above="log_scale",
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self._panel = program.window.heatmap
        self._why_not = _FILE
        self._panel.display.made.connect(self._made)
        self._panel.plot.shown.connect(self._picture_shown)
        self._say_in_menu()

    def show_gradient(self) -> None:
        """Colour weights by the gradient of the loss."""
        box = self._panel.display.box
        box.choose(replace(box.display, quantity=Quantity.GRADIENT), box.range)

    def enabled(self, name: str, state: ProgramState) -> bool | None:
        return state.model_open and not self._why_not

    def tick(self) -> None:
        """Offer the gradient, or say why there is none."""
        document = self.program.document
        why_not = self._why_not
        if not document.is_live:
            why_not = _FILE
        elif document.frame is not None:
            gradient = document.frame.gradient
            why_not = gradient if isinstance(gradient, str) else ""
        if why_not != self._why_not:
            self._why_not = why_not
            self._panel.display.box.offer_gradient(why_not)
            self._say_in_menu()
            self.program.refresh()

    def _say_in_menu(self) -> None:
        action, (spec,) = self.program.window.action("show_gradient"), self.actions
        action.setStatusTip(self._why_not or spec.tip)

    def _made(self, box: DisplayBox) -> None:
        box.offer_gradient(self._why_not)

    def _picture_shown(self) -> None:
        picture, document = self._panel.plot.picture, self.program.document
        assert picture is not None
        frame, words = document.frame if document.is_live else None, ""
        if picture.tone.quantity is Quantity.GRADIENT:
            assert frame is not None
            assert isinstance(frame.gradient, Gradient)
            words = frame.gradient.words
        elif document.display.quantity is Quantity.GRADIENT:
            why_not = _FILE if frame is None else frame.gradient
            words = f"The values, not the gradient. {why_not}"
        self._panel.set_caption(words)
