"""What ``pruneview inspect --json`` prints. The keys are a contract.

One object::

    schema            1; raised when a key changes its meaning or goes away
    path, name        of the file and of the model
    container, format, keras_version
    input_shapes, output_shapes   lists of shapes, null for an axis of any length;
                      null where the file does not tell
    totals            figures of all weights
    prunable          figures of the weights that can be pruned
    compressor        how deflated_bytes was made, one stream a weight
    optimizer         {variables, bytes}: not counted in the totals
    abilities         {prune_and_train, prune, look, engine, reason}
    code              [{layer, kind, description}]: carried by the file, never run
    notes             sentences about what is unusual in the file
    layers            in the model's order, a nested model before its layers:
        path, name, kind, parent, depth, is_model, trainable, activation
        figures       of the layer's own weights
        weights       path, name, role, shape, dtype, prunable, error (why its values
                      cannot be read, else null; its figures are then zero), figures,
                      not_finite, minimum, maximum, mean, standard_deviation

``figures`` are ``{parameters, zeros, sparsity, bytes, deflated_bytes}``: sparsity a
share from 0 to 1, sizes in bytes. Keys may be added without raising ``schema``.
The exit code is 1 where a weight could not be read.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pruneview.cli.inspection.measure import (
    Figures,
    MeasuredLayer,
    MeasuredWeight,
    figures,
)
from pruneview.formats import ModelFile
from pruneview.json_lines import finite
from pruneview.sparsity.sizing.sizes import EXACT_LABEL

SCHEMA = 1


def description(model: ModelFile, layers: Sequence[MeasuredLayer]) -> dict[str, Any]:
    """Return what this module's docstring lays down, for an open file."""
    weights = [m for layer in layers for m in layer.weights]
    abilities = model.abilities
    return {
        "schema": SCHEMA,
        "path": str(model.path),
        "name": model.name,
        "container": model.container,
        "format": model.format,
        "keras_version": model.keras_version,
        "input_shapes": _shapes(model.input_shapes),
        "output_shapes": _shapes(model.output_shapes),
        "totals": _figures(figures(weights)),
        "prunable": _figures(figures(m for m in weights if m.weight.prunable)),
        "compressor": EXACT_LABEL,
        "optimizer": {
            "variables": model.optimizer_variable_count,
            "bytes": model.optimizer_bytes,
        },
        "abilities": {
            "prune_and_train": abilities.prune_and_train,
            "prune": abilities.prune,
            "look": abilities.look,
            "engine": abilities.engine,
            "reason": abilities.reason,
        },
        "code": [
            {
                "layer": item.layer_path,
                "kind": item.kind,
                "description": item.description,
            }
            for item in model.code
        ],
        "notes": list(model.notes),
        "layers": [_layer(measured) for measured in layers],
    }


def to_text(record: dict[str, Any]) -> str:
    """Return `record` as JSON with a line end; every number in it is finite."""
    return json.dumps(record, indent=2, allow_nan=False) + "\n"


def _layer(measured: MeasuredLayer) -> dict[str, Any]:
    layer = measured.layer
    return {
        "path": layer.path,
        "name": layer.name,
        "kind": layer.kind,
        "parent": layer.parent,
        "depth": layer.depth,
        "is_model": layer.is_model,
        "trainable": layer.trainable,
        "activation": layer.activation,
        "figures": _figures(figures(measured.weights)),
        "weights": [_weight(m) for m in measured.weights],
    }


def _weight(measured: MeasuredWeight) -> dict[str, Any]:
    weight, numbers = measured.weight, measured.statistics
    return {
        "path": weight.path,
        "name": weight.name,
        "role": str(weight.role),
        "shape": list(weight.shape),
        "dtype": weight.dtype.name,
        "prunable": weight.prunable,
        "error": measured.error or None,
        "figures": _figures(figures([measured])),
        "not_finite": numbers.not_finite,
        "minimum": finite(numbers.minimum),
        "maximum": finite(numbers.maximum),
        "mean": finite(numbers.mean),
        "standard_deviation": finite(numbers.standard_deviation),
    }


def _figures(sums: Figures) -> dict[str, Any]:
    return {
        "parameters": sums.parameters,
        "zeros": sums.zeros,
        "sparsity": sums.sparsity,
        "bytes": sums.bytes,
        "deflated_bytes": sums.deflated_bytes,
    }


def _shapes(
    shapes: Iterable[Iterable[int | None]] | None,
) -> list[list[int | None]] | None:
    return None if shapes is None else [list(shape) for shape in shapes]
