"""Exports views of the window and the run on show."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QFileDialog,
    QProgressDialog,
    QWidget,
)

from pruneview.formats import ModelFile
from pruneview.gui import units
from pruneview.gui.actions import ActionSpec
from pruneview.gui.controllers.opening import is_known
from pruneview.gui.features.export.choice import KINDS, Choice, What
from pruneview.gui.features.export.dialog import ExportDialog
from pruneview.gui.features.export.drawing import Drawn
from pruneview.gui.features.export.heatmap import DRAWING, HeatmapExport
from pruneview.gui.features.export.views import Paper, dressed, image_of, svg_of
from pruneview.gui.features.feature import Feature
from pruneview.gui.features.timeline import Timeline
from pruneview.gui.theme import THEMES, Theme
from pruneview.gui.views.charts import ChartsPanel
from pruneview.gui.views.histogram_panel import HistogramPanel
from pruneview.gui.views.layer_table import LayerTable
from pruneview.pruning.events import Event
from pruneview.pruning.report.rows import CostReport, ReportMade
from pruneview.runs.export.writing import ExportError
from pruneview.workers.reader_pool import Answer, Request

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_CHANNEL = "export"
_THOUSAND = 1000


class Export(Feature):
    """Asks what and where; writes under another name until the file is whole."""

    actions = (
        ActionSpec(
            "export",
            "&Export…",
            "Pictures of any view, the run as an animation, a table or a report",
            ("Ctrl+E",),
            "&File",
            enabled=lambda state: state.model_open,
            above="quit",
        ),
    )

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self._theme = THEMES[program.settings.theme]
        self._choice = Choice(What.HEATMAP, "png", theme=self._theme.name)
        self._costs: CostReport | None = None
        self._progress: QProgressDialog | None = None
        self._heatmap = HeatmapExport(program)
        self._writing = self._choice, Path()

    def export(self) -> None:
        """Ask what is to be exported."""
        timeline = self.program.features.find(Timeline)
        dialog = ExportDialog(
            self.program.window,
            self._choice,
            self._ask_where,
            has_run=timeline.replay is not None,
        )
        dialog.open()

    @property
    def is_writing(self) -> bool:
        """Whether a file is being written; another one must wait."""
        return self._progress is not None

    def _ask_where(self, choice: Choice) -> None:
        self._choice = choice
        program, settings = self.program, self.program.settings
        model = program.document.model
        stem = "pruneview" if model is None else model.path.stem
        name = f"{stem}_{choice.what.name.lower()}.{choice.ending}"
        chosen, _ = QFileDialog.getSaveFileName(
            program.window,
            "Export",
            str(Path(settings.folder or Path.home()) / name),
            f"{KINDS[choice.ending]} (*.{choice.ending})",
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() != f".{choice.ending}":
            path = path.with_name(f"{path.name}.{choice.ending}")
        settings.folder = str(path.parent)
        self.write(choice, path)

    def write(self, choice: Choice, path: Path) -> None:
        """Export on another thread; only what is on show is painted on this one."""
        if self.is_writing:
            self.program.presenter.show_error(
                "Another export is still being written: wait for it, or cancel it.", ""
            )
            return
        self._writing = choice, path
        try:
            if choice.what in (What.FILM, What.LOG, What.PAGE):
                self._write_run(choice, path)
            elif choice.what is What.HEATMAP:
                self._submit(path, self._heatmap.begin(choice))
            else:
                self._write_view(choice, path)
        except ExportError as error:
            self.program.presenter.show_error(str(error), "")

    def _write_view(self, choice: Choice, path: Path) -> None:
        panel = self._panel(choice.what)
        paper = Paper(choice.width, choice.height, self._heading(choice.what))
        theme = paper.drawn_on(THEMES[choice.theme])
        timeline = self.program.features.find(Timeline)

        def dress(theme: Theme) -> None:
            panel.set_theme(theme)
            timeline.set_theme(theme)

        with dressed(
            panel,
            dress,
            paper,
            now=self._theme,
            theme=theme,
            without=(timeline.bar, *_pressable(panel)),
        ):
            painted: QImage | bytes
            if choice.ending == "svg":
                painted = svg_of(panel, paper, theme, choice.what.value)
            else:
                painted = image_of(panel, paper, theme)
        self._submit(path, self._jobs().writing_job(painted, QImage(), path))

    def _heading(self, what: What) -> str:
        """Return what a view is of: in the window other panels say so."""
        document = self.program.document
        model, weight, frame = document.model, document.weight, document.frame
        of = [] if model is None else [model.path.name]
        if what is What.HISTOGRAM and weight is not None:
            of = [weight.path, units.shape(weight.shape)]
        if what is not What.CURVES and document.is_live and frame is not None:
            of.append(f"step {units.count(frame.step)}")
        return "   ".join(of)

    @staticmethod
    def _jobs() -> ModuleType:
        """Return what draws and writes: only who exports needs it."""
        from pruneview.gui.features.export import jobs  # noqa: PLC0415

        return jobs

    def _submit(self, path: Path, job: Callable[[Request], object]) -> None:
        self._show_progress(path)
        self.program.pool.submit(_CHANNEL, job)

    def _panel(self, what: What) -> HistogramPanel | ChartsPanel | LayerTable:
        window = self.program.window
        if what is What.HISTOGRAM:
            return window.histogram
        if what is What.CURVES:
            return window.charts
        return window.layers

    def _write_run(self, choice: Choice, path: Path) -> None:
        replay = self.program.features.find(Timeline).replay
        if replay is None:
            self.program.presenter.show_error(
                "There is no recorded run on show: run one, or open a recording.", ""
            )
            return
        weight = self.program.document.weight
        job = self._jobs().export_job(
            choice,
            path,
            recording=replay.recording.path,
            model=self.program.document.model,
            weight="" if weight is None else weight.path,
            costs=self._costs,
        )
        self._submit(path, job)

    def _show_progress(self, path: Path) -> None:
        self._end_progress()
        dialog = QProgressDialog(
            f"Writing {path.name}…", "Cancel", 0, _THOUSAND, self.program.window
        )
        dialog.setWindowTitle("Export")
        dialog.setWindowModality(Qt.WindowModality.NonModal)
        dialog.setMinimumDuration(400)
        dialog.setAutoClose(False)
        dialog.canceled.connect(self._cancel)
        dialog.setValue(0)
        self._progress = dialog

    def _end_progress(self) -> None:
        dialog, self._progress = self._progress, None
        if dialog is not None:
            dialog.canceled.disconnect(self._cancel)
            dialog.close()
            dialog.deleteLater()

    def _cancel(self) -> None:
        self._give_up()
        self.program.presenter.show_log("The export was cancelled.", "info")

    def _give_up(self) -> None:
        self.program.pool.cancel(_CHANNEL)
        self._heatmap.close()
        self._end_progress()

    def _say_written(self, path: Path) -> None:
        self.program.presenter.show_note(f"Wrote {path}.")
        self.program.presenter.show_log(f"Wrote {path}.", "info")

    # What happens

    def answer(self, answer: Answer) -> bool:
        """See `Feature.answer`."""
        if answer.channel != _CHANNEL:
            return False
        if not answer.last:
            if self._progress is not None:
                self._progress.setValue(round(answer.value * _THOUSAND))
            return True
        if isinstance(answer.value, Drawn):
            self._render(answer.value)
            return True
        self._end_progress()
        self._heatmap.close()
        if answer.error is None:
            self._say_written(answer.value)
        else:
            details = "" if is_known(answer.error) else answer.details
            self.program.presenter.show_error(str(answer.error), details)
        return True

    def _render(self, drawn: Drawn) -> None:
        """Paint the heatmap that was drawn, and have the file written."""
        choice, path = self._writing
        try:
            painted, cells = self._heatmap.rendered(drawn, choice)
        except ExportError as error:
            self._give_up()
            self.program.presenter.show_error(str(error), "")
            return
        self._heatmap.close()
        job = self._jobs().writing_job(painted, cells, path, DRAWING)
        self.program.pool.submit(_CHANNEL, job)

    def model_opened(self, model: ModelFile) -> None:
        """What was measured is of another model."""
        self._costs = None

    def event(self, event: Event) -> None:
        """Keep sizes and times for a report."""
        if isinstance(event, ReportMade):
            self._costs = event.report

    def set_theme(self, theme: Theme) -> None:
        """See `Feature.set_theme`."""
        self._theme = theme
        self._choice = replace(self._choice, theme=theme.name)

    def close(self) -> None:
        """See `Feature.close`."""
        self._give_up()


def _pressable(panel: QWidget) -> list[QAbstractButton]:
    """Return what is to be pressed, which is nothing on paper."""
    buttons = panel.findChildren(QAbstractButton)
    return [button for button in buttons if button.isVisibleTo(panel)]
