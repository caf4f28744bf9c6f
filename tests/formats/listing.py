"""What `open_model` finds in a file, in the form in which the writers tell it."""

from pathlib import Path

from pruneview.formats import ModelFile, open_model
from tests.formats.writers import describe


def listing(path: Path) -> list:
    with open_model(path) as model:
        return list_layers(model)


def list_layers(model: ModelFile) -> list:
    return [
        [layer.path, layer.kind, [describe(w.read()) for w in layer.weights]]
        for layer in model.layers
    ]


def all_weights(layers: list) -> list:
    """Return all weights, sorted: for files that name no layers."""
    return sorted(weight for _, _, weights in layers for weight in weights)
