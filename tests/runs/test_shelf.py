"""The window's own recordings: the latest stay, the disk is not filled."""

import os
import shutil
from pathlib import Path

from pruneview.runs import Recorder
from pruneview.runs import shelf as shelves
from pruneview.runs.shelf import (
    MOST_BYTES,
    MOST_RUNS,
    RunShelf,
    Shelved,
    surplus,
)
from tests.runs.writing import ImaginedRun, record


def shelved(number, outcome="finished", size=1):
    return Shelved(Path(f"{number}"), size, outcome)


def test_names_are_new_and_tell_the_model(tmp_path) -> None:
    shelf = RunShelf(tmp_path / "runs")
    made = []
    for number in range(3):
        path = shelf.new("a model: é", 1000)
        assert path is not None
        assert path.name.startswith("a_model_é_")
        record(path, steps=10)
        os.utime(path, (number, number))
        made.append(path)
    assert len(set(made)) == 3
    assert shelf.files() == made[::-1]


def test_a_survey_tells_how_runs_ended(tmp_path) -> None:
    shelf = RunShelf(tmp_path)
    record(tmp_path / "a.pruneview-run", steps=20)
    with Recorder.create(tmp_path / "b.pruneview-run") as recorder:
        run = ImaginedRun(recorder)
        run.begin()
        run.update(10)
        recorder.checkpoint(lambda: run.checkpoint(10))
        assert {one.outcome for one in shelf.survey()} == {"finished", "running"}
    (tmp_path / "c.pruneview-run").write_bytes(b"PK")
    found = {one.path.stem: (one.outcome, one.checkpoint) for one in shelf.survey()}
    assert found == {
        "a": ("finished", 20),
        "b": ("interrupted", 10),
        "c": ("damaged", None),
    }


def test_the_oldest_that_have_ended_make_room() -> None:
    latest_first = [shelved(n) for n in range(MOST_RUNS + 2)]
    oldest = [one.path for one in latest_first[:-3:-1]]
    assert [one.path for one in surplus(latest_first, ())] == oldest
    assert [one.path for one in surplus(latest_first, {oldest[0]})] == [
        oldest[1],
        latest_first[-3].path,
    ]
    assert surplus(latest_first[:MOST_RUNS], ()) == []


def test_what_may_be_continued_stays() -> None:
    many = [shelved(n, "interrupted") for n in range(MOST_RUNS + 2)]
    assert surplus(many, ()) == []
    assert surplus([*many, shelved(99, "running"), shelved(100, "damaged")], ()) == []
    stopped = shelved(99, "stopped")
    assert surplus([*many, stopped], ()) == [stopped]


def test_large_recordings_make_room_for_each_other() -> None:
    two = [shelved(n, size=MOST_BYTES // 2 + 1) for n in range(2)]
    assert surplus(two, ()) == [two[1]]


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
