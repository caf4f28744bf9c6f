"""Each layer alone, against Keras itself."""

import numpy as np
import pytest

from pruneview.pruning.data import DataSet
from pruneview.pruning.errors import ModelError
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.sensitivity import (
    SPARSITIES,
    LayerSensitivity,
    SensitivityEnded,
    SensitivityStarted,
)
from pruneview.sparsity.masking.masks import magnitude_mask
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow

PLAN = PruningPlan(end_step=4, frequency=2, epochs=1, batch_size=50)
KERNELS = {
    "first": "first/kernel",
    "inner/first": "inner/first/kernel",
    "classes": "classes/kernel",
}


def test_layers_are_pruned_one_at_a_time(opened: Recorder, blobs: DataSet) -> None:
    session = opened.session
    before = {path: session.values(path) for path in KERNELS.values()}
    ended = session.sensitivity(PLAN, blobs)
    assert ended.complete
    assert [layer.layer for layer in ended.measured] == list(KERNELS)
    assert opened.of(LayerSensitivity) == list(ended.measured)
    assert opened.of(SensitivityStarted)[0].layers == tuple(KERNELS)
    assert ended.baseline.samples == len(blobs.x_test)
    for path, values in before.items():
        np.testing.assert_array_equal(session.values(path), values)
    engine = session._model().engine
    model, kernel = engine.model, engine._variables["inner/first/kernel"]
    kernel.assign(np.where(magnitude_mask(kernel.numpy(), 0.9), kernel.numpy(), 0))
    expected = model.evaluate(blobs.x_test, blobs.y_test, verbose=0)[1]
    at = SPARSITIES.index(0.9)
    assert ended.measured[1].values[at] == pytest.approx(expected, abs=1e-6)


def test_the_result_of_a_run_stays(opened: Recorder, blobs: DataSet) -> None:
    session = opened.session
    session.run(PLAN, blobs)
    pruned = {path: session.values(path) for path in KERNELS.values()}
    whole = session.sensitivity(PLAN, blobs)
    assert any(min(layer.values) < whole.baseline.value for layer in whole.measured)
    for path, values in pruned.items():
        np.testing.assert_array_equal(session.values(path), values)


def test_called_off_what_was_measured_is_kept(opened: Recorder, blobs: DataSet) -> None:
    session = opened.session
    emit = session._emit

    def stop_after_one(event: object) -> None:
        emit(event)  # type: ignore[arg-type]
        if isinstance(event, LayerSensitivity):
            opened.control.stop()

    session._emit = stop_after_one  # type: ignore[assignment]
    ended = session.sensitivity(PLAN, blobs)
    assert not ended.complete
    assert len(ended.measured) == 1
    assert opened.of(SensitivityEnded) == [ended]


def test_nothing_to_measure_is_said(opened: Recorder, blobs: DataSet) -> None:
    plan = PruningPlan(exclude=("Dense",), epochs=1)
    with pytest.raises(ModelError, match="Nothing is left to prune"):
        opened.session.sensitivity(plan, blobs)
