"""What cannot be followed stays, and is named with the reason."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pruneview.formats import open_model
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import (
    build_graph,
    config_of,
    graph_of_file,
    graph_of_model,
)
from tests.pruning.structured.shrinking import (
    TOLERANCE,
    randomise,
    shrink_and_compare,
)

pytestmark = pytest.mark.tensorflow


def _reasons(graph: Any) -> dict[str, str]:
    return {excluded.layer_path: excluded.reason for excluded in graph.excluded}


def test_softmax_in_the_middle_stays(keras: Any) -> None:
    layers = keras.layers
    x = given = keras.Input((6,))
    x = layers.Dense(8, name="free")(x)
    x = layers.Dense(5, activation="softmax", name="gate")(x)
    x = layers.Softmax(name="soft")(layers.Dense(4, name="other")(x))
    model = randomise(keras.Model(given, layers.Dense(2, name="last")(x)))
    result = shrink_and_compare(model)
    assert set(result.choice.keep) == {"free"}
    reasons = _reasons(result.graph)
    assert "softmax of gate" in reasons["gate"]
    assert "softmax of soft" in reasons["other"]
    assert result.difference.largest_relative <= TOLERANCE


def test_custom_layers_and_lambdas_stay(keras: Any) -> None:
    layers = keras.layers
    x = given = keras.Input((6,))
    x = layers.Dense(8, name="before")(x)
    x = layers.ReLU(name="odd")(x)
    x = layers.Dense(7, name="after")(x)
    x = layers.Activation("relu", name="code")(x)
    model = keras.Model(given, layers.Dense(2, name="last")(x))
    config = copy.deepcopy(config_of(model))
    for entry in config["config"]["layers"]:
        if entry["name"] == "odd":
            entry |= {"class_name": "Odd", "module": "mine", "registered_name": "Odd"}
        if entry["name"] == "code":
            entry["class_name"] = "Lambda"
    shapes = graph_of_model(model).shapes
    graph = build_graph(config, shapes)
    assert not any(group.removable for group in graph.groups)
    reasons = _reasons(graph)
    assert "of the kind Odd" in reasons["odd"]
    assert "Lambda layer" in reasons["code"]
    assert reasons["before"].startswith("odd reads them")
    assert reasons["after"].startswith("code reads them")


def test_slices_of_channels_stay(keras: Any) -> None:
    layers = keras.layers
    x = given = keras.Input((6,))
    x = layers.Dense(8, name="cut")(x)[:, :4]
    x = layers.Dense(6, name="free")(x)
    model = randomise(keras.Model(given, layers.Dense(2, name="last")(x)))
    result = shrink_and_compare(model)
    assert set(result.choice.keep) == {"free"}
    assert "get_item" in _reasons(result.graph)["cut"]
    assert result.difference.largest_relative <= TOLERANCE


def test_an_intermediate_output_stays(keras: Any) -> None:
    layers = keras.layers
    given = keras.Input((6,))
    x = layers.Dense(8, name="shown")(given)
    y = layers.Dense(6, name="hidden")(x)
    model = keras.Model(given, [x, layers.Dense(2, name="last")(y)])
    graph = graph_of_model(model)
    assert [g.id for g in graph.groups if g.removable] == ["hidden"]
    assert _reasons(graph)["shown"] == "they are outputs of the model"


def test_a_layer_shared_with_inputs_stays(keras: Any) -> None:
    layers = keras.layers
    given = keras.Input((6,))
    both = layers.Dense(8, name="both")
    x = both(layers.Dense(6, name="before")(given))
    model = keras.Model(given, layers.Dense(2)(layers.Add()([x, both(given)])))
    graph = graph_of_model(model)
    assert "shared" in _reasons(graph)["before"]
    assert graph.group("both").removable


def test_files_without_a_configuration_are_refused(keras: Any, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.save_weights(tmp_path / "only.weights.h5")
    with (
        open_model(tmp_path / "only.weights.h5") as file,
        pytest.raises(ShrinkError, match="not how the layers are connected"),
    ):
        graph_of_file(file)
    with pytest.raises(ShrinkError, match="does not say which layers"):
        build_graph({"class_name": "Mine", "config": {}}, {"a/kernel": (2, 2)})


def test_lambda_code_in_a_file_is_not_run(models_folder: Path) -> None:
    with open_model(models_folder / "model_lambda.h5") as file:
        graph = graph_of_file(file)
    assert any("Lambda" in reason for reason in _reasons(graph).values())
    assert all(np.all(m.units >= -1) for g in graph.groups for m in g.members)
