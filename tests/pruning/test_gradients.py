"""Gradients that a person looks at: exact, and without a trace in the run."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.data import DataSet
from pruneview.pruning.keras3.mean_gradients import MeanGradients, taylor_batches
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.shrinking.options import ShrinkOptions
from pruneview.pruning.training import gradients_on_show
from pruneview.sparsity.pictures.gradient import Gradient
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow

KERNEL = "inner/first/kernel"
WATCHED = (KERNEL, "classes/bias", "normalization/gamma")
PLAN = PruningPlan(
    final_sparsity=0.6, end_step=8, frequency=4, epochs=3, batch_size=50, seed=2
)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs as short as these would be over before another measurement is due."""
    monkeypatch.setattr(gradients_on_show, "_MOST_OF_TIME", np.inf)


def look(opened: Recorder, path: str, step: int, *, rests: bool) -> Gradient:
    found = opened.session.gradient(path, step, wanted=True, rests=rests)
    assert isinstance(found, Gradient), found
    return found


def by_tape(opened: Recorder, data: DataSet, path: str, step: int) -> np.ndarray:
    """Compute a mean gradient anew, eagerly, batch by batch."""
    import tensorflow as tf

    engine = opened.session._model().engine
    variable = engine._variables[path].value
    found = []
    for samples in taylor_batches(PLAN, step, len(data.x_train)):
        with tf.GradientTape() as tape:
            output = engine.model(data.x_train[samples], training=False)
            loss = tf.reduce_mean(
                tf.keras.losses.sparse_categorical_crossentropy(
                    data.y_train[samples], output
                )
            )
        found.append(tape.gradient(loss, variable).numpy())
    return np.mean(found, axis=0)


def test_it_is_the_tapes_own_during_a_run_and_after_it(
    opened: Recorder, blobs: DataSet
) -> None:
    seen: dict[int, Gradient] = {}

    def watch(step: int) -> None:
        found = look(opened, KERNEL, step, rests=False)
        if found.step not in seen:
            seen[found.step] = found
            expected = by_tape(opened, blobs, KERNEL, step)
            np.testing.assert_allclose(found.values, expected, rtol=1e-4, atol=1e-8)

    opened.during = watch
    ended = opened.session.run(PLAN, blobs)
    assert list(seen) == [1, 4, 8]
    kernel = opened.session.values(KERNEL)
    for path in WATCHED:
        rested = look(opened, path, ended.step, rests=True)
        assert (rested.step, rested.samples) == (12, 200)
        expected = by_tape(opened, blobs, path, 12)
        np.testing.assert_allclose(rested.values, expected, rtol=1e-4, atol=1e-8)
    at_rest = look(opened, KERNEL, 12, rests=True).values
    pruned = kernel == 0
    assert pruned.mean() > 0.5
    assert np.count_nonzero(at_rest[pruned]) > 0.5 * np.count_nonzero(pruned)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"criterion": "taylor"},
        {"criterion": "movement"},
        {"schedule": "iterative", "criterion": "taylor"},
    ],
    ids=lambda changes: "-".join(map(str, changes.values())) or "magnitude",
)
def test_a_run_is_the_same_to_the_bit_whether_or_not_anybody_looks(
    opened: Recorder, blobs: DataSet, changes: dict[str, Any]
) -> None:
    plan = dataclasses.replace(PLAN, **changes)

    def outcome() -> dict[str, np.ndarray]:
        opened.session.run(plan, blobs)
        return opened.session._model().engine.state()

    alone = outcome()
    looks = 0

    def watch(step: int) -> None:
        nonlocal looks
        for path in WATCHED:
            look(opened, path, step, rests=step % 2 == 0)
            looks += 1

    opened.during = watch
    watched = outcome()
    assert looks >= 36
    assert alone.keys() == watched.keys()
    assert any(name.startswith("seed/") for name in alone)
    for name, values in alone.items():
        assert values.tobytes() == watched[name].tobytes(), name


