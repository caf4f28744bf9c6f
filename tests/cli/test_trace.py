"""Timing marks count from the start of the process."""

import json
import subprocess
import sys
import time

from pruneview.__main__ import main
from pruneview.trace import Trace, process_start


def read(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_marks_count_from_the_start_of_the_process(tmp_path) -> None:
    path = tmp_path / "trace.jsonl"
    program = (
        "import time; from pathlib import Path; from pruneview.trace import Trace;"
        f" t = Trace(Path({str(path)!r})); t.mark('window_shown', width=3)"
    )
    before = time.time()
    subprocess.run([sys.executable, "-c", program], check=True)
    took = time.time() - before
    start, shown = read(path)
    assert (start["mark"], start["seconds"]) == ("process_start", 0.0)
    # The kernel counts the start in hundredths of a second.
    assert before - 0.03 <= start["time"] <= before + took
    assert shown["mark"] == "window_shown"
    assert shown["width"] == 3
    assert 0.0 < shown["seconds"] <= took + 0.03


def test_without_a_path_nothing_happens(tmp_path) -> None:
    with Trace(None) as trace:
        trace.mark("window_shown")
    assert list(tmp_path.iterdir()) == []


def test_marks_after_the_end_are_dropped(tmp_path) -> None:
    trace = Trace(tmp_path / "trace.jsonl")
    trace.close()
    trace.mark("late")
    assert [line["mark"] for line in read(tmp_path / "trace.jsonl")] == [
        "process_start"
    ]


def test_a_boot_clock_that_cannot_be_right_is_not_used(monkeypatch) -> None:
    from pruneview import trace

    monkeypatch.setattr(trace.time, "clock_gettime", lambda _: 0.0)
    assert process_start() == trace._IMPORTED


def test_trace_in_the_place_of_a_model_is_refused(tmp_path, capsys) -> None:
    model = tmp_path / "model.h5"
    model.write_bytes(b"\x89HDF")
    assert main(["--trace", str(model), "inspect", str(model)]) == 2
    assert "--trace" in capsys.readouterr().err
    assert model.read_bytes() == b"\x89HDF"


def test_inspect_is_traced(models_folder, tmp_path, capsys) -> None:
    path = tmp_path / "trace.jsonl"
    file = models_folder / "misc_1.h5"
    assert main(["inspect", str(file), "--trace", str(path)]) == 0
    marks = [line["mark"] for line in read(path)]
    assert marks == ["process_start", "model_listed", "model_measured"]
