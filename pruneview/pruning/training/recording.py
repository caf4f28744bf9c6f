"""What a run tells whoever keeps a record of it, and what it needs to go on.

The record itself is in `pruneview.runs`; a run knows it by these protocols only.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.samples import named_arrays
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.events import Event
from pruneview.pruning.planning.plan import PruningPlan

WEIGHT = "weight/"  # begins the names of weights in an engine's state


@dataclass(frozen=True)
class BranchPoint:
    """Where a run has branched off from another.

    Attributes
    ----------
    recording, run_id
        Of the other: the file as it was named then, and its `RunHeader.run_id`.
    step
        The last that was trained under the other's plan.
    """

    recording: Path
    run_id: str
    step: int


@dataclass(frozen=True)
class RunHeader:
    """What a run is made of.

    Attributes
    ----------
    data
        What `DataSpec.parse` reads; None where the arrays came from elsewhere.
    data_sha256
        Of every array, see `fingerprint`.
    model, model_sha256
        The file of the baseline.
    versions
        By package name.
    pruned
        Path and shape of each weight that has a mask.
    compiler
        What computes the steps, see `Compiled`.
    one_shot
        Path and threshold of each weight that had been pruned in memory: of the file's
        values, what is smaller was zero before the first step.
    run_id
        Tells this run from others with the same plan; "" in recordings of before.
    parent
        Where it has branched off; None for a run from the baseline.
    """

    plan: PruningPlan
    data: str | None
    data_sha256: str
    model: Path
    model_sha256: str
    versions: Mapping[str, str]
    pruned: tuple[tuple[str, tuple[int, ...]], ...]
    compiler: str = "tensorflow"
    one_shot: tuple[tuple[str, float], ...] = ()
    run_id: str = ""
    parent: BranchPoint | None = None


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """All that decides how a run goes on.

    The order of the samples is not in it: it follows from the plan's seed, and
    `completed` tells how far it has been used.

    Attributes
    ----------
    completed
        Steps that are trained.
    masked
        Whether the masks of the step after those are computed already.
    sparsity
        Share of zeros over the pruned weights at the last mask.
    seconds, training_seconds
        What the run took so far, and its train steps alone.
    state
        Of the engine: weights, optimizer, masks, generators of chance.
    """

    completed: int
    masked: bool
    sparsity: float
    seconds: float
    training_seconds: float
    state: Mapping[str, NDArray]

    def weights(self) -> dict[str, NDArray]:
        """Return the weights of the state, by path."""
        return {
            name.removeprefix(WEIGHT): array
            for name, array in self.state.items()
            if name.startswith(WEIGHT)
        }


Masks = Mapping[str, NDArray[np.bool_]]


class RecordedRun(Protocol):
    """The record of a run that may be continued, or branched from."""

    @property
    def path(self) -> Path:
        """Where the record is."""

    @property
    def header(self) -> RunHeader:
        """What the run is made of."""

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps at which masks were computed."""

    @property
    def last_step(self) -> int:
        """The last step that is known to have been reached."""

    @property
    def looked_back(self) -> tuple[int, ...]:
        """The steps whose weights were kept."""

    def checkpoint(self) -> Checkpoint | None:
        """Return the last state that was kept whole; None where there is none."""

    def checkpoint_before(self, step: int) -> Checkpoint | None:
        """Return the last whole state that was kept up to a step; None: its start."""

    def masks_at(self, step: int) -> Masks:
        """Return the masks in force at a step, by weight."""

    def weights_at_checkpoint(self, step: int) -> dict[str, NDArray]:
        """Return all weights by path as they were at a step that was looked back at."""

    def timed_events(self) -> tuple[tuple[int, Event], ...]:
        """Return what happened, each with the step it came at."""


@dataclass(frozen=True, eq=False)
class Past:
    """What a branch has behind it when it begins.

    Attributes
    ----------
    run
        That it comes from.
    checkpoint, masks
        The state that it begins with, of the engine that is prepared for it.
    """

    run: RecordedRun
    checkpoint: Checkpoint
    masks: Masks


class RunRecorder(Protocol):
    """Keeps a record of a run. None of its methods raises: a run does not end by it.

    What is costly is given as a function, which a recorder need not call.
    """

    def begin(self, header: Callable[[], RunHeader], past: Past | None = None) -> None:
        """Start the record of a new run; `past` is that of a branch."""

    def continued(self) -> None:
        """The run is back where the checkpoint was made that it goes on from."""

    def event(self, event: Event) -> None:
        """Keep an event."""

    def masks(self, step: int, masks: Callable[[], Masks]) -> None:
        """Keep the masks that are in force from `step` on, by weight."""

    def wants_checkpoint(self) -> bool:
        """Whether it is time for the next checkpoint; asked at each step."""

    def checkpoint(self, checkpoint: Callable[[], Checkpoint]) -> None:
        """Keep the state of the run, in place of an earlier one."""

    def failed(self, error: BaseException) -> None:
        """The run ended by `error`."""


class NotRecorded:
    """A recorder that keeps nothing."""

    def begin(self, header: Callable[[], RunHeader], past: Past | None = None) -> None:
        """Do nothing."""

    def continued(self) -> None:
        """Do nothing."""

    def event(self, event: Event) -> None:
        """Do nothing."""

    def masks(self, step: int, masks: Callable[[], Masks]) -> None:
        """Do nothing."""

    def wants_checkpoint(self) -> bool:
        """Never."""
        return False

    def checkpoint(self, checkpoint: Callable[[], Checkpoint]) -> None:
        """Do nothing."""

    def failed(self, error: BaseException) -> None:
        """Do nothing."""


def fingerprint(data: DataSet) -> str:
    """Return the SHA-256 of the data's arrays, with their names, dtypes and shapes."""
    digest = hashlib.sha256()
    parts = ("train", "test", "validation")
    for name in (f"{axis}_{part}" for part in parts for axis in "xy"):
        samples = getattr(data, name)
        arrays = {} if samples is None else named_arrays(name, samples)
        for which, array in arrays.items():
            digest.update(f"{which} {array.dtype.str} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).data.cast("B"))
    return digest.hexdigest()


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises
    ------
    OSError
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
