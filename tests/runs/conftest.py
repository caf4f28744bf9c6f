"""A small model with data in a file, and a session whose events are kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pruneview.pruning.backend import import_backend
from pruneview.pruning.events import Event
from pruneview.pruning.session import PruningSession, RunControl
from pruneview.runs import Recording, Replay
from pruneview.runs.export.look import Look
from tests.runs import child
from tests.runs.imagined_look import imagined_look
from tests.runs.writing import record


class Kept:
    """A session with a model and data open."""

    def __init__(self, folder: Path) -> None:
        self.events: list[Event] = []
        self.control = RunControl()
        self.during = lambda step: None
        self.session = PruningSession(self.events.append, self.control, self._on_step)
        self.session.open(folder / child.MODEL)
        self.data = self.session.load_data(str(folder / child.DATA))

    def _on_step(self, step: int) -> None:
        self.during(step)

    def weights(self) -> str:
        """Return a digest of all weights."""
        session = self.session
        return child.digest({w.path: session.values(w.path) for w in session.weights})


@pytest.fixture(scope="session")
def inputs(tmp_path_factory) -> Path:
    """The folder with `child`'s model and data."""
    import_backend()
    folder = tmp_path_factory.mktemp("inputs")
    child.make_inputs(folder)
    return folder


@pytest.fixture
def kept(inputs) -> Kept:
    return Kept(inputs)


@pytest.fixture(scope="session")
def replay(tmp_path_factory) -> Iterator[Replay]:
    """An imagined run, recorded."""
    path = tmp_path_factory.mktemp("replayed") / "a.pruneview-run"
    record(path, steps=100)
    with Recording(path) as recording:
        yield Replay(recording)


@pytest.fixture
def look() -> Look:
    return imagined_look()
