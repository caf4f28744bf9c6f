"""Files opened in quick succession: only the last one is prepared."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pruneview.pruning.data import DataSpec
from pruneview.pruning.events import Event, Failed
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.workers.command import WorkerState
from pruneview.workers.training_worker import TrainingWorker

NO_DATA = DataSpec.parse("nowhere.npz")


@pytest.fixture
def waiting() -> Iterator[TrainingWorker]:
    """A worker that has not begun yet, so that everything waits."""
    worker = TrainingWorker()
    yield worker
    assert worker.close(60.0)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files whose models are built."""
    paths: list[Path] = []
    monkeypatch.setattr(
        "pruneview.workers.tasks.Tasks.open", lambda _, path, __: paths.append(path)
    )
    return paths


def failures(worker: TrainingWorker, count: int) -> list[Failed]:
    pause, found = threading.Event(), list[Event]()
    for _ in range(12_000):
        found += worker.events.drain()
        if len([e for e in found if isinstance(e, Failed)]) >= count:
            break
        pause.wait(0.005)
    while worker.busy:
        pause.wait(0.005)
    found += worker.events.drain()
    return [event for event in found if isinstance(event, Failed)]


def test_what_waits_for_a_replaced_file_is_dropped(
    waiting: TrainingWorker, opened: list[Path]
) -> None:
    for name in ("first.keras", "second.keras", "third.keras"):
        waiting.open(Path(name))
        waiting.prepare(PruningPlan(), NO_DATA)
    waiting.start()
    assert len(failures(waiting, 1)) == 1
    assert opened == [Path("third.keras")]


def test_a_run_that_waits_keeps_its_model(
    waiting: TrainingWorker, opened: list[Path]
) -> None:
    waiting.open(Path("first.keras"))
    waiting.run(PruningPlan(), NO_DATA)
    waiting.open(Path("second.keras"))
    waiting.start()
    assert [failed.during for failed in failures(waiting, 1)] == ["run"]
    assert opened == [Path("first.keras"), Path("second.keras")]
    assert waiting.state is WorkerState.IDLE
