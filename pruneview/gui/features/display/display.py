"""What of a weight the heatmap shows, on which scale and in which order."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.state import ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.gui.views.display_box import DisplayBox, Range
from pruneview.sparsity.pictures.display import Display
from pruneview.sparsity.pictures.order import SortBy
from pruneview.sparsity.pictures.tone import Quantity

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_NOTES = {Range.LOCKED: "locked", Range.MANUAL: "manual"}


def _is_open(state: ProgramState) -> bool:
    return state.model_open


class DisplayFeature(Feature):
    """Passes on what is chosen at the heatmap's "Display" button or by keys."""

    actions = (
        ActionSpec(
            "show_signed",
            "Signed &values",
            "Colour weights by their value",
            ("Ctrl+1",),
            "&View",
            enabled=_is_open,
            separate=True,
        ),
        ActionSpec(
            "show_magnitudes",
            "&Magnitudes",
            "Colour weights by their absolute value",
            ("Ctrl+2",),
            "&View",
            enabled=_is_open,
        ),
        ActionSpec(
            "show_mask",
            "Mas&k",
            "Show which weights are zero, and of many weights how many",
            ("Ctrl+3",),
            "&View",
            enabled=_is_open,
        ),
        ActionSpec(
            "show_difference",
            "&Difference to the baseline",
            "Show what a run has changed",
            ("Ctrl+4",),
            "&View",
            enabled=_is_open,
        ),
        ActionSpec(
            "log_scale",
            "&Logarithmic colours",
            "Linear or logarithmic, on both sides of zero",
            ("Ctrl+L",),
            "&View",
            enabled=_is_open,
        ),
        ActionSpec(
            "lock_scale",
            "Lock the colour &range",
            "Keep the ends of the colour scale for all weights, or let them go",
            ("Ctrl+Shift+L",),
            "&View",
            enabled=_is_open,
        ),
        ActionSpec(
            "sort_by_norm",
            "Sort by &norm",
            "Rows and columns, or channels and filters, of largest norm first",
            ("Ctrl+Alt+N",),
            "&View",
            enabled=_is_open,
        ),
        ActionSpec(
            "sort_by_sparsity",
            "Sort by s&parsity",
            "Rows and columns, or channels and filters, of fewest zeros first",
            ("Ctrl+Alt+Z",),
            "&View",
            enabled=_is_open,
        ),
        ActionSpec(
            "choose_display",
            "Displa&y…",
            "Choose what the colours show, their scale and range, and the order",
            ("F8",),
            "&View",
            enabled=_is_open,
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self._panel = program.window.heatmap
        self._panel.display.made.connect(self._made)

    @property
    def _box(self) -> DisplayBox:
        return self._panel.display.box

    def _made(self, box: DisplayBox) -> None:
        box.chosen.connect(self._show)
        self._panel.plot.shown.connect(self._picture_shown)
        self._picture_shown()

    def show_signed(self) -> None:
        self._choose(quantity=Quantity.SIGNED)

    def show_magnitudes(self) -> None:
        self._choose(quantity=Quantity.MAGNITUDE)

    def show_mask(self) -> None:
        self._choose(quantity=Quantity.MASK)

    def show_difference(self) -> None:
        self._choose(quantity=Quantity.DIFFERENCE)

    def log_scale(self) -> None:
        self._choose(logarithmic=not self._box.display.logarithmic)

    def lock_scale(self) -> None:
        locked = self._box.range in _NOTES
        display = replace(self._box.display, limit=None)
        self._box.choose(display, Range.AUTOMATIC if locked else Range.LOCKED)

    def sort_by_norm(self) -> None:
        self._sort(SortBy.NORM)

    def sort_by_sparsity(self) -> None:
        self._sort(SortBy.SPARSITY)

    def choose_display(self) -> None:
        self._panel.display.open()

    def _picture_shown(self) -> None:
        picture = self._panel.plot.picture
        if picture is not None:
            self._box.set_limit_shown(picture.limit)

    def _sort(self, by: SortBy) -> None:
        """Sort both ways, or neither if they are sorted so already."""
        display = self._box.display
        if display.rows is by and display.columns is by:
            by = SortBy.NONE
        self._choose(rows=by, columns=by)

    def _choose(self, **changes: object) -> None:
        self._box.choose(
            replace(self._box.display, **changes),  # type: ignore[arg-type]
            self._box.range,
        )

    def _show(self, display: Display) -> None:
        source = self._box.range
        note = _NOTES.get(source, "")
        if source is Range.PERCENTILE:
            note = f"{display.percentile:g} %"
        self._panel.set_note(note)
        document = self.program.document
        document.choose_display(display)
        differs = document.frame is not None or document.model is not document.file
        if display.quantity is Quantity.DIFFERENCE and not differs:
            self.program.presenter.show_note(
                "Nothing differs from the baseline yet: this is the file as it is. "
                "Run a plan to see what changes."
            )
