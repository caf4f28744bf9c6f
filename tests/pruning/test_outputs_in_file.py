"""The outputs that a file tells of are those of the model that Keras builds."""

from pathlib import Path
from typing import Any

import pytest

from pruneview.formats import open_model
from pruneview.pruning.data.model_shapes import shapes_of
from pruneview.pruning.subject.outputs_in_file import outputs_in
from tests.pruning import several

pytestmark = pytest.mark.tensorflow


def within(keras: Any) -> Any:
    """Both outputs are of one nested model, which is in another one again."""
    layers = keras.layers
    given = keras.Input((4,))
    ends = [
        layers.Dense(3, activation="softmax", name="kind")(given),
        layers.Dense(1, activation="sigmoid", name="price")(given),
    ]
    inner = keras.Model(given, ends, name="inner")
    for name in ("middle", "outer"):
        given = keras.Input((4,))
        inner = keras.Model(given, inner(given)[::-1], name=name)
    return inner


BUILDERS = {**several.MODELS, "within": within}


@pytest.mark.parametrize("name", BUILDERS)
def test_names_and_activations(name: str, keras: Any, tmp_path: Path) -> None:
    model = BUILDERS[name](keras)
    path = tmp_path / "model.keras"
    model.save(path)
    with open_model(path) as file:
        found = outputs_in(file)
    if name == "siamese":
        assert [each.activation for each in found] == ["sigmoid"]
        return
    shapes = shapes_of(model)
    assert tuple(each.name for each in found) == shapes.names_of_outputs
    activations = {
        "listing": ["softmax", "linear"],
        "by_name": ["linear", "softmax"],
        "nested": ["softmax", "linear"],
        "within": ["softmax", "sigmoid"],
    }
    assert [each.activation for each in found] == activations[name]
