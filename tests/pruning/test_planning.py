"""What a plan means for a model: schedules of our own, choice of weights, reach."""

import dataclasses

import numpy as np
import pytest

from pruneview.pruning.errors import ModelError
from pruneview.pruning.planning.curve import update_steps
from pruneview.pruning.planning.plan import PruningPlan, preflight, sparsity_curve
from pruneview.pruning.planning.selection import select_weights
from pruneview.pruning.planning.weight_info import WeightInfo

WEIGHTS = (
    WeightInfo("embed/embeddings", "embed", (100, 8), True, "Embedding"),
    WeightInfo("conv/kernel", "conv", (3, 3, 6, 16), True, "Conv2D"),
    WeightInfo("conv/bias", "conv", (16,), False, "Conv2D"),
    WeightInfo("conv1d/kernel", "conv1d", (3, 8, 16), True, "Conv1D"),
    WeightInfo("hidden/kernel", "hidden", (64, 32), True, "Dense"),
    WeightInfo("out/kernel", "out", (3, 1), True, "Dense"),
)
LONG = 64 * 2000


def taken(plan: PruningPlan) -> list[str]:
    return [weight.layer for weight in select_weights(plan, WEIGHTS).taken]


def test_one_shot_reaches_the_final_sparsity_at_once() -> None:
    plan = PruningPlan(schedule="one-shot", final_sparsity=0.6, begin_step=5)
    assert list(update_steps(plan, 100)) == [5]
    assert sparsity_curve(plan, [0, 4, 5, 90]).tolist() == pytest.approx(
        [0, 0, 0.6, 0.6]
    )
    at_once = dataclasses.replace(plan, begin_step=0)
    assert list(update_steps(at_once, 100)) == [1]


def test_rounds_remove_the_same_share_of_what_is_left() -> None:
    plan = PruningPlan(
        schedule="iterative", final_sparsity=1 - 0.8**3, frequency=10, end_step=30
    )
    assert list(update_steps(plan, 100)) == [10, 20, 30]
    assert sparsity_curve(plan, [9, 10, 20, 29, 30, 80]).tolist() == pytest.approx(
        [0, 0.2, 0.36, 0.36, 0.488, 0.488]
    )


def test_m_by_n_is_computed_once_at_the_first_step() -> None:
    plan = PruningPlan(sparsity_m_by_n=(3, 4), begin_step=50)
    assert list(update_steps(plan, 100)) == [1]
    assert sparsity_curve(plan, [0, 1, 90]).tolist() == [0, 0.75, 0.75]


@pytest.mark.parametrize(
    ("fields", "layers"),
    [
        ({}, ["embed", "conv", "conv1d", "hidden", "out"]),
        ({"exclude": ("first", "last")}, ["conv", "conv1d", "hidden"]),
        ({"exclude": ("Dense", "conv")}, ["embed", "conv1d"]),
        ({"layers": ("conv", "out"), "exclude": ("last",)}, ["conv"]),
        ({"block_size": (4, 4)}, ["embed", "hidden", "out"]),
        ({"sparsity_m_by_n": (2, 4)}, ["embed", "conv", "hidden", "out"]),
    ],
)
def test_which_weights_take_part(fields: dict, layers: list[str]) -> None:
    assert taken(dataclasses.replace(PruningPlan(), **fields)) == layers


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"layers": ("nowhere",)}, "nothing to prune in nowhere"),
        ({"exclude": ("LSTM",)}, "nothing to exclude by LSTM"),
        ({"layers": ("out",), "exclude": ("last",)}, "Nothing is left to prune"),
        ({"layers": ("conv",), "block_size": (2, 2)}, "blocks need 2 axes, it has 4"),
        ({"layer_sparsity": (("conv9", 0.5),)}, "given for conv9"),
    ],
)
def test_what_the_model_has_not_is_refused(fields: dict, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        taken(dataclasses.replace(PruningPlan(), **fields))


def test_preflight_says_what_each_weight_will_reach() -> None:
    plan = PruningPlan(layer_sparsity=(("hidden", 0.5),), exclude=("embed",), epochs=1)
    flight = preflight(plan, LONG, WEIGHTS)
    said = {w.path: (w.target, w.reached, w.cause) for w in flight.weights}
    assert said["embed/embeddings"] == (None, None, "excluded")
    assert said["hidden/kernel"][:2] == pytest.approx((0.5, 0.5))
    assert said["conv/kernel"][0] == pytest.approx(0.8)
    assert said["conv/kernel"][2] == ""
    # Of three weights one stays at least.
    assert said["out/kernel"][1] == pytest.approx(2 / 3)
    (warning,) = flight.warnings
    assert "out/kernel 66.7% of 80.0%: too few weights" in warning


def test_preflight_warns_of_weights_that_blocks_do_not_fit() -> None:
    warnings = preflight(PruningPlan(block_size=(4, 4)), LONG, WEIGHTS).warnings
    assert "conv/kernel, conv1d/kernel will not be pruned" in warnings[0]
    assert "too few blocks" in warnings[1]


def test_preflight_warns_of_weights_that_m_by_n_does_not_fit() -> None:
    flight = preflight(PruningPlan(sparsity_m_by_n=(2, 4)), LONG, WEIGHTS)
    assert "conv1d/kernel will not be pruned" in flight.warnings[0]
    # Six channels are a group of four and one of two, which loses none.
    assert "conv/kernel 33.3% of 50.0%" in flight.warnings[1]


def test_preflight_cannot_tell_layers_apart_under_one_threshold() -> None:
    flight = preflight(PruningPlan(scope="global"), LONG, WEIGHTS)
    assert {w.reached for w in flight.weights} == {None}


def test_preflight_warns_when_no_round_follows_the_last_rewind() -> None:
    plan = PruningPlan(schedule="iterative", end_step=200, frequency=100, epochs=1)
    assert preflight(plan, 64 * 300).warnings == ()
    (warning,) = preflight(plan, 64 * 210).warnings
    assert "only 11 of the 100 steps" in warning


def test_curves_are_of_the_schedules_own_type() -> None:
    for schedule in ("polynomial", "constant", "one-shot", "iterative"):
        plan = PruningPlan(schedule=schedule)
        assert sparsity_curve(plan, [1, 2]).dtype == np.float32
