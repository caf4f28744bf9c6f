"""Larger and smaller letters."""

from pruneview.gui.actions import ActionSpec
from pruneview.gui.features.feature import Feature

#: Per cent of the usual size.
SIZES = (100, 125, 150, 175, 200)


class TextSize(Feature):
    """Actions for the size of all letters in the window; it is remembered."""

    actions = (
        ActionSpec(
            "larger_text",
            "Lar&ger text",
            "Larger letters, up to twice the usual size",
            ("Ctrl++", "Ctrl+="),
            "&View",
            separate=True,
            above="dismiss",
        ),
        ActionSpec(
            "smaller_text",
            "S&maller text",
            "Smaller letters, down to the usual size",
            ("Ctrl+-",),
            "&View",
            above="dismiss",
        ),
    )

    def larger_text(self) -> None:
        self._choose(min((s for s in SIZES if s > self._percent), default=SIZES[-1]))

    def smaller_text(self) -> None:
        self._choose(max((s for s in SIZES if s < self._percent), default=SIZES[0]))

    @property
    def _percent(self) -> int:
        return self.program.settings.text_percent

    def _choose(self, percent: int) -> None:
        program = self.program
        program.settings.text_percent = percent
        program.choose_theme(program.theme.name)
        points = program.theme.font_points
        program.presenter.show_note(f"Text of {percent} %: letters of {points} points.")
