"""Data files that are dropped or opened, and how many samples there are in them."""

from pathlib import Path
from typing import TYPE_CHECKING

from pruneview.gui.controllers.state import Phase
from pruneview.gui.features.feature import Feature
from pruneview.pruning.data import DataSpec
from pruneview.pruning.planning.sample_count import training_samples
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_CHANNEL = "samples"
_DATA = (".npz", ".csv")
#: What is counted by reading it; of all else a header tells.
_COUNTED = ("csv", "images")


class TrainingData(Feature):
    """Takes data files; counts samples on another thread, for a table may be long."""

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self._asked: DataSpec | None = None
        program.plan.count_samples = self._count

    def opens(self, path: Path) -> bool:
        """See `Feature.opens`: arrays and tables are data to train on."""
        if path.suffix.lower() not in _DATA or path.is_dir():
            return False
        program = self.program
        if program.run.phase is not Phase.IDLE:
            program.presenter.show_error(
                f"A run is going on: stop it before you choose {path.name}.", ""
            )
        else:
            program.plan.edit_data(str(path))
            program.refresh()
        return True

    def answer(self, answer: Answer) -> bool:
        if answer.channel != _CHANNEL:
            return False
        if self._asked is not None and answer.error is None:
            self.program.plan.samples_counted(self._asked, answer.value)
        return True

    def _count(self, spec: DataSpec) -> int | None:
        self.program.pool.cancel(_CHANNEL)
        if spec.kind not in _COUNTED:
            return training_samples(spec)
        self._asked = spec
        self.program.pool.submit(_CHANNEL, lambda _request: training_samples(spec))
        return None
