"""The plan: what is refused and why, and what it will do."""

import dataclasses
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pruneview.pruning.planning.plan import (
    PlanError,
    PruningPlan,
    fires_at,
    preflight,
    sparsity_at,
)


def test_defaults_are_valid() -> None:
    assert PruningPlan().validate() == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schedule", "linear"),
        ("initial_sparsity", -0.1),
        ("final_sparsity", 1.0),
        ("final_sparsity", math.nan),
        ("final_sparsity", "0.5"),
        ("begin_step", -1),
        ("begin_step", 1.5),
        ("end_step", -2),
        ("frequency", 0),
        ("frequency", True),
        ("power", 0),
        ("epochs", 0),
        ("batch_size", 0),
        ("learning_rate", math.inf),
        ("optimizer", "lion_tamer"),
        ("seed", -1),
        ("seed", 2**32),
        ("layers", ()),
        ("layers", "dense"),
        ("loss", " "),
        ("metric", 3),
        ("block_size", (0, 4)),
        ("block_size", 4),
        ("block_pooling", "min"),
        ("sparsity_m_by_n", (4, 4)),
        ("sparsity_m_by_n", (1, 2, 3)),
        ("scope", "network"),
        ("criterion", "hessian"),
        ("layer_sparsity", (("dense", 1.0),)),
        ("layer_sparsity", ("dense",)),
        ("exclude", "first"),
        ("engine", "torch"),
    ],
)
def test_a_refusal_names_field_value_and_range(field: str, value: object) -> None:
    plan = dataclasses.replace(PruningPlan(), **{field: value})
    problems = plan.validate()
    assert list(problems) == [field]
    sentence = problems[field]
    assert sentence.lower().startswith(field.replace("_", " "))
    assert repr(value) in sentence
    assert "must be" in sentence
    with pytest.raises(PlanError) as caught:
        plan.check()
    assert caught.value.problems == problems


@pytest.mark.parametrize(
    ("schedule", "end", "fine"),
    [
        ("polynomial", -1, False),
        ("polynomial", 50, False),
        ("polynomial", 51, True),
        ("constant", -1, True),
        ("constant", 49, False),
        ("constant", 50, True),
    ],
)
def test_the_end_step_is_checked_against_the_begin_step(
    schedule: str, end: int, fine: bool
) -> None:
    plan = PruningPlan(schedule=schedule, begin_step=50, end_step=end)
    assert (plan.validate() == {}) is fine


@pytest.mark.parametrize(
    ("fields", "at_fault"),
    [
        ({"sparsity_m_by_n": (2, 4), "block_size": (4, 4)}, "block_size"),
        ({"sparsity_m_by_n": (2, 4), "scope": "global"}, "scope"),
        ({"sparsity_m_by_n": (2, 4), "schedule": "iterative"}, "schedule"),
        (
            {"sparsity_m_by_n": (2, 4), "layer_sparsity": (("a", 0.5),)},
            "layer_sparsity",
        ),
        ({"block_size": (2, 2), "criterion": "taylor"}, "criterion"),
        ({"block_size": (2, 2), "scope": "global"}, "scope"),
        ({"scope": "global-normalized", "criterion": "movement"}, "criterion"),
    ],
)
def test_fields_that_exclude_each_other_are_named(
    fields: dict[str, object], at_fault: str
) -> None:
    plan = dataclasses.replace(PruningPlan(), **fields)
    problems = plan.validate()
    assert list(problems) == [at_fault]
    assert repr(fields.get(at_fault)) in problems[at_fault]
    assert " where " in problems[at_fault]


@pytest.mark.parametrize(
    "plan",
    [
        PruningPlan(final_sparsity=0.5, layers=("a", "b/c"), loss="mse"),
        PruningPlan(block_size=(4, 2), block_pooling="max", exclude=("first", "a")),
        PruningPlan(sparsity_m_by_n=(2, 4)),
        PruningPlan(scope="global", layer_sparsity=(("a", 0.5), ("b/c", 0.25))),
    ],
)
def test_json_round_trip(plan: PruningPlan) -> None:
    assert PruningPlan.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_json_with_an_unknown_or_impossible_field_is_refused() -> None:
    with pytest.raises(PlanError, match="sparsness"):
        PruningPlan.from_json({"sparsness": 0.5})
    with pytest.raises(PlanError, match="Epochs"):
        PruningPlan.from_json({"epochs": 0})


def test_the_ramp_of_the_manual() -> None:
    plan = PruningPlan(final_sparsity=0.5, end_step=1000, power=1)
    at = [sparsity_at(plan, step) for step in (0, 100, 500, 1000, 2000)]
    assert at == pytest.approx([0, 0.05, 0.25, 0.5, 0.5])


def test_preflight_counts_steps_and_updates() -> None:
    plan = PruningPlan(end_step=300, frequency=100, epochs=2, batch_size=64)
    flight = preflight(plan, 10_000)
    assert flight.steps_per_epoch == 157
    assert flight.steps == 314
    assert flight.update_steps == (100, 200, 300)
    assert flight.warnings == ()


def test_preflight_says_that_nothing_will_be_pruned() -> None:
    flight = preflight(PruningPlan(epochs=1), 64 * 50)
    assert flight.update_steps == ()
    assert "Nothing will be pruned" in flight.warnings[0]
    assert "step 100" in flight.warnings[0]
    assert "50 steps" in flight.warnings[0]


def test_preflight_says_what_sparsity_is_reached_when_the_run_is_too_short() -> None:
    plan = PruningPlan(final_sparsity=0.5, end_step=1000, power=1, epochs=1)
    (warning,) = preflight(plan, 64 * 500).warnings
    assert "25.0%, not 50.0%" in warning
    assert "step 500" in warning


def test_preflight_says_that_the_last_mask_falls_before_the_end() -> None:
    plan = PruningPlan(end_step=150, power=1, epochs=10)
    (warning,) = preflight(plan, 6400).warnings
    assert "last mask is at step 100" in warning


def test_preflight_warns_of_a_falling_sparsity() -> None:
    plan = PruningPlan(initial_sparsity=0.8, final_sparsity=0.2, epochs=20)
    assert "falls" in preflight(plan, 6400).warnings[0]


def test_preflight_refuses_an_impossible_plan() -> None:
    with pytest.raises(PlanError):
        preflight(PruningPlan(epochs=0), 100)


@given(
    st.sampled_from(["polynomial", "constant", "one-shot", "iterative"]),
    st.integers(0, 50),
    st.integers(1, 120),
    st.integers(1, 30),
    st.integers(1, 200),
)
def test_preflight_lists_exactly_the_steps_that_fire(
    schedule: str, begin: int, span: int, frequency: int, samples: int
) -> None:
    plan = PruningPlan(
        schedule=schedule,
        begin_step=begin,
        end_step=begin + span,
        frequency=frequency,
        epochs=3,
        batch_size=4,
    )
    flight = preflight(plan, samples)
    fired = tuple(s for s in range(1, flight.steps + 1) if fires_at(plan, s))
    assert flight.update_steps == fired
