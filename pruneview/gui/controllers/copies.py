"""Pruned copies of a file, written without training on the reader pool. No Qt here."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from pruneview.formats import FormatError
from pruneview.pruning.errors import Cancelled
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.without_training import PrunedFile, prune_file
from pruneview.workers.reader_pool import Answer, ReaderPool


class CopyView(Protocol):
    """What the controller needs of a window."""

    def show_stage(self, words: str, fraction: float | None) -> None: ...
    def show_copy(self, pruned: PrunedFile) -> None: ...
    def show_written(self, pruned: PrunedFile) -> None: ...
    def show_error(self, sentence: str, details: str) -> None: ...


class CopyController:
    """Writes a pruned copy, with progress; one at a time.

    Attributes
    ----------
    on_written
        Told where a copy is that is to be looked at.
    on_saved
        Told the thresholds of weights that were on show and are in a file now.
    """

    def __init__(self, pool: ReaderPool, view: CopyView) -> None:
        self._pool = pool
        self._view = view
        self._words = ""
        self._thresholds: Mapping[str, float] | None = None
        self.on_written: Callable[[Path], None] = lambda _path: None
        self.on_saved: Callable[[Mapping[str, float]], None] = lambda _thresholds: None

    @property
    def busy(self) -> bool:
        """Whether a copy is being written."""
        return bool(self._words)

    def write(
        self,
        source: Path,
        output: Path,
        plan: PruningPlan,
        *,
        overwrite: bool,
        threshold: float | None = None,
        thresholds: Mapping[str, float] | None = None,
    ) -> None:
        """Write a copy in which the plan's layers have its final sparsity.

        Or, with a `threshold`, no weight of a smaller magnitude. With `thresholds`, by
        path, it is what is on show that is saved.
        """
        self._thresholds = thresholds
        self._words = f"Writing {output.name}…"
        self._view.show_stage(self._words, 0.0)
        self._pool.submit(
            "copy",
            lambda request: prune_file(
                source,
                output,
                plan.final_sparsity,
                layers=plan.layers,
                threshold=threshold,
                thresholds=thresholds,
                overwrite=overwrite,
                report=request.report,
                cancelled=lambda: request.cancelled,
            ),
        )

    def cancel(self) -> None:
        """Give up; nothing is left behind."""
        self._pool.cancel("copy")
        self._end()

    def handle(self, answer: Answer) -> None:
        """Take an answer of the reader pool."""
        if not answer.last:
            self._view.show_stage(self._words, answer.value)
            return
        self._end()
        if isinstance(answer.error, Cancelled):
            return
        if answer.error is not None:
            known = isinstance(answer.error, FormatError)
            sentence = str(answer.error) if known else f"No copy: {answer.error!r}"
            self._view.show_error(sentence, "" if known else answer.details)
            return
        if self._thresholds is not None:
            self._view.show_written(answer.value)
            self.on_saved(self._thresholds)
            return
        self._view.show_copy(answer.value)
        self.on_written(Path(answer.value.path))

    def _end(self) -> None:
        self._words = ""
        self._view.show_stage("", None)
