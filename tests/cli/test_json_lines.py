"""Lines that machines can read, and files that are not overwritten by mistake."""

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

from pruneview.json_lines import JsonLines


def test_each_line_is_on_disk_at_once_and_is_strict_json(tmp_path) -> None:
    path = tmp_path / "run.jsonl"
    with JsonLines(path, "event") as lines:
        lines.write({"event": "a", "loss": math.nan, "nested": [math.inf, (1, 2.5)]})
        written = path.read_text(encoding="utf-8")
        lines.write(
            {"event": "b", "size": np.int64(3), "array": np.array([1.0, np.nan])}
        )

    def no_constants(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    assert json.loads(written, parse_constant=no_constants) == {
        "event": "a",
        "loss": None,
        "nested": [None, [1, 2.5]],
    }
    last = json.loads(path.read_text().splitlines()[1], parse_constant=no_constants)
    assert last == {"event": "b", "size": 3, "array": [1.0, None]}


def test_a_file_of_something_else_is_refused_and_stays(tmp_path) -> None:
    model = tmp_path / "model.keras"
    model.write_bytes(b"PK\x03\x04 a model")
    with pytest.raises(ValueError, match="holds something else"):
        JsonLines(model, "event")
    assert model.read_bytes() == b"PK\x03\x04 a model"


def test_its_own_and_empty_files_are_replaced(tmp_path) -> None:
    path = tmp_path / "run.jsonl"
    path.touch()
    for name in ("first", "second"):
        with JsonLines(path, "event") as lines:
            lines.write({"event": name})
    assert json.loads(path.read_text()) == {"event": "second"}
    with pytest.raises(ValueError, match="holds something else"):
        JsonLines(path, "mark")


def test_a_device_is_no_file_to_protect() -> None:
    with JsonLines(Path(os.devnull), "event") as lines:
        lines.write({"event": "a"})


def test_standard_output_stays_open(capsys) -> None:
    with JsonLines(Path("-"), "event") as lines:
        lines.write({"event": "a"})
    print("more")
    assert capsys.readouterr().out == '{"event": "a"}\nmore\n'
