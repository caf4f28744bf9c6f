"""The program's window in a process of its own, followed through its trace."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATIENCE = 120.0
_PYTHON_SETTINGS = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


@contextlib.contextmanager
def display() -> Iterator[dict[str, str]]:
    """Yield an environment in which a window can open."""
    # As for a person: byte code is kept, as pip's own installation keeps it.
    environment = {k: v for k, v in os.environ.items() if k not in _PYTHON_SETTINGS}
    if not sys.platform.startswith("linux") or environment.get("DISPLAY"):
        yield environment
        return
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            yield environment | {"DISPLAY": f":{answer.readline().strip()}"}
    finally:
        server.terminate()
        server.wait()


def records(trace: Path) -> list[dict[str, Any]]:
    """Return the marks written so far."""
    if not trace.exists():
        return []
    lines = trace.read_text().splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def marks(trace: Path) -> dict[str, float]:
    """Return the seconds of each mark, the first of each name."""
    seen: dict[str, float] = {}
    for record in records(trace):
        seen.setdefault(record["mark"], record["seconds"])
    return seen


def wait_for(trace: Path, mark: str, process: subprocess.Popen[bytes]) -> float:
    """Return the seconds of `mark` as soon as it is written."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        seen = marks(trace)
        if mark in seen:
            return seen[mark]
        if process.poll() is not None:
            raise SystemExit(f"the window ended before the mark {mark}")
        time.sleep(0.02)
    raise SystemExit(f"the mark {mark} was not made within {PATIENCE:.0f} s")


@contextlib.contextmanager
def window(
    environment: dict[str, str], *arguments: str
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Start the program; yield its process and its trace, and end it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        trace = Path(folder) / "trace.jsonl"
        command = [sys.executable, "-m", "pruneview", "--trace", str(trace)]
        process = subprocess.Popen([*command, *arguments], env=environment)
        try:
            yield process, trace
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
