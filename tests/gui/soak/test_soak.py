"""Whatever is done again and again leaves nothing over.

The length comes from PRUNEVIEW_SOAK, in minutes; by default a day of work follows
the first one. With PRUNEVIEW_SOAK_LOG the level after each day goes into that file.

Memory settles for some minutes: allocators keep what they once had. Of a long soak
the first fifth is for that; then the medians of the next and of the last fifth are
compared.
"""

import json
import os
import statistics
import time
from pathlib import Path

import pytest

from pruneview.pruning.demo import demo_model
from pruneview.pruning.without_training import prune_file
from tests.gui.soak.day import Day
from tests.gui.soak.level import measure

#: What is made once and kept, such as lazy views and compiled steps, is made by then.
_DAYS_TO_SETTLE = 1
_DAYS_AT_LEAST = 1
_MEMORY_GROWTH = 0.05
_SETTLED_AFTER = 1200  # seconds that a soak must last to have a time for settling

MINUTES = float(os.environ.get("PRUNEVIEW_SOAK", "0"))


@pytest.mark.tensorflow
def test_days_of_work_leave_nothing_over(program, qtbot, tmp_path):
    other = tmp_path / "other.keras"
    prune_file(demo_model(), other, 0.5)
    folder = tmp_path / "exported"
    folder.mkdir()

    def wait(condition, milliseconds):
        qtbot.waitUntil(condition, timeout=milliseconds)

    day = Day(program, wait, folder, other)
    begun = time.monotonic()
    for _ in range(_DAYS_TO_SETTLE):
        day.live()
    levels = [measure()]
    _note(begun, levels)
    while len(levels) <= _DAYS_AT_LEAST or time.monotonic() - begun < MINUTES * 60:
        day.live()
        levels.append(measure())
        _note(begun, levels)

    grown = levels[-1].grown_since(levels[0])
    assert not grown, f"after {len(levels) - 1} days there is more of {grown}"
    before, after = _memory([level.memory for level in levels])
    if before:
        assert after <= before * (1 + _MEMORY_GROWTH)


def _memory(taken):
    """Return the memory once it has settled, and at the end."""
    fifth = len(taken) // 5
    if MINUTES * 60 < _SETTLED_AFTER or not fifth:
        return taken[0], taken[-1]
    return statistics.median(taken[fifth : 2 * fifth]), statistics.median(
        taken[-fifth:]
    )


def _note(begun, levels):
    """Add a line to the file that is named by PRUNEVIEW_SOAK_LOG."""
    name = os.environ.get("PRUNEVIEW_SOAK_LOG")
    if not name:
        return
    level, first = levels[-1], levels[0]
    line = {
        "seconds": round(time.monotonic() - begun, 1),
        "memory_mb": round(level.memory / 1e6, 1),
        "threads": level.threads.total(),
        "widgets": level.widgets.total(),
        "timers": level.timers.total(),
        "objects": level.objects.total(),
        "files": level.files.total(),
        "grown": {k: dict(v) for k, v in level.grown_since(first).items()},
    }
    with Path(name).open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
