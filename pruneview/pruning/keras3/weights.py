"""The variables of a built model, by the paths of its file."""

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pruneview.formats import Weight, open_model
from pruneview.formats.roles import decide_role, is_prunable
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.pruning.structured.naming import live_weights


def walk_layers(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each layer that is not a model with its path, in the model's order."""
    import keras

    for layer in model.layers:
        path = prefix + layer.name
        if isinstance(layer, keras.Model):
            yield from walk_layers(layer, path + "/")
        else:
            yield path, layer


def map_weights(model: Any, path: Path) -> list[tuple[WeightInfo, Any]]:
    """Return a Keras 3 model's variables with what its file calls them."""
    return map_variables(walk_layers(model), path)


def map_variables(
    layers: Iterable[tuple[str, Any]], path: Path
) -> list[tuple[WeightInfo, Any]]:
    """Return the variables of layers, of any Keras, with what a file calls them.

    Within a layer a variable is matched by name and shape, then by shape in order.
    A variable that the file does not tell apart keeps the name Keras gives it.

    Parameters
    ----------
    layers
        Path in the file, and layer.
    """
    with open_model(path) as file:
        in_file = {layer.path: list(layer.weights) for layer in file.layers}
    mapped = []
    seen: set[int] = set()
    for layer_path, layer in layers:
        left = in_file.get(layer_path, [])
        own = [v for v in layer.weights if id(v) not in seen]
        seen.update(map(id, own))
        named = {id(v): _take_named(v, left) for v in own}
        taken: set[str] = set()
        for variable in own:
            weight = named[id(variable)] or _take_shaped(variable, left)
            info = _describe(variable, weight, layer_path, layer, taken)
            taken.add(info.path)
            mapped.append((info, variable))
    return mapped


def map_like(
    model: Any, original: Any, mapped: Iterable[tuple[WeightInfo, Any]]
) -> list[tuple[WeightInfo, Any]]:
    """Return the variables of a model with the same layers as another, named as there.

    Parameters
    ----------
    model
        Its weights may have other shapes, and it may have some more.
    original, mapped
        The other model, and its variables.
    """
    known = {id(variable): info for info, variable in mapped}
    called = {name: known.get(id(v)) for name, v in live_weights(original).items()}
    found = []
    for name, variable in live_weights(model).items():
        info, shape = called.get(name), tuple(variable.shape)
        if info is None:
            layer = name.rpartition("/")[0]
            info = WeightInfo(name, layer, shape, prunable=False)
        found.append((dataclasses.replace(info, shape=shape), variable))
    return found


def _take_named(variable: Any, left: list[Weight]) -> Weight | None:
    full = _name(variable)
    for weight in left:
        own_name = full == weight.name or full.endswith("/" + weight.name)
        if own_name and weight.shape == tuple(variable.shape):
            left.remove(weight)
            return weight
    return None


def _take_shaped(variable: Any, left: list[Weight]) -> Weight | None:
    for weight in left:
        if weight.shape == tuple(variable.shape):
            left.remove(weight)
            return weight
    return None


def _describe(
    variable: Any, weight: Weight | None, layer_path: str, layer: Any, taken: set[str]
) -> WeightInfo:
    shape = tuple(variable.shape)
    kind = type(layer).__name__
    if weight is not None:
        return WeightInfo(weight.path, layer_path, shape, weight.prunable, kind)
    given = variable.dtype
    dtype = np.dtype(getattr(given, "as_numpy_dtype", given))
    name = _name(variable).rpartition("/")[2]
    role = decide_role(name, kind, shape, dtype)
    path = f"{layer_path}/{name}"
    while path in taken:
        path += "'"
    return WeightInfo(path, layer_path, shape, is_prunable(role, shape, dtype), kind)


def _name(variable: Any) -> str:
    """Return a variable's whole name; tf_keras appends ``:0``."""
    path: str = getattr(variable, "path", None) or variable.name.partition(":")[0]
    return path
