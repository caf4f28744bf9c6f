"""The small model does what the masked one does, for every kind of layer."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning.structured.building import shrink_model, values_of
from pruneview.pruning.structured.choose import Choice, choose_units, unit_masks
from pruneview.pruning.structured.criteria import score_groups
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import (
    config_of,
    graph_of_file,
    graph_of_model,
)
from pruneview.pruning.structured.naming import live_weights
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.pruning.structured.removal import shrink_network
from tests.pruning.structured import networks
from tests.pruning.structured.shrinking import (
    TOLERANCE,
    randomise,
    samples,
    shrink_and_compare,
)

pytestmark = pytest.mark.tensorflow

_LEGACY = (
    networks.depthwise_chain, networks.nested, networks.attention,
    networks.tensorflow_operators,
)  # fmt: skip


def _names(build: networks.Build) -> str:
    return build.__name__


@pytest.mark.parametrize("build", [*networks.ALL, networks.keras_operators], ids=_names)
def test_small_model_equals_the_masked_one(keras: Any, build: networks.Build) -> None:
    model = randomise(build(keras))
    outputs = [tuple(t.shape) for t in model.outputs]
    result = shrink_and_compare(model)
    assert result.choice.removed
    assert result.notes == ()
    assert result.difference.largest_relative <= TOLERANCE
    assert result.small.count_params() < 0.6 * model.count_params()
    assert [tuple(t.shape) for t in result.small.outputs] == outputs


def test_masks_change_the_outputs(keras: Any) -> None:
    """Else the comparison above would compare nothing."""
    model = randomise(networks.residual(keras))
    result = shrink_and_compare(model, masked=False)
    assert result.difference.largest_relative > 100 * TOLERANCE


@pytest.mark.parametrize("build", _LEGACY, ids=_names)
def test_models_of_tf_keras(tf_keras: Any, build: networks.Build) -> None:
    model = randomise(build(tf_keras))
    result = shrink_and_compare(model)
    assert type(result.small).__module__.startswith("tf_keras")
    assert result.difference.largest_relative <= TOLERANCE
    assert result.small.count_params() < 0.6 * model.count_params()


@pytest.mark.parametrize("ending", [".keras", ".h5"])
@pytest.mark.parametrize(
    "build",
    [networks.nested, networks.both_ways, networks.attention, networks.operators],
    ids=_names,
)
def test_file_and_built_model_give_one_graph(
    keras: Any, build: networks.Build, ending: str, tmp_path: Path
) -> None:
    model = build(keras)
    path = tmp_path / f"model{ending}"
    model.save(path)
    with open_model(path) as file:
        of_file = graph_of_file(file)
        paths = {layer.path for layer in file.layers}
    of_model = graph_of_model(model)
    assert {g.id for g in of_file.groups} == {g.id for g in of_model.groups}
    for one, other in zip(of_file.groups, of_model.groups, strict=True):
        assert set(one.layers) <= paths
        assert (one.title, one.size, one.removable) == (
            other.title,
            other.size,
            other.removable,
        )
        found = {(m.weight_path, m.axis, m.role) for m in one.members}
        assert found == {(m.weight_path, m.axis, m.role) for m in other.members}


def test_saved_reloaded_elsewhere_and_trained(keras: Any, tmp_path: Path) -> None:
    model = randomise(networks.residual(keras))
    small = shrink_and_compare(model).small
    path = tmp_path / "small.keras"
    small.save(path)
    given = samples(model)[0]
    np.save(tmp_path / "given.npy", given)
    np.save(tmp_path / "expected.npy", np.asarray(small(given)))
    code = f"""
import sys, numpy as np
sys.path.insert(0, {str(Path(__file__).resolve().parents[3])!r})
from pruneview.pruning.backend import import_backend
import_backend()
import keras
folder = {str(tmp_path)!r}
model = keras.models.load_model(folder + "/small.keras", safe_mode=True)
given, expected = np.load(folder + "/given.npy"), np.load(folder + "/expected.npy")
assert np.allclose(model(given), expected, rtol=1e-5, atol=1e-6)
model.compile("sgd", "mse")
before = [np.array(v) for v in model.trainable_variables]
model.fit(given, np.zeros_like(expected), epochs=1, verbose=0)
after = [np.array(v) for v in model.trainable_variables]
assert any((a != b).any() for a, b in zip(before, after))
print("trained")
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.stdout.strip() == "trained", ran.stderr


@pytest.mark.parametrize(
    "build", [networks.depthwise_chain, networks.normalised], ids=_names
)
def test_masked_units_are_dead(keras: Any, build: networks.Build) -> None:
    """Whatever the rows that read them hold."""
    model = randomise(build(keras))
    graph, values = graph_of_model(model), values_of(model)
    plan = ShrinkPlan(criterion="random", seed=1)
    choice = choose_units(graph, score_groups(graph, values, "random", seed=1), plan)
    variables = live_weights(model)
    for path, mask in unit_masks(graph, choice).items():
        variables[path].assign(values[path] * mask)
    given = samples(model)[0]
    before = np.asarray(model(given))
    for group in graph.groups:
        for member in group.members:
            if group.id in choice.keep and member.role == "consumes":
                array = np.moveaxis(
                    np.array(values[member.weight_path]), member.axis, 0
                )
                mine = member.units >= 0
                array[mine & ~choice.keep[group.id][member.units]] = 1e6
                masked = np.moveaxis(array, 0, member.axis)
                mask = unit_masks(graph, choice).get(member.weight_path, True)
                variables[member.weight_path].assign(masked * mask)
    assert np.array_equal(before, np.asarray(model(given)))


def test_neither_config_nor_values_change(keras: Any) -> None:
    model = randomise(networks.dense(keras))
    config, values = config_of(model), values_of(model)
    kept = {path: array.copy() for path, array in values.items()}
    graph = graph_of_model(model)
    choice = choose_units(graph, score_groups(graph, values, "l2"), ShrinkPlan())
    shrink_network(config, values, graph, choice)
    assert config == config_of(model)
    assert all(np.array_equal(values[path], kept[path]) for path in kept)


def test_only_the_sizes_in_the_configuration_change(keras: Any) -> None:
    result = shrink_and_compare(randomise(networks.attention(keras)))
    mha = result.small.get_layer("mha").get_config()
    assert (mha["num_heads"], mha["key_dim"], mha["value_dim"]) == (2, 3, 2)
    assert result.sizes()["mha/query/kernel"] == (8, 2, 3)
    assert result.sizes()["mha/attention_output/kernel"] == (2, 2, 8)


def test_choices_that_do_not_fit_are_refused(keras: Any) -> None:
    model = networks.dense(keras)
    for keep, words in (
        ({"first": np.zeros(8, bool)}, "Nothing would be left of"),
        ({"first": np.ones(3, bool)}, "has 8"),
        ({"last": np.array([True, False, True])}, "outputs of the model"),
    ):
        with pytest.raises(ShrinkError, match=words):
            shrink_model(model, Choice(keep))
