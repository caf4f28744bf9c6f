"""What is drawn and written for an export, on a thread of the reader pool."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QImage

from pruneview import __version__
from pruneview.formats import ModelFile
from pruneview.gui import colours
from pruneview.gui.features.export import rendered
from pruneview.gui.features.export.choice import Choice, What
from pruneview.gui.features.timeline.showing import open_recording
from pruneview.gui.theme import THEMES, Theme
from pruneview.pruning.report.rows import CostReport
from pruneview.runs.export.film import write_film
from pruneview.runs.export.look import Look
from pruneview.runs.export.page import PageExtras, write_page
from pruneview.runs.export.painter import FilmPlan
from pruneview.runs.export.table import write_csv
from pruneview.runs.export.writing import Progress
from pruneview.workers.reader_pool import Request


def look_of(theme: Theme) -> Look:
    """Return the colours of a theme."""
    return Look(
        ground=theme.surface,
        text=theme.text,
        muted=theme.muted,
        sparsity=theme.actual,
        accuracy=theme.target,
        baseline=theme.baseline,
        exact=colours.lookup_table(theme, reduced=False)[:, :3].copy(),
        reduced=colours.lookup_table(theme, reduced=True)[:, :3].copy(),
    )


def export_job(
    choice: Choice,
    path: Path,
    *,
    recording: Path,
    model: ModelFile | None,
    weight: str,
    costs: CostReport | None,
) -> Callable[[Request], Path]:
    """Return what writes the file; it reports the share that is done.

    Parameters
    ----------
    recording
        Read anew, so that the run may go on and another be shown.
    weight
        Path of the weight in an animation.
    """
    look = look_of(THEMES[choice.theme])

    def work(request: Request) -> Path:
        progress = Progress(request.report, lambda: request.cancelled)
        opened, maker = open_recording(recording, model, growing=False)
        with opened:
            replay = maker.replay
            if choice.what is What.FILM:
                plan = FilmPlan(weight, choice.width, choice.height, choice.seconds)
                write_film(replay, path, plan, look, progress)
            elif choice.what is What.LOG:
                write_csv(replay, path, progress)
            else:
                extras = PageExtras(costs, __version__)
                write_page(replay, path, look, extras, progress)
        return path

    return work


def writing_job(
    painted: QImage | bytes, cells: QImage, path: Path, begun: float = 0.0
) -> Callable[[Request], Path]:
    """Return what writes a picture, or a drawing with cells, to a file."""

    def work(request: Request) -> Path:
        progress = Progress(
            lambda share: request.report(begun + (1 - begun) * share),
            lambda: request.cancelled,
        )
        if isinstance(painted, bytes):
            rendered.write_svg(painted, path, cells, progress)
        else:
            rendered.write_png(painted, path, progress)
        return path

    return work
