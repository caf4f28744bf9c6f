"""What is measured is what was given, whatever types its parts have."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.data import DataSet
from pruneview.pruning.planning.plan import PruningPlan
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow


def test_validation_data_keep_their_fractions(
    keras: Any, recorder: Recorder, tmp_path: Path
) -> None:
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, name="sum")])
    path = tmp_path / "sum.keras"
    model.save(path)
    chance = np.random.default_rng(0)
    whole = chance.integers(0, 200, (40, 4)).astype(np.uint8)
    halves = (whole + 0.5).astype(np.float32) * 2
    labels, exact = whole.sum(1).astype(np.int64), halves.sum(1) + np.float32(0.25)
    data = DataSet("halves", whole, labels, whole, labels, halves, exact)
    session = recorder.session
    session.open(path)
    session.prepare(PruningPlan(loss="mse", metric="mae", batch_size=8), data)
    engine_now = session._model().engine
    scores = engine_now.evaluate(halves, exact)
    kernel, bias = (np.asarray(v, np.float64) for v in engine_now.arrays())
    apart = halves @ kernel + bias - exact[:, None]
    np.testing.assert_allclose(scores.loss, np.square(apart).mean(), rtol=1e-4)
    whole_apart = whole @ kernel + bias - labels[:, None]
    found = engine_now.evaluate(whole, labels)
    np.testing.assert_allclose(found.loss, np.square(whole_apart).mean(), rtol=1e-4)
