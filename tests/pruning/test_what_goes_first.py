"""Scope, criteria and rounds in whole runs, each against plain numpy."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pruneview.pruning.data import DataSet
from pruneview.pruning.events import MaskUpdated
from pruneview.pruning.keras3.mean_gradients import TAYLOR_BATCHES, taylor_batches
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.sparsity.masking.masks import kept_count, magnitude_mask
from tests.pruning.conftest import Recorder

pytestmark = pytest.mark.tensorflow

KERNELS = ("first/kernel", "inner/first/kernel", "classes/kernel")
BASE = PruningPlan(
    schedule="one-shot", final_sparsity=0.5, epochs=1, batch_size=50, optimizer="sgd"
)


def run(opened: Recorder, data: DataSet, **fields: Any) -> dict[str, np.ndarray]:
    """Run; return the kernels as they are at the step of the (first) mask."""
    plan = dataclasses.replace(BASE, **fields)
    at_mask: dict[str, np.ndarray] = {}

    def look(step: int) -> None:
        if step == (plan.begin_step or 1) and not at_mask:
            at_mask.update({k: opened.session.values(k) for k in KERNELS})

    opened.during = look
    opened.session.run(plan, data)
    return at_mask


def baseline(opened: Recorder) -> dict[str, np.ndarray]:
    return {k: opened.session.values(k) for k in KERNELS}


def zeros_of(kernels: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {path: values == 0 for path, values in kernels.items()}


def test_one_threshold_over_all_layers(opened: Recorder, blobs: DataSet) -> None:
    before = baseline(opened)
    zeros = zeros_of(run(opened, blobs, scope="global"))
    flat = np.concatenate([before[k].ravel() for k in KERNELS])
    expected = ~magnitude_mask(flat, 0.5)
    assert np.array_equal(np.concatenate([zeros[k].ravel() for k in KERNELS]), expected)
    shares = [zeros[k].mean() for k in KERNELS]
    assert max(shares) - min(shares) > 0.02


def test_one_threshold_over_magnitudes_normalized(
    opened: Recorder, blobs: DataSet
) -> None:
    before = baseline(opened)
    zeros = zeros_of(run(opened, blobs, scope="global-normalized"))
    flat = np.concatenate(
        [
            before[k].ravel() / np.float32(np.sqrt(np.mean(np.float64(before[k]) ** 2)))
            for k in KERNELS
        ]
    )
    expected = ~magnitude_mask(flat, 0.5)
    assert np.array_equal(np.concatenate([zeros[k].ravel() for k in KERNELS]), expected)


def test_a_layer_may_have_a_sparsity_of_its_own(
    opened: Recorder, blobs: DataSet
) -> None:
    before = baseline(opened)
    own = (("inner/first", 0.9),)
    zeros = zeros_of(run(opened, blobs, layer_sparsity=own))
    for kernel, sparsity in zip(KERNELS, (0.5, 0.9, 0.5), strict=True):
        expected = ~magnitude_mask(before[kernel], sparsity)
        assert np.array_equal(zeros[kernel], expected)
    (updated,) = opened.of(MaskUpdated)
    assert updated.target_sparsity == pytest.approx(updated.sparsity, abs=0.005)
    assert updated.sparsity > 0.6


def test_what_is_excluded_is_trained_but_not_pruned(
    opened: Recorder, blobs: DataSet
) -> None:
    before = baseline(opened)
    run(opened, blobs, exclude=("first", "last"))
    after = baseline(opened)
    assert (after["inner/first/kernel"] == 0).mean() == pytest.approx(0.5, abs=0.01)
    for kernel in ("first/kernel", "classes/kernel"):
        assert np.count_nonzero(after[kernel]) == after[kernel].size
        assert not np.array_equal(after[kernel], before[kernel])


def test_blocks_go_as_one_and_stay_zero(opened: Recorder, blobs: DataSet) -> None:
    run(opened, blobs, block_size=(4, 4))
    zeros = baseline(opened)["inner/first/kernel"] == 0
    blocks = zeros.reshape(6, 4, 8, 4).swapaxes(1, 2).reshape(48, 16)
    assert set(blocks.sum(axis=1)) == {0, 16}
    assert zeros.mean() == 0.5


def test_two_of_four_from_the_first_step_on(opened: Recorder, blobs: DataSet) -> None:
    run(opened, blobs, sparsity_m_by_n=(2, 4), schedule="polynomial")
    zeros = baseline(opened)["inner/first/kernel"] == 0
    assert (zeros.reshape(6, 4, 32).sum(axis=1) == 2).all()


def test_chance_is_that_of_the_seed_and_what_is_gone_stays(
    opened: Recorder, blobs: DataSet
) -> None:
    before = baseline(opened)
    zeros = zeros_of(run(opened, blobs, criterion="random"))
    again = zeros_of(run(opened, blobs, criterion="random"))
    other = zeros_of(run(opened, blobs, criterion="random", seed=1))
    for kernel in KERNELS:
        assert np.array_equal(zeros[kernel], again[kernel])
        assert not np.array_equal(zeros[kernel], other[kernel])
        size = zeros[kernel].size
        assert zeros[kernel].sum() == size - kept_count(size, 0.5)
        gone = np.abs(before[kernel])[zeros[kernel]].mean()
        assert gone == pytest.approx(np.abs(before[kernel]).mean(), rel=0.2)
    more = zeros_of(run(opened, blobs, criterion="random", final_sparsity=0.8))
    assert all((more[k] | ~zeros[k]).all() for k in KERNELS)


@pytest.fixture
def gradients(
    keras: Any, opened: Recorder
) -> Callable[[np.ndarray, np.ndarray], list[np.ndarray]]:
    """Return the kernels' gradients by Keras alone, on the model as it is."""
    import tensorflow as tf

    model = keras.models.load_model(opened.session.path, compile=False)
    loss = keras.losses.SparseCategoricalCrossentropy()
    variables = [
        model.get_layer("first").kernel,
        model.get_layer("inner").get_layer("first").kernel,
        model.get_layer("classes").kernel,
    ]

    def measure(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
        with tf.GradientTape() as tape:
            value = loss(y, model(x, training=False))
        return [g.numpy() for g in tape.gradient(value, [v.value for v in variables])]

    return measure


def test_magnitude_times_gradient(
    opened: Recorder, blobs: DataSet, gradients: Any
) -> None:
    before = baseline(opened)
    zeros = zeros_of(run(opened, blobs, criterion="taylor"))
    batches = taylor_batches(BASE, 1, len(blobs.x_train))
    assert len(batches) == 4 <= TAYLOR_BATCHES
    measured = [gradients(blobs.x_train[b], blobs.y_train[b]) for b in batches]
    for place, kernel in enumerate(KERNELS):
        score = np.abs(before[kernel] * sum(batch[place] for batch in measured))
        ours = score[zeros[kernel]].max()
        assert zeros[kernel].sum() == score.size - kept_count(score.size, 0.5)
        # Sums of another order differ in the last place.
        assert ours <= np.sort(score.ravel())[zeros[kernel].sum()] * 1.001
        assert not np.array_equal(zeros[kernel], ~magnitude_mask(before[kernel], 0.5))


def test_movement_is_summed_over_the_steps(
    keras: Any, recorder: Recorder, blobs: DataSet, tmp_path: Any
) -> None:
    import tensorflow as tf

    keras.utils.set_random_seed(5)
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((20,)), layers.Dense(16, "tanh"), layers.Dense(3, "softmax")]
    )
    model.save(tmp_path / "plain.keras")
    recorder.session.open(tmp_path / "plain.keras")
    kernels = [w.path for w in recorder.session.weights if w.prunable]
    plan = dataclasses.replace(
        BASE, criterion="movement", begin_step=4, batch_size=50, learning_rate=0.1
    )
    at_mask: list[np.ndarray] = []

    def look(step: int) -> None:
        if step == 4 and not at_mask:
            at_mask.extend(recorder.session.values(k) for k in kernels)

    recorder.during = look
    recorder.session.run(plan, blobs)

    order = np.random.default_rng(plan.seed).permutation(len(blobs.x_train))
    moved = [np.zeros(a.shape, np.float32) for a in at_mask]
    loss = keras.losses.SparseCategoricalCrossentropy()
    variables = model.trainable_variables
    for step in range(3):
        samples = order[step * 50 : (step + 1) * 50]
        with tf.GradientTape() as tape:
            value = loss(blobs.y_train[samples], model(blobs.x_train[samples]))
        slopes = tape.gradient(value, [v.value for v in variables])
        for place, variable in enumerate(model.layers):
            moved[place] -= variable.kernel.numpy() * slopes[2 * place].numpy()
        for variable, slope in zip(variables, slopes, strict=True):
            variable.assign_sub(plan.learning_rate * slope)
    for score, values in zip(moved, at_mask, strict=True):
        zeros = values == 0
        assert zeros.sum() == score.size - kept_count(score.size, 0.5)
        assert score[zeros].max() <= score[~zeros].min() + 1e-6


