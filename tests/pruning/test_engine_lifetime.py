"""What an engine holds goes when another takes its place, and only then."""

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pruneview.pruning.data import DataSet
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.sparsity.pictures.gradient import Gradient
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow

PLAN = PruningPlan(final_sparsity=0.6, end_step=8, frequency=4, epochs=2, batch_size=50)
KERNEL = "inner/first/kernel"


@pytest.fixture
def uncollected() -> Iterator[None]:
    """As in the window, where Python's collector looks at old objects seldom."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_it_goes_at_once_with_what_it_was_given(
    opened: Recorder, blobs: DataSet, small_model: Path
) -> None:
    session = opened.session
    session.prepare(PLAN, blobs)
    session.gradient(KERNEL, 0, wanted=True, rests=True)
    engine = session._model().engine
    assert engine._step is not None
    gone = [weakref.ref(x) for x in (engine, engine.baseline(), engine._step._feed)]
    del engine
    session.open(small_model)
    assert [left() for left in gone] == [None] * 3


def test_the_gradient_is_that_of_the_weights_as_they_are(
    opened: Recorder, blobs: DataSet
) -> None:
    session = opened.session
    ended = session.run(PLAN, blobs)
    assert session.step == ended.step == 8
    trained = session.gradient(KERNEL, 8, wanted=True, rests=True)
    session.start_from({KERNEL: 0.1})
    assert session.step == 0
    start = session.gradient(KERNEL, 0, wanted=True, rests=True)
    assert isinstance(trained, Gradient)
    assert isinstance(start, Gradient)
    assert start.step == 0
    assert not np.array_equal(start.values, trained.values)
    for weight in session.weights:
        # None of what was trained is left beside what was pruned.
        assert np.array_equal(
            session.values(weight.path), session.baseline(weight.path)
        )
    exact = session._model().engine.gradients(0).arrays[KERNEL]
    np.testing.assert_array_equal(start.values, exact)


def test_after_an_error_the_weights_are_of_no_step(
    opened: Recorder, blobs: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened.session
    session.prepare(PLAN, blobs)
    engine, seen = session._model().engine, []

    def fail(step: int, _sparsity: float) -> None:
        seen.append(session.step)
        raise RuntimeError(step)

    monkeypatch.setattr(engine, "prune", fail)
    with pytest.raises(RuntimeError):
        session.run(PLAN, blobs)
    assert seen[0] > 0
    assert session.step == 0
    assert np.array_equal(session.values(KERNEL), session.baseline(KERNEL))
