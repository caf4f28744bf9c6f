"""Target against achieved, and plans mended before they disappoint."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pruneview.pruning.data import DataSet
from pruneview.pruning.planning.mending import mended
from pruneview.pruning.planning.outcome import weight_outcomes
from pruneview.pruning.planning.plan import PruningPlan, preflight
from pruneview.pruning.planning.weight_info import WeightInfo
from tests.pruning.conftest import Recorder

DENSE = WeightInfo("dense/kernel", "dense", (40, 50), True, "Dense")
TINY = WeightInfo("tiny/kernel", "tiny", (3, 1), True, "Dense")
WIDE = WeightInfo("wide/kernel", "wide", (6, 8), True, "Dense")


@pytest.mark.parametrize(
    ("fields", "achieved", "last", "stopped", "cause"),
    [
        ({}, 0.8, 1000, False, ""),
        ({}, 0.6, 1000, False, "tie at the threshold"),
        ({}, 0.9, 1000, False, "zero by themselves"),
        ({}, 0.5, 200, True, "stopped: the last mask, at step 200, asked for 39"),
        ({}, 0.5, 200, False, "the run ended early: the last mask, at step 200"),
        ({}, 0.0, 0, True, "stopped before the first mask"),
        ({}, 0.0, 0, False, "no mask was computed"),
        ({"scope": "global"}, 0.7, 1000, False, "one threshold over all layers"),
        ({"exclude": ("first",)}, 0.0, 1000, False, "excluded"),
    ],
)
def test_the_cause_of_a_difference(
    fields: dict[str, Any], achieved: float, last: int, stopped: bool, cause: str
) -> None:
    plan = dataclasses.replace(PruningPlan(), **fields)
    sparsities = {DENSE.path: achieved, WIDE.path: 0.8}
    outcomes = weight_outcomes(plan, [DENSE, WIDE], sparsities, last, stopped=stopped)
    assert cause in outcomes[0].cause
    assert bool(outcomes[0].cause) == bool(cause)
    left_out = "exclude" in fields
    assert outcomes[0].target == (None if left_out else pytest.approx(0.8))


def test_shapes_are_named_as_the_cause() -> None:
    (few,) = weight_outcomes(PruningPlan(), [TINY], {TINY.path: 2 / 3}, 1000, stopped=0)
    assert "too few weights" in few.cause
    plan = PruningPlan(sparsity_m_by_n=(2, 4))
    (short,) = weight_outcomes(plan, [WIDE], {WIDE.path: 1 / 3}, 1, stopped=False)
    assert "cut short" in short.cause
    plan = PruningPlan(block_size=(4, 4))
    (cut,) = weight_outcomes(plan, [WIDE], {WIDE.path: 0.75}, 1000, stopped=False)
    assert "blocks" in cut.cause


@pytest.mark.tensorflow
def test_a_run_ends_with_the_outcome_of_every_weight(
    opened: Recorder, blobs: DataSet
) -> None:
    plan = PruningPlan(
        end_step=20, frequency=5, epochs=5, batch_size=50, exclude=("last",)
    )
    opened.during = lambda step: opened.control.stop() if step == 12 else None
    ended = opened.session.run(plan, blobs)
    assert [o.path for o in ended.outcomes] == [
        "first/kernel",
        "inner/first/kernel",
        "classes/kernel",
    ]
    first, _, classes = ended.outcomes
    assert first.target == pytest.approx(0.8)
    assert first.achieved == np.mean(opened.session.values("first/kernel") == 0)
    assert "stopped: the last mask, at step 10" in first.cause
    assert (classes.target, classes.achieved, classes.cause) == (None, 0.0, "excluded")


PLANS = st.builds(
    PruningPlan,
    schedule=st.sampled_from(["polynomial", "constant", "one-shot", "iterative"]),
    initial_sparsity=st.sampled_from([0.0, 0.3, 0.9]),
    begin_step=st.integers(0, 300),
    end_step=st.integers(-1, 500),
    frequency=st.integers(1, 200),
    epochs=st.integers(1, 3),
    batch_size=st.just(10),
)


@given(PLANS, st.integers(1, 2000))
def test_a_mended_plan_fires_and_finishes(plan: PruningPlan, samples: int) -> None:
    assume(plan.validate() == {})
    better, why = mended(plan, samples)
    flight = preflight(better, samples)
    assert flight.warnings == ()
    assert flight.update_steps
    if preflight(plan, samples).warnings:
        assert better != plan
        assert " becomes " in why
    else:
        assert (better, why) == (plan, "")


def test_a_mend_says_what_it_changes() -> None:
    plan = PruningPlan(epochs=1)
    better, why = mended(plan, 64 * 50)
    assert (better.end_step, better.frequency) == (36, 3)
    assert why == (
        "end step 1000 becomes 36, frequency 100 becomes 3: the run has 50 steps."
    )
