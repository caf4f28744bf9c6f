"""Where the window records its runs, how many stay, and which were left unfinished."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pruneview.gui import units
from pruneview.gui.controllers.state import Phase
from pruneview.runs.shelf import MOST_RUNS, RunShelf, Shelved, surplus
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_CHANNEL = "recording-survey"
#: The first picture comes before a look at what was left unfinished.
_SURVEY_AFTER = 2.0  # seconds


class RunKeeper:
    """Says where a run is recorded, and makes room for the next ones.

    Parameters
    ----------
    in_use
        Returns files that must not be deleted.
    """

    def __init__(self, program: "Program", in_use: Callable[[], set[Path]]) -> None:
        self.shelf = RunShelf(program.settings.runs_folder)
        self._program = program
        self._in_use = in_use
        self._next_place: Path | None = None
        self._survey_at: float | None = time.monotonic() + _SURVEY_AFTER
        program.run.record_to = self._record_to

    def switch(self, *, on: bool) -> None:
        """Record runs from now on, or no more."""
        self._program.settings.record_runs = on
        words = (
            f"Runs are recorded in {self.shelf.folder}; the latest {MOST_RUNS} stay."
            if on
            else "Runs are not recorded any more: one that is killed cannot go on."
        )
        self._program.presenter.show_log(words, "info")

    def record_next_to(self, path: Path) -> None:
        """Record the next run in a file that is not there yet."""
        if path.exists():
            self._program.presenter.show_error(
                f"{path.name} exists, and a recording never replaces a file. Name "
                "another one.",
                "",
            )
            return
        self._next_place = path
        self._program.presenter.show_log(f"The next run is recorded in {path}.", "info")

    def survey_soon(self) -> None:
        """Look at all recordings at the next tick."""
        self._survey_at = time.monotonic()

    def tick(self) -> None:
        """Look at all recordings, on another thread, when it is time."""
        if self._survey_at is not None and time.monotonic() >= self._survey_at:
            self._survey_at = None
            self._program.pool.submit(_CHANNEL, lambda _request: self.shelf.survey())

    def answer(self, answer: Answer) -> bool:
        """Take what there is; False for another's answer."""
        if answer.channel != _CHANNEL:
            return False
        if answer.error is None:
            self._make_room(answer.value)
            self._tell_of_unfinished(answer.value)
        return True

    def _record_to(self, path: Path) -> Path | None:
        program = self._program
        place, self._next_place = self._next_place, None
        if place is None and program.settings.record_runs:
            model = program.document.model
            layers = () if model is None else model.layers
            size = sum(weight.nbytes for layer in layers for weight in layer.weights)
            place = self.shelf.new(path.stem, size)
            if place is None:
                program.presenter.show_log(
                    f"This run is not recorded: {self.shelf.folder} cannot be "
                    "written, or its disk is nearly full.",
                    "warning",
                )
        if place is not None:
            words = f"This run is recorded in {place}."
            if place.parent == self.shelf.folder:
                words += f" Of runs that have ended the latest {MOST_RUNS} stay there."
            program.presenter.show_log(words, "info")
        return place

    def _make_room(self, shelved: list[Shelved]) -> None:
        """Say what goes, and delete it."""
        kept = self._in_use()
        if self._program.run.recording is not None:
            kept.add(self._program.run.recording)
        for one in surplus(shelved, kept):
            self._program.presenter.show_log(
                f"Of recordings the latest {MOST_RUNS} stay. Deleting the oldest that "
                f"has ended: {one.path} ({units.size(one.bytes)}).",
                "info",
            )
            try:
                one.path.unlink()
            except OSError as error:
                self._program.presenter.show_log(
                    f"{one.path} cannot be deleted: {error.strerror}.", "warning"
                )

    def _tell_of_unfinished(self, shelved: list[Shelved]) -> None:
        settings = self._program.settings
        told = settings.told_recordings
        found = [
            one
            for one in shelved
            if one.outcome == "interrupted" and one.path.name not in told
        ]
        if not found:
            return
        there = {one.path.name for one in shelved}
        names = [one.path.name for one in found]
        settings.told_recordings = [*(n for n in told if n in there), *names]
        newest = found[0].path
        sentence = f"A run was interrupted; its recording is {newest.name}."
        self._program.presenter.show_log(
            f"{sentence} It is in {newest.parent}.", "info"
        )
        banner = self._program.window.banner
        if self._program.run.phase is Phase.IDLE and not banner.has_error:
            banner.offer(sentence, "Open it", lambda: self._program.open(newest))
