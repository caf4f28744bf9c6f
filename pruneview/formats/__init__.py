"""A file on disk to layers and weights, without TensorFlow.

>>> with open_model("model.keras") as model:
...     for layer in model.layers:
...         for weight in layer.weights:
...             values = weight.read()
"""

from pruneview.formats.errors import FormatError
from pruneview.formats.model import Layer, ModelFile, Weight
from pruneview.formats.opening import open_model
from pruneview.formats.roles import WeightRole
from pruneview.formats.uses import Abilities, CodeItem

__all__ = [
    "Abilities",
    "CodeItem",
    "FormatError",
    "Layer",
    "ModelFile",
    "Weight",
    "WeightRole",
    "open_model",
]