def test_rounds_go_back_to_the_baseline(opened: Recorder, blobs: DataSet) -> None:
    before = baseline(opened)
    kept_bias = opened.session.values("first/bias")
    seen: list[dict[str, np.ndarray]] = []

    def look(step: int) -> None:
        if step in (2, 4) and len(seen) < step // 2:
            seen.append(baseline(opened))
            assert np.array_equal(opened.session.values("first/bias"), kept_bias)

    opened.during = look
    plan = dataclasses.replace(
        BASE,
        schedule="iterative",
        final_sparsity=0.75,
        frequency=2,
        end_step=4,
        epochs=2,
    )
    opened.session.run(plan, blobs)
    after = baseline(opened)
    for kernel in KERNELS:
        for ticket, sparsity in zip(seen, (0.5, 0.75), strict=True):
            zeros = ticket[kernel] == 0
            assert zeros.mean() == pytest.approx(sparsity, abs=0.01)
            assert np.array_equal(ticket[kernel][~zeros], before[kernel][~zeros])
        assert np.array_equal(after[kernel] == 0, seen[-1][kernel] == 0)
        assert not np.array_equal(after[kernel], seen[-1][kernel])


def test_criteria_run_gradually_and_reach_the_target(
    opened: Recorder, blobs: DataSet
) -> None:
    for criterion in ("taylor", "movement", "random"):
        plan = PruningPlan(
            final_sparsity=0.8,
            end_step=16,
            frequency=4,
            epochs=5,
            batch_size=50,
            criterion=criterion,
        )
        opened.session.run(plan, blobs)
        for kernel, values in baseline(opened).items():
            wanted = 1 - kept_count(values.size, 0.8) / values.size
            assert (values == 0).mean() == pytest.approx(wanted), (criterion, kernel)