def test_layers_that_change_when_they_are_called_are_put_back(
    opened: Recorder, blobs: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, sums = opened.session, MeanGradients.sums

    def disturbing(means: MeanGradients, *args: Any) -> Any:
        for variable in means._model.non_trainable_variables:
            variable.assign(variable + 1)
        return sums(means, *args)

    session.prepare(PLAN, blobs)
    engine = session._model().engine
    before = engine.state() | {w.path: session.values(w.path) for w in session.weights}
    monkeypatch.setattr(MeanGradients, "sums", disturbing)
    look(opened, KERNEL, 0, rests=True)
    after = engine.state() | {w.path: session.values(w.path) for w in session.weights}
    assert all(before[name].tobytes() == after[name].tobytes() for name in before)


def test_what_taylor_has_measured_costs_nothing_more(
    opened: Recorder, blobs: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, sums = [], MeanGradients.sums

    def counting(means: MeanGradients, plan: PruningPlan, step: int) -> Any:
        found = sums(means, plan, step)
        measured.append((step, found))
        return found

    monkeypatch.setattr(MeanGradients, "sums", counting)
    plan = dataclasses.replace(PLAN, criterion="taylor")
    opened.session.run(plan, blobs)
    alone = [step for step, _ in measured]
    measured.clear()
    shown: dict[int, Gradient] = {}

    def watch(step: int) -> None:
        found = look(opened, KERNEL, step, rests=False)
        shown[found.step] = found

    opened.during = watch
    opened.session.run(plan, blobs)
    first = 1 if 1 in shown else 4  # before any masks there were none to use
    assert [s for s, _ in measured if s > first] == [s for s in alone if s > first]
    paths = [info.path for info in opened.session._model().engine.pruned]
    (decided,) = [found for step, found in measured if step == 8]
    kernel = decided.sums[paths.index(KERNEL)] / np.float32(decided.batches)
    np.testing.assert_array_equal(shown[8].values, kernel)
    assert shown[8].of_criterion
    assert shown[8].samples == 200


def test_what_decides_which_units_go_is_shown_and_no_more_is_measured(
    opened: Recorder, blobs: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured, sums = [], MeanGradients.sums

    def counting(means: MeanGradients, plan: PruningPlan, step: int) -> Any:
        measured.append(step)
        return sums(means, plan, step)

    monkeypatch.setattr(MeanGradients, "sums", counting)
    shrink = ShrinkPlan(ratio=0.5, criterion="taylor")
    gradually = ShrinkOptions("gradual", timing_rounds=0)

    def outcome() -> dict[str, np.ndarray]:
        opened.session.shrink(shrink, blobs, PLAN, gradually)
        return {k: opened.session.values(k) for k in WATCHED}

    alone, updates = outcome(), measured.copy()
    measured.clear()
    shown: list[Gradient] = []
    opened.during = lambda step: shown.append(look(opened, KERNEL, step, rests=False))
    watched = outcome()
    assert all(np.array_equal(alone[name], watched[name]) for name in WATCHED)
    assert measured[measured[0] == 1 :] == updates
    assert {g.step for g in shown if g.of_criterion} == set(updates)
    shapes = opened.session.values(KERNEL).shape
    rested = look(opened, KERNEL, 12, rests=True)  # of the small model now
    assert rested.values.shape == shapes


def test_where_there_is_none_it_is_said_why(
    opened: Recorder, blobs: DataSet, small_model: Path
) -> None:
    session = opened.session

    def said(path: str) -> Gradient | str:
        return session.gradient(path, 0, wanted=True, rests=True)

    untrained = said(KERNEL)
    assert isinstance(untrained, str)
    assert untrained.endswith("Start a run.")
    session.prepare(PLAN, blobs)
    assert said("normalization/moving_mean") == (
        "This weight is not trained, so it has no gradient."
    )
    assert isinstance(said(KERNEL), Gradient)
