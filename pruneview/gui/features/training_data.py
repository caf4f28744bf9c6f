"""Counts the samples of chosen data on another thread: a table may be long."""

from typing import TYPE_CHECKING

from pruneview.gui.features.feature import Feature
from pruneview.pruning.data import DataSpec
from pruneview.pruning.planning.sample_count import training_samples
from pruneview.workers.reader_pool import Answer

if TYPE_CHECKING:
    from pruneview.gui.program import Program

_CHANNEL = "samples"
#: What is counted by reading it; of all else a header tells.
_COUNTED = ("csv", "images")


class TrainingData(Feature):
    """Lets the window go on while samples are counted."""

    def __init__(self, program: "Program") -> None:
        super().__init__(program)
        self._asked: DataSpec | None = None
        program.plan.count_samples = self._count

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
