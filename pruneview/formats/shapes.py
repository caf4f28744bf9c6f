"""Shapes of a model's inputs and outputs, as far as its configuration tells."""

from typing import Any

from pruneview.formats.specs import LayerSpec

Shapes = tuple[tuple[int | None, ...], ...]


def input_shapes(model: LayerSpec | None) -> Shapes | None:
    """Return the shape of each input without the batch axis; None if not told."""
    if model is None:
        return None
    entries = model.config.get("layers")
    shapes = []
    for entry in entries if isinstance(entries, list) else []:
        config = entry.get("config") if isinstance(entry, dict) else None
        if isinstance(config, dict):
            shape = _shape(config.get("batch_input_shape") or config.get("batch_shape"))
            if shape is not None:
                shapes.append(shape)
    return tuple(shapes) or _first_layer(model)


def output_shapes(model: LayerSpec | None) -> Shapes | None:
    """Return the last axis of the output where its layer's configuration tells it."""
    last = list(model.leaves())[-1:] if model else []
    for layer in reversed(list(model.leaves()) if model and last else []):
        units = layer.config.get("units") or layer.config.get("output_dim")
        if isinstance(units, int):
            return ((units,),)
        if layer.kind not in {"Activation", "Softmax", "Dropout"}:
            return None
    return None


def _first_layer(model: LayerSpec) -> Shapes | None:
    for layer in model.leaves():
        shape = _shape(layer.config.get("batch_input_shape"))
        return None if shape is None else (shape,)
    return None


def _shape(value: Any) -> tuple[int | None, ...] | None:
    if not isinstance(value, list) or len(value) < 1:
        return None
    if not all(axis is None or isinstance(axis, int) for axis in value):
        return None
    return tuple(value[1:])
