"""Constants that removed units leave are folded forward, or their absence is stated."""

from typing import Any

import numpy as np
import pytest

from pruneview.pruning.structured.building import shrink_model, values_of
from pruneview.pruning.structured.choose import Choice, choose_units
from pruneview.pruning.structured.compare import compare_outputs
from pruneview.pruning.structured.criteria import kernels_of, score_groups
from pruneview.pruning.structured.graph import graph_of_model
from pruneview.pruning.structured.naming import live_weights
from pruneview.pruning.structured.plan import ShrinkPlan
from tests.pruning.structured import networks
from tests.pruning.structured.shrinking import TOLERANCE, randomise, samples

pytestmark = pytest.mark.tensorflow


def _with_dead_kernels(model: Any) -> tuple[Any, Choice]:
    """Zero the kernels of some units; their biases, gammas and betas stay."""
    graph, values = graph_of_model(model), values_of(model)
    # Not by chance: that is drawn by names, and theirs count what was built before.
    choice = choose_units(graph, score_groups(graph, values, "l1"), ShrinkPlan())
    variables = live_weights(model)
    for group in graph.groups:
        keep = choice.keep.get(group.id)
        for member in kernels_of(group) if keep is not None else ():
            array = variables[member.weight_path].numpy().copy()
            rows = np.moveaxis(array, member.axis, 0)
            rows[(member.units >= 0) & ~keep[member.units]] = 0
            variables[member.weight_path].assign(array)
    return graph, choice


_EXACT = (
    networks.dense, networks.sequential, networks.separable,
    networks.squeeze_and_excite, networks.grouped, networks.operators,
)  # fmt: skip
_BORDERED = (networks.residual, networks.densely_connected, networks.u_net)


@pytest.mark.parametrize("build", _EXACT, ids=lambda b: b.__name__)
def test_constants_of_dead_kernels_are_folded(
    keras: Any, build: networks.Build
) -> None:
    model = randomise(build(keras))
    graph, choice = _with_dead_kernels(model)
    small, notes = shrink_model(model, choice, graph=graph)
    difference = compare_outputs(model, small, samples(model))
    assert difference.largest_relative <= TOLERANCE
    assert notes == ()
    without, notes = shrink_model(model, choice, graph=graph, fold_constants=False)
    difference = compare_outputs(model, without, samples(model))
    assert difference.largest_relative > 100 * TOLERANCE
    assert notes


@pytest.mark.parametrize("build", _BORDERED, ids=lambda b: b.__name__)
def test_what_padding_keeps_apart_is_stated(keras: Any, build: networks.Build) -> None:
    model = randomise(build(keras))
    graph, choice = _with_dead_kernels(model)
    given = samples(model)
    small, notes = shrink_model(model, choice, graph=graph)
    folded = compare_outputs(model, small, given).largest_relative
    assert folded > TOLERANCE
    assert all("borders" in note for note in notes)
    without, _ = shrink_model(model, choice, graph=graph, fold_constants=False)
    unfolded = compare_outputs(model, without, given).largest_relative
    assert folded < 0.75 * unfolded


def test_beta_after_normalisation_is_folded_through_padding_of_nothing(
    keras: Any,
) -> None:
    """Gamma and kernel are zero: what is left is relu(beta), into a bias made anew."""
    layers = keras.layers
    given = keras.Input((7, 7, 2))
    x = layers.Conv2D(4, 3, name="conv")(given)
    x = layers.ReLU()(layers.BatchNormalization(name="bn")(x))
    x = layers.Conv2D(3, 3, use_bias=False, name="next")(x)
    model = randomise(keras.Model(given, x))
    kernel, bias = model.get_layer("conv").get_weights()
    kernel[..., 1] = 0
    model.get_layer("conv").set_weights([kernel, bias])
    gamma, beta, mean, variance = model.get_layer("bn").get_weights()
    gamma[1], beta[1] = 0, 0.7
    model.get_layer("bn").set_weights([gamma, beta, mean, variance])
    small, notes = shrink_model(model, Choice({"conv": np.arange(4) != 1}))
    assert notes == ()
    made = small.get_layer("next").get_weights()
    expected = 0.7 * model.get_layer("next").get_weights()[0][:, :, 1].sum((0, 1))
    np.testing.assert_allclose(made[1], expected, rtol=1e-5)
    difference = compare_outputs(model, small, samples(model))
    assert difference.largest_relative <= TOLERANCE


def test_what_an_activation_makes_of_nothing_is_folded(keras: Any) -> None:
    """A masked unit before a sigmoid is 0.5 to what reads it."""
    model = randomise(networks.dense(keras))
    small, _ = shrink_model(model, Choice({"first": np.arange(8) < 5}))
    kernel, bias = model.get_layer("second").get_weights()
    np.testing.assert_allclose(
        small.get_layer("second").get_weights()[1],
        bias + 0.5 * kernel[5:].sum(0),
        rtol=1e-5,
    )


def test_recurrent_units_that_do_not_rest_are_stated(keras: Any) -> None:
    layers = keras.layers
    given = keras.Input((5, 3))
    x = layers.LSTM(4, activation="sigmoid", name="lstm")(given)
    model = randomise(keras.Model(given, layers.Dense(2, name="last")(x)))
    _, notes = shrink_model(model, Choice({"lstm": np.arange(4) < 2}))
    assert len(notes) == 1
    assert "last" in notes[0]
    assert "not constant" in notes[0]
