"""Marking a part of the heatmap for its statistics, and copying from it."""

import time
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from pruneview.gui import units
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.marked import (
    measure_region,
    text_of_rows,
    words_about,
)
from pruneview.gui.controllers.state import ProgramState
from pruneview.gui.features.feature import Feature
from pruneview.sparsity.pictures.live import LiveFrame
from pruneview.sparsity.pictures.order import UNSORTED, Order
from pruneview.sparsity.pictures.picture import Region
from pruneview.sparsity.pictures.tone import Quantity
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_MARKED, _COPIED = "marked", "copied"
_REST_SECONDS = 0.5
_COPIED_AT_MOST = 1_000_000


def _is_open(state: ProgramState) -> bool:
    return state.model_open


class MarkingFeature(Feature):
    """Keeps the words about what is marked true, in a run too."""

    actions = (
        ActionSpec(
            "mark_view",
            "Mark what is in vie&w",
            "Statistics of the weights in view, or of none (Shift and drag marks less)",
            ("Ctrl+Shift+A",),
            "&Edit",
            enabled=_is_open,
            separate=True,
        ),
        ActionSpec(
            "copy_value",
            "&Copy the value",
            "Copy the weight under the cursor, or in the middle of the heatmap",
            ("Ctrl+C",),
            "&Edit",
            enabled=_is_open,
        ),
        ActionSpec(
            "copy_row",
            "Copy the &row",
            "Copy the row under the cursor, or all that is marked, as a table",
            ("Ctrl+Shift+C",),
            "&Edit",
            enabled=_is_open,
        ),
        ActionSpec(
            "copy_picture",
            "Copy the &picture",
            "Copy the heatmap with its axes and its key",
            ("Ctrl+Alt+C",),
            "&Edit",
            enabled=_is_open,
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self._panel = program.window.heatmap
        self._plot = self._panel.plot
        self._measured: LiveFrame | None = None
        self._since = 0.0
        self._things = "weights"
        self._plot.region_selected.connect(self._marked)

    def mark_view(self) -> None:
        marked = self._plot.selected
        self._plot.select(self._plot.visible_region() if marked is None else None)

    def copy_value(self) -> None:
        cell, contents = self._panel.cell, self.program.document.shown
        index = None if cell is None else self._panel.index_at(cell)
        if index is None or contents is None:
            self.program.presenter.show_note("There is no weight to copy here.")
            return
        text = f"{contents.value_at(index):.9g}"
        QGuiApplication.clipboard().setText(text)
        where = ", ".join(str(i) for i in index)
        self.program.presenter.show_note(f"Copied [{where}]: {text}")

    def copy_row(self) -> None:
        document, cell = self.program.document, self._panel.cell
        contents, canvas = document.shown, document.canvas
        if cell is None or contents is None or canvas is None:
            return
        row = Region(cell[0], cell[0] + 1, 0, canvas.width)
        region, order = self._plot.selected or row, self._order
        if region.height * region.width > _COPIED_AT_MOST:
            self.program.presenter.show_error(
                f"Only up to {units.count(_COPIED_AT_MOST)} values are copied: "
                "mark fewer, with Shift and drag.",
                "",
            )
            return
        self.program.pool.submit(
            _COPIED, lambda _job: text_of_rows(contents, canvas, region, order)
        )

    def copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self._panel.grab())
        self.program.presenter.show_note("Copied the picture.")

    def answer(self, answer: Answer) -> bool:
        if answer.channel not in {_MARKED, _COPIED}:
            return False
        if answer.error is not None:
            self.program.presenter.show_error(str(answer.error), answer.details)
        elif answer.channel == _COPIED:
            QGuiApplication.clipboard().setText(answer.value)
            rows = answer.value.count("\n") + 1 if answer.value else 0
            values = answer.value.count("\t") + rows
            self.program.presenter.show_note(
                f"Copied {units.count(values)} values in {units.count(rows)} rows."
            )
        elif answer.value is not None and self._plot.selected is not None:
            words = words_about(answer.value, self._plot.selected, self._things)
            self._panel.show_marked(words)
        return True

    def tick(self) -> None:
        marked, frame = self._plot.selected, self.program.document.frame
        if marked is None or frame is self._measured:
            return
        # Enough for numbers that are read; a run needs its time.
        rested = time.monotonic() - self._since >= _REST_SECONDS
        if rested and not self.program.pool.is_busy(_MARKED):
            self._measure(marked)

    @property
    def _order(self) -> Order:
        picture = self._plot.picture
        return UNSORTED if picture is None else picture.order

    def _marked(self, region: Region | None) -> None:
        if region is None:
            self.program.pool.cancel(_MARKED)
            self._panel.show_marked("")
        else:
            self._measure(region)

    def _measure(self, region: Region) -> None:
        document, order = self.program.document, self._order
        contents, canvas = document.shown, document.canvas
        self._measured, self._since = document.frame, time.monotonic()
        picture = self._plot.picture
        of_gradient = picture and picture.tone.quantity is Quantity.GRADIENT
        self._things = "gradients" if of_gradient else "weights"
        if contents is not None and canvas is not None:
            self.program.pool.submit(
                _MARKED,
                lambda job: measure_region(
                    contents, canvas, region, order, lambda: job.cancelled
                ),
            )
