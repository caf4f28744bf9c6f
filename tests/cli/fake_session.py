"""A pruning session without TensorFlow, for what the terminal makes of one."""

import math
import threading
from pathlib import Path
from typing import ClassVar

from pruneview.pruning.events import (
    EngineReady,
    Evaluation,
    LogLine,
    MaskUpdated,
    Preparing,
    RunEnded,
    RunStarted,
    StepDone,
    WeightSparsity,
)
from pruneview.pruning.planning.plan import PruningPlan

BEFORE = Evaluation("accuracy", 0.986, 0.03, 360, "test")
AFTER = Evaluation("accuracy", 0.981, math.nan, 360, "test")
DENSE = (WeightSparsity("a/kernel", 300, 0), WeightSparsity("b/kernel", 100, 0))
PRUNED = (WeightSparsity("a/kernel", 300, 240), WeightSparsity("b/kernel", 100, 60))


class FakeSession:
    """Reports a run of three steps; `raises` maps a method's name to its error."""

    raises: ClassVar[dict[str, Exception]] = {}
    wait_for_stop = False
    baseline = BEFORE
    final = AFTER

    def __init__(self, emit, control) -> None:
        self.emit = emit
        self.control = control
        self.saved: list[Path] = []

    def _maybe_raise(self, method: str) -> None:
        if method in self.raises:
            raise self.raises[method]

    def load_data(self, spec: str) -> str:
        self._maybe_raise("load_data")
        print("Downloading data")  # as Keras does
        return spec

    def warm_up(self, _path: Path | None = None) -> None:
        self.emit(Preparing("Importing TensorFlow"))
        self._maybe_raise("warm_up")
        self.emit(EngineReady(1.25, {"keras": "3"}))

    def open(self, path: Path, trust: object = None) -> None:
        self._maybe_raise("open")

    def run(self, plan: PruningPlan, data: str) -> RunEnded:
        self._maybe_raise("run")
        self.emit(RunStarted(plan.to_json(), 3, 3, BEFORE, 1600, 1500, "quick", DENSE))
        self.emit(StepDone(1, 0.4, 0.4, math.nan, 50.0))
        if self.wait_for_stop:
            self.emit(LogLine("waiting"))
            while not self.control.stop_requested:
                threading.Event().wait(0.01)
        self.emit(MaskUpdated(2, 0.75, 0.75, AFTER, 600, 1500, "quick", PRUNED))
        self.emit(LogLine("Step 2: sparsity 75.0 %"))
        self.emit(LogLine("This plan never ends.", "warning"))
        stopped = self.control.stop_requested
        ended = RunEnded(
            2 if stopped else 3,
            stopped,
            0.5,
            6.0,
            self.baseline,
            self.final,
            PRUNED,
            DENSE,
            1600,
            1500,
            500,
            "deflate (zlib level 6)",
        )
        self.emit(ended)
        return ended

    def save(self, path: Path, *, overwrite: bool) -> None:
        self._maybe_raise("save")
        path.write_text("pruned")
