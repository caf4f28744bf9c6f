"""The demo's model with a recorded run on show, and no TensorFlow."""

import pytest

from pruneview.gui.features.timeline import Timeline
from pruneview.pruning.demo import demo_model
from tests.gui.conftest import is_shown
from tests.gui.features.imagined import record_demo, stands_at


@pytest.fixture
def untrained(program, qtbot):
    """The program with the demo's model, which is not built for training."""
    program._warm_up = lambda: None
    program.open(demo_model())
    qtbot.waitUntil(lambda: is_shown(program), timeout=10_000)
    return program


@pytest.fixture
def filmed(untrained, qtbot, tmp_path):
    """With a recording on show, at its end; `masks` are the true ones by step."""
    path = tmp_path / "a.pruneview-run"
    untrained.masks = record_demo(path)
    untrained.open(path)
    timeline = untrained.features.find(Timeline)
    qtbot.waitUntil(lambda: stands_at(timeline, 100), timeout=10_000)
    return untrained
