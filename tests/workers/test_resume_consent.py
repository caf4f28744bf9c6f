"""What may be run when a recorded run goes on; without TensorFlow."""

import dataclasses
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from pruneview.pruning.session import PruningSession, RunControl
from pruneview.pruning.subject.trust import Trust
from pruneview.workers.live_view import LiveView
from pruneview.workers.mailbox import EventQueue
from pruneview.workers.tasks import Tasks
from tests.runs import writing
from tests.runs.writing import record

MODEL = Path("elsewhere.keras")


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "a.pruneview-run"
    header = dataclasses.replace(writing.HEADER, data="mine:load")
    monkeypatch.setattr(writing, "HEADER", header)
    record(path, 20)
    return path


def test_the_worker_runs_the_functions_of_data_only_with_consent(
    recording: Path,
) -> None:
    session = MagicMock(spec=PruningSession)
    tasks = Tasks(session, MagicMock(spec=LiveView), EventQueue(), RunControl())
    tasks.resume(recording, Trust(), MODEL)
    assert session.trust == Trust()
    assert not session.load_data.called
    assert session.resume.call_args.kwargs == {"model": MODEL, "data": None}

    tasks.resume(recording, Trust(code=True), None)
    assert session.trust == Trust(code=True)
    (spec,) = session.load_data.call_args.args
    assert spec.name == "mine:load"
    assert spec.allow_code
    assert session.resume.call_args.kwargs["data"] is session.load_data.return_value


def test_what_needs_no_consent_waits_for_the_model_of_the_run(tmp_path: Path) -> None:
    path = tmp_path / "a.pruneview-run"
    record(path, 20)
    session = MagicMock(spec=PruningSession)
    tasks = Tasks(session, MagicMock(spec=LiveView), EventQueue(), RunControl())
    tasks.resume(path, Trust(code=True), None)
    assert not session.load_data.called, "the model open now may not take these data"
    assert session.resume.call_args.kwargs["data"] is None


def test_consent_reaches_the_building_of_the_model(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = PruningSession(lambda _event: None, RunControl())
    seen = []
    monkeypatch.setattr(
        "pruneview.pruning.recorded_session.check_model", lambda *_args: None
    )
    monkeypatch.setattr(
        "pruneview.pruning.recorded_session.check_data", lambda *_args: None
    )
    monkeypatch.setattr(session, "open", lambda path, trust: seen.append((path, trust)))
    monkeypatch.setattr(session, "_model", MagicMock())
    monkeypatch.setattr(session, "run", lambda *_args: None)
    session.trust = Trust(code=True)
    session.resume(MagicMock(), model=MODEL, data=MagicMock())
    assert seen == [(MODEL, Trust(code=True))]
