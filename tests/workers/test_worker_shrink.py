"""Shrinking comes out of the training thread, and the watched weight gets smaller."""

import pytest

from pruneview.pruning.demo import DEMO_DATA, demo_model
from pruneview.pruning.events import Failed, RunCancelled
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.events import (
    ShrinkEnded,
    ShrinkStarted,
    UnitsRemoved,
)
from pruneview.pruning.structured.shrinking.options import ShrinkOptions
from pruneview.sparsity.pictures.live import ViewRequest
from tests.workers.test_training_worker import Driver

pytestmark = pytest.mark.tensorflow


def test_shrink_stop_and_refusal() -> None:
    driver = Driver()
    driver.worker.start()
    plan = PruningPlan(epochs=1, batch_size=64)
    untimed = ShrinkOptions(timing_rounds=0)
    try:
        driver.worker.open(demo_model())
        driver.worker.set_view(ViewRequest("dense/kernel"))
        driver.until_idle()
        driver.worker.shrink(plan, ShrinkPlan(), DEMO_DATA, untimed)
        driver.until_seen(ShrinkEnded)
        driver.until_idle()
        kinds = [type(event) for event in driver.events]
        assert kinds.index(ShrinkStarted) < kinds.index(UnitsRemoved)
        assert driver.frames[-1].values.shape == (512, 72)
        driver.events.clear()
        driver.worker.shrink(None, ShrinkPlan(layers=("digit",)), None, untimed)
        driver.until_seen(Failed)
        assert "Nothing can be removed from digit" in driver.of(Failed)[0].sentence
        driver.until_idle()
        driver.worker.shrink(plan, ShrinkPlan(), DEMO_DATA, untimed)
        driver.worker.stop()
        driver.until_seen(RunCancelled)
        driver.until_idle()
        assert not driver.of(ShrinkEnded)
    finally:
        assert driver.worker.close(30)
