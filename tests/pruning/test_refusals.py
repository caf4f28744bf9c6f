"""Runs that are refused or broken off, with the cause; the model stays as it was."""

from pathlib import Path

import numpy as np
import pytest

from pruneview.pruning.data import DataError, DataSet
from pruneview.pruning.errors import ModelError, TrainingError
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow

PLAN = PruningPlan(
    final_sparsity=0.75, end_step=30, frequency=10, epochs=4, batch_size=20, seed=7
)


def test_a_layer_without_kernel_is_refused_by_name(
    opened: Recorder, blobs: DataSet
) -> None:
    plan = PruningPlan(**{**vars(PLAN), "layers": ("normalization",)})
    with pytest.raises(ModelError, match="nothing to prune in normalization"):
        opened.session.run(plan, blobs)


def test_a_loss_that_is_not_a_number_stops_with_the_cause(
    recorder: Recorder, linear_model: Path, mirrored: DataSet
) -> None:
    recorder.session.open(linear_model)
    before = recorder.session.values("code/kernel")
    plan = PruningPlan(
        optimizer="sgd", learning_rate=9.0, epochs=40, batch_size=20, frequency=1000
    )
    with pytest.raises(
        TrainingError, match=r"became (nan|inf) at step \d+.*rate \(9\)"
    ):
        recorder.session.run(plan, mirrored)
    assert np.array_equal(recorder.session.values("code/kernel"), before)


def test_weights_that_are_lost_are_found_before_a_mask_hides_them(
    opened: Recorder, blobs: DataSet
) -> None:
    kernel = opened.session._model().engine.model.get_layer("first").kernel
    before = opened.session.values("first/kernel")

    def spoil(step: int) -> None:
        if step == 9:  # the mask comes at step 10, before the loss shows anything
            kernel.assign(np.full_like(before, np.nan))

    opened.during = spoil
    with pytest.raises(TrainingError, match=r"first/kernel holds .* not numbers"):
        opened.session.run(PLAN, blobs)
    assert np.array_equal(opened.session.values("first/kernel"), before)


def test_shapes_that_do_not_fit_are_named(opened: Recorder, blobs: DataSet) -> None:
    narrow = DataSet(
        "narrow", blobs.x_train[:, :7], blobs.y_train, blobs.x_test, blobs.y_test
    )
    with pytest.raises(DataError, match=r"\(7,\).*takes \(20,\)"):
        opened.session.run(PLAN, narrow)
    many = DataSet("many", blobs.x_train, blobs.y_train + 1, blobs.x_test, blobs.y_test)
    with pytest.raises(DataError, match=r"1 to 3.*3 classes"):
        opened.session.run(PLAN, many)
    with pytest.raises(DataError, match=r"shape \(\).*mse.*\(3,\)"):
        opened.session.run(PruningPlan(**{**vars(PLAN), "loss": "mse"}), blobs)


def test_unknown_loss_and_metric_are_refused_by_name(
    opened: Recorder, blobs: DataSet
) -> None:
    for field in ("loss", "metric"):
        plan = PruningPlan(**{**vars(PLAN), field: "sparsest"})
        with pytest.raises(PlanError) as caught:
            opened.session.run(plan, blobs)
        assert "'sparsest'" in caught.value.problems[field]


def test_without_a_model_nothing_runs(recorder: Recorder, blobs: DataSet) -> None:
    with pytest.raises(ModelError, match="Open one first"):
        recorder.session.run(PLAN, blobs)
