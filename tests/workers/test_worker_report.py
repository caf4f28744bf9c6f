"""The report comes out of the training thread, and can be called off."""

from pathlib import Path

import pytest

from pruneview.pruning.demo import demo_model
from pruneview.pruning.events import Failed, Preparing
from pruneview.pruning.report.options import ReportOptions
from pruneview.pruning.report.rows import ReportMade
from tests.workers.test_training_worker import Driver

pytestmark = pytest.mark.tensorflow


def test_a_report_is_made_and_another_called_off(tmp_path: Path) -> None:
    driver = Driver()
    driver.worker.start()
    try:
        driver.worker.open(demo_model())
        driver.worker.report(ReportOptions(sizes_only=True))
        driver.until_seen(ReportMade)
        (event,) = driver.of(ReportMade)
        assert event.report.row("deflated").pruned is not None
        driver.events.clear()
        driver.worker.report(ReportOptions(rounds=5000))
        driver.until(
            lambda: any(p.stage == "Measuring times" for p in driver.of(Preparing))
        )
        driver.worker.stop()
        driver.until_idle()
        assert not driver.of(ReportMade)
        assert not driver.of(Failed)
    finally:
        assert driver.worker.close(30)
