"""The window's own recordings: the latest stay, the disk is not filled."""

import os
import shutil

from pruneview.runs import Recorder
from pruneview.runs import shelf as shelves
from pruneview.runs.shelf import RunShelf
from tests.runs.writing import record


def test_the_latest_runs_stay(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shelves, "_MOST_RUNS", 3)
    shelf = RunShelf(tmp_path / "runs")
    made = []
    for number in range(5):
        path = shelf.new(f"a model: é/{number}.keras", 1000)
        assert path is not None
        assert path.parent == tmp_path / "runs"
        record(path, steps=10)
        os.utime(path, (number, number))
        made.append(path)
    assert len(set(made)) == 5
    assert shelf.files() == made[:1:-1]


def test_a_run_that_is_being_recorded_stays(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shelves, "_MOST_BYTES", 0)
    shelf = RunShelf(tmp_path)
    path = shelf.new("a", 0)
    with Recorder.create(path):
        assert shelf.new("b", 0) is not None
        assert path.exists()
    record(path, steps=10)
    assert shelf.new("b", 0) is not None
    assert not path.exists()


def test_a_disk_that_is_nearly_full_gets_no_recording(tmp_path, monkeypatch) -> None:
    shelf = RunShelf(tmp_path)
    total, used, _ = shutil.disk_usage(tmp_path)
    full = (total, used, shelves._SPARE_BYTES + 10)
    usage = type(shutil.disk_usage(tmp_path))
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(*full))
    assert shelf.new("a", 1) is None
    assert shelf.new("a", 0) is not None
    assert RunShelf(tmp_path / "file" / "in").new("a", 0) is not None
    (tmp_path / "plain").touch()
    assert RunShelf(tmp_path / "plain" / "in").new("a", 0) is None
