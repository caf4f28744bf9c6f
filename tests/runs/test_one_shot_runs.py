"""Runs that begin from weights pruned in memory, recorded, and continued elsewhere."""

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.gui.features.timeline.showing import open_recording
from pruneview.pruning.events import LogLine, RunStarted
from pruneview.pruning.in_memory import pruned_model
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.runs import Recorder, Recording
from tests.runs import child
from tests.runs.conftest import Kept

pytestmark = pytest.mark.tensorflow

PLAN = PruningPlan(end_step=20, frequency=10, epochs=1, batch_size=25, seed=3)


@pytest.fixture
def thresholds(inputs):
    with open_model(inputs / child.MODEL) as model:
        weights = [w for x in model.layers for w in x.weights if w.prunable]
        return {w.path: float(np.median(np.abs(w.read()))) for w in weights}


def on_show(inputs, thresholds):
    with open_model(inputs / child.MODEL) as model:
        pruned = pruned_model(model, thresholds)
        return {w.path: w.read() for x in pruned.layers for w in x.weights}


def assert_is(session, expected):
    for weight in session.weights:
        np.testing.assert_array_equal(
            session.values(weight.path), expected[weight.path]
        )
        np.testing.assert_array_equal(
            session.baseline(weight.path), expected[weight.path]
        )


def test_the_baseline_is_what_is_on_show_and_can_be_whole_again(
    kept, inputs, thresholds
):
    first = dict(list(thresholds.items())[:1])
    for wanted in (first, thresholds, first, {}):
        kept.session.start_from(wanted)
        assert_is(kept.session, on_show(inputs, wanted))
    said = [e.text for e in kept.events if isinstance(e, LogLine)]
    assert sum("pruned in one shot" in text for text in said) == 3


def test_a_run_begins_there_and_goes_on_from_its_recording(
    kept, inputs, thresholds, tmp_path
):
    kept.session.start_from(thresholds)
    path = tmp_path / "a.run"
    kept.during = lambda now: kept.control.stop() if now == 5 else None
    with Recorder.create(path) as recorder:
        kept.session.run(PLAN, kept.data, recorder)
    started = next(e for e in kept.events if isinstance(e, RunStarted))
    zeros = {w.path: w.zeros / w.size for w in started.weights}
    assert all(0.4 < share < 0.6 for share in zeros.values())
    with Recording(path) as recording:
        assert dict(recording.header.one_shot) == thresholds

    whole = Kept(inputs)
    with Recorder.create(tmp_path / "b.run") as recorder:
        whole.session.start_from(thresholds)
        whole.session.run(PLAN, whole.data, recorder)
    again = Kept(inputs)
    with Recorder.continuing(path) as recorder:
        again.session.resume(recorder.recording, recorder)
    assert again.weights() == whole.weights()

    # What is shown of its beginning are the weights that it began with.
    with open_model(inputs / child.MODEL) as model:
        shown, maker = open_recording(path, model, growing=False)
        for name, values in on_show(inputs, thresholds).items():
            np.testing.assert_array_equal(maker.replay.values(name, 0).array, values)
        shown.close()
