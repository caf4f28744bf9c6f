"""Shapes of a model's inputs and outputs, as far as its configuration tells."""

from collections.abc import Mapping
from typing import Any

from pruneview.formats.layouts.specs import LayerSpec

Shapes = tuple[tuple[int | None, ...], ...]
_KEEP_THE_LAST_AXIS = frozenset(
    {"Activation", "Softmax", "ReLU", "LeakyReLU", "Dropout"}
)


def input_shapes(config: Mapping[str, Any] | None) -> Shapes | None:
    """Return the shape of each input without the batch axis; None if not told.

    Parameters
    ----------
    config
        The model's whole configuration, since a Sequential's list of layers leaves its
        input out.
    """
    entry: object = config
    # A model may begin with a model; the depth was bounded when it was parsed.
    while isinstance(entry, Mapping):
        settings = entry.get("config")
        layers = settings.get("layers") if isinstance(settings, Mapping) else settings
        if not isinstance(layers, list):
            return _built(entry)
        entries = [item for item in layers if isinstance(item, Mapping)]
        inputs = [_of_layer(e) for e in entries if e.get("class_name") == "InputLayer"]
        if inputs:
            known = tuple(shape for shape in inputs if shape is not None)
            return known if len(known) == len(inputs) else None
        entry = entries[0] if entries else None
    return None


def output_shapes(model: LayerSpec | None) -> Shapes | None:
    """Return the last axis of each output; None if not told."""
    if model is None or not model.layers:
        return None
    by_name = {layer.name: layer for layer in model.layers}
    named = _names(model.config.get("output_layers"))
    outputs = [by_name.get(name) for name in named] or [model.layers[-1]]
    axes = [_last_axis(layer, model.layers) for layer in outputs]
    return tuple((axis,) for axis in axes if axis is not None) if all(axes) else None


def _last_axis(layer: LayerSpec | None, layers: tuple[LayerSpec, ...]) -> int | None:
    if layer is None:
        return None
    if layer.layers is not None:
        inner = output_shapes(layer)
        return inner[0][0] if inner and len(inner) == 1 else None
    units = layer.config.get("units") or layer.config.get("output_dim")
    if isinstance(units, int):
        return units
    before = layers.index(layer) - 1
    if layer.kind in _KEEP_THE_LAST_AXIS and before >= 0:
        return _last_axis(layers[before], layers)
    return None


def _names(outputs: object) -> list[str]:
    """Return the layers that ``[["dense", 0, 0], ...]`` or one of those names.

    Outputs in a dict are in the order of its keys, as Keras has them.
    """
    if isinstance(outputs, Mapping):
        outputs = [outputs[key] for key in sorted(outputs)]
    if not isinstance(outputs, list) or not outputs:
        return []
    if isinstance(outputs[0], str):
        return [outputs[0]]
    return [
        o[0] for o in outputs if isinstance(o, list) and o and isinstance(o[0], str)
    ]


def _of_layer(entry: Mapping[str, Any]) -> tuple[int | None, ...] | None:
    settings = entry.get("config")
    if not isinstance(settings, Mapping):
        return None
    return _shape(settings.get("batch_shape") or settings.get("batch_input_shape"))


def _built(entry: Mapping[str, Any]) -> Shapes | None:
    """Return the shape that a first layer, or a subclassed model, was built with."""
    built = entry.get("build_config")
    shape = _of_layer(entry) or _shape(
        built.get("input_shape") if isinstance(built, Mapping) else None
    )
    return None if shape is None else (shape,)


def _shape(value: object) -> tuple[int | None, ...] | None:
    if not isinstance(value, list) or not value:
        return None
    if not all(axis is None or isinstance(axis, int) for axis in value):
        return None
    return tuple(value[1:])
