"""A process killed at any moment leaves a recording that continues to the bit."""

import functools
import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pruneview.pruning.backend import import_backend
from pruneview.pruning.planning.plan import preflight
from pruneview.runs import Recording
from tests.runs import child

pytestmark = pytest.mark.tensorflow

# The release test: PRUNEVIEW_KILLS=50
KILLS = int(os.environ.get("PRUNEVIEW_KILLS", "5"))
AT_A_TIME = 5
STEPS = preflight(child.PLAN, 800).steps
ONE_THREAD = {
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_DETERMINISTIC_OPS": "1",
}


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.runs.child", *arguments],
        cwd=Path(__file__).parents[2],
        env=os.environ | ONE_THREAD,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Return the next result of a process."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            return json.loads(line)
    raise AssertionError("the process ended without a result")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    import_backend()
    folder = tmp_path_factory.mktemp("inputs")
    child.make_inputs(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A process with an uninterrupted run behind it, that resumes others."""
    with start("record", str(folder), str(folder / "whole.run"), "serve") as process:
        yield process, answer(process)
        assert process.stdin is not None
        process.stdin.close()


def kill_one(folder: Path, run: Path, step: int, later: float) -> None:
    """Record in another process, and kill it some time after it is at a step."""
    with start("record", str(folder), str(run)) as process:
        assert process.stdout is not None
        while int(process.stdout.readline()) < step:
            pass
        threading.Event().wait(later)  # at no particular point of its work
        process.kill()
        process.communicate()


@pytest.mark.parametrize("first", range(0, KILLS, AT_A_TIME))
def test_killed_runs_continue_to_the_same_bits(first, folder, server, tmp_path) -> None:
    process, whole = server
    assert (whole["starts"], whole["ends"], whole["step"]) == (1, 1, STEPS)
    seed = random.SystemRandom().randrange(2**32)
    print(f"the moments are those of seed {seed}")
    chance = random.Random(seed)
    runs = [tmp_path / f"{place}.run" for place in range(min(AT_A_TIME, KILLS - first))]
    with ThreadPoolExecutor(2) as pool:
        steps = [chance.randrange(STEPS - 40) for _ in runs]
        times = [chance.uniform(0, 0.2) for _ in runs]
        list(pool.map(functools.partial(kill_one, folder), runs, steps, times))
    went_on_from = []
    for run in runs:
        with Recording(run) as recording:
            reached = recording.last_step
            assert recording.plan == child.PLAN
        assert process.stdin is not None
        process.stdin.write(f"{run}\n")
        process.stdin.flush()
        resumed = answer(process)
        done = resumed.pop("from")
        assert done <= reached
        went_on_from.append(done)
        assert resumed == whole, f"{run.name} from step {done}"
    print("went on from steps", went_on_from)
    assert any(went_on_from)
