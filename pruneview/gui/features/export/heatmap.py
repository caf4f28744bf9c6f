"""Exports the heatmap: lays it out, has it drawn on another thread, renders it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtGui import QImage

from pruneview.gui import units
from pruneview.gui.features.export.choice import Choice
from pruneview.gui.features.export.drawing import Drawn, draw_moment, draw_selected
from pruneview.gui.features.export.sheet import HeatmapSheet
from pruneview.gui.features.export.views import image_of, svg_of
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.features.what_if import WhatIf
from pruneview.gui.theme import THEMES
from pruneview.runs.export.writing import ExportError, Progress
from pruneview.sparsity.pictures.live import ViewRequest
from pruneview.workers.reader_pool import Request

if TYPE_CHECKING:
    from pruneview.gui.program import Program

#: Of the work, what drawing is; the rest is writing.
DRAWING = 0.8


class HeatmapExport:
    """Holds the sheet from the moment it is asked for until it is rendered.

    What happens in the window meanwhile does not change it.
    """

    def __init__(self, program: "Program") -> None:
        self._program = program
        self._sheet: HeatmapSheet | None = None

    def begin(self, choice: Choice) -> Callable[[Request], Drawn]:
        """Lay out a sheet; returns what draws its picture, on any thread.

        Raises
        ------
        ExportError
            Where there is no picture.
        """
        document, panel = self._program.document, self._program.window.heatmap
        picture, contents, weight = panel.plot.picture, document.shown, document.weight
        canvas = document.canvas
        if picture is None or contents is None or canvas is None or weight is None:
            raise ExportError(
                "There is no heatmap on show yet: select a weight and export again."
            )
        self.close()
        frame = document.frame if document.is_live else None
        note = "" if frame is None else f"step {units.count(frame.step)}"
        sheet = self._sheet = HeatmapSheet(panel, weight, choice, note)
        region, block = sheet.wanted
        request = ViewRequest(
            weight.path,
            sheet.arrangement,
            region,
            block,
            limit=picture.limit,
            display=document.display,
        )
        threshold = self._program.features.find(WhatIf).threshold
        baseline = self._baseline(weight.path)

        def work(job: Request) -> Drawn:
            progress = Progress(
                lambda share: job.report(DRAWING * share), lambda: job.cancelled
            )
            if frame is not None:
                return draw_moment(frame, request, baseline)
            return draw_selected(contents, canvas, request, threshold, progress)

        return work

    def _baseline(self, path: str) -> Callable[[], NDArray[Any] | None]:
        """Return what reads a weight as it was before the run on show."""
        replay = self._program.features.find(Timeline).replay
        model = self._program.document.model

        def read() -> NDArray[Any] | None:
            if replay is not None:
                return replay.baseline(path)
            # With what was pruned in memory, where runs begin.
            return None if model is None else model.weight(path).read()

        return read

    def rendered(self, drawn: Drawn, choice: Choice) -> tuple[QImage | bytes, QImage]:
        """Return the sheet with its picture, and the cells, which a drawing lacks.

        Raises
        ------
        ExportError
        """
        sheet, theme = self._sheet, THEMES[choice.theme]
        assert sheet is not None
        sheet.show_drawn(drawn)
        if choice.ending != "svg":
            sheet.fill_pixels()
            return image_of(sheet, sheet.paper, theme), QImage()
        cells = sheet.part_with_cells()
        return svg_of(sheet, sheet.paper, theme, choice.what.value), cells

    def close(self) -> None:
        """Forget the sheet."""
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            sheet.close()
            sheet.deleteLater()
