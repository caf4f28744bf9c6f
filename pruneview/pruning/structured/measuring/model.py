"""All figures of a built model, of Keras 3 or tf_keras."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.fidelity.synthetic import synthetic_inputs
from pruneview.pruning.report.built import BuiltModel
from pruneview.pruning.report.latency import measure_latency
from pruneview.pruning.structured.measuring.calls import Call, Shape, Tensor, listen
from pruneview.pruning.structured.measuring.figures import (
    Latency,
    LayerFigures,
    ModelFigures,
)
from pruneview.pruning.structured.measuring.macs import LayerShapes, layer_macs
from pruneview.pruning.structured.measuring.memory import live_bytes
from pruneview.pruning.structured.naming import walk
from pruneview.sparsity.sizing.sizes import deflated_size, label

#: Samples of the calls that are timed.
BATCHES = (1, 32)
_COMPOSED = ("MultiHeadAttention", "Bidirectional")
# Operations that multiply and add as a layer does, by rules of their own.
_PRODUCTS = ("Matmul", "Einsum", "Dot", "Tensordot", "Inner", "Vdot", "Conv")


def model_figures(model: Any, *, quick: bool = False) -> ModelFigures:
    """Count a built model's parameters, operations, bytes and memory.

    The model is called once, on one synthetic sample.

    Parameters
    ----------
    quick
        Whether to compress by the quick compressor, for large models.
    """
    built = BuiltModel(model)
    layers = list(walk(model))
    sample = synthetic_inputs(built.inputs, 1, 0)
    noted = listen(model, layers, lambda: built.outputs(sample, 1))
    rows: dict[str, LayerFigures] = {}
    uncounted: dict[str, None] = {}
    for call, live in zip(noted.calls, live_bytes(noted), strict=True):
        macs = _macs(call)
        if macs is None:
            uncounted[call.path] = None
        row = rows.get(call.path) or _empty(call.path, call.operation)
        rows[call.path] = dataclasses.replace(
            row,
            macs=row.macs + (macs or 0),
            output_bytes=row.output_bytes + sum(t.nbytes for t in call.outputs),
            live_bytes=max(row.live_bytes, live),
        )
    nonzero = 0
    seen: set[int] = set()
    for path, layer in layers:
        arrays = [v.numpy() for v in layer.weights if id(v) not in seen]
        seen.update(map(id, layer.weights))
        nonzero += sum(int(np.count_nonzero(array)) for array in arrays)
        if arrays or path in rows:
            row = rows.get(path) or _empty(path, layer)
            rows[path] = _with_weights(row, arrays, quick)
    return ModelFigures(
        parameters=sum(row.parameters for row in rows.values()),
        nonzero=nonzero,
        macs=sum(row.macs for row in rows.values()),
        raw_bytes=sum(row.raw_bytes for row in rows.values()),
        deflated_bytes=sum(row.deflated_bytes for row in rows.values()),
        compressor=label(quick=quick),
        peak_bytes=max((row.live_bytes for row in rows.values()), default=0),
        layers=tuple(rows.values()),
        uncounted=tuple(uncounted),
    )


def measure_latencies(
    models: Mapping[str, Any],
    *,
    batches: Sequence[int] = BATCHES,
    rounds: int,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, tuple[Latency, ...]]:
    """Time built models, all in turns, on synthetic inputs.

    Raises
    ------
    Cancelled
    """
    contestants = {
        (name, batch): _timed(model, batch)
        for name, model in models.items()
        for batch in batches
    }
    figures = measure_latency(contestants, rounds=rounds, cancelled=cancelled)
    return {
        name: tuple(
            Latency(
                batch,
                (figure := figures[name, batch]).value,
                figure.value if figure.low is None else figure.low,
                figure.value if figure.high is None else figure.high,
            )
            for batch in batches
        )
        for name in models
    }


def _timed(model: Any, batch: int) -> Callable[[], object]:
    import tensorflow as tf

    built = BuiltModel(model)
    function = built.function(batch)
    inputs = [tf.constant(x) for x in synthetic_inputs(built.inputs, batch, 0)]

    def call() -> object:
        # A call has ended when its result is there.
        return [tensor.numpy() for tensor in function(*inputs)]

    return call


def _empty(path: str, layer: Any) -> LayerFigures:
    return LayerFigures(path, type(layer).__name__, 0, 0, 0, 0, 0, 0)


def _with_weights(
    row: LayerFigures, arrays: Sequence[NDArray], quick: bool
) -> LayerFigures:
    return dataclasses.replace(
        row,
        parameters=sum(array.size for array in arrays),
        raw_bytes=sum(array.nbytes for array in arrays),
        deflated_bytes=sum(deflated_size(array, quick=quick) for array in arrays),
    )


def _macs(call: Call) -> int | None:
    inputs, outputs = _shapes(call.inputs), _shapes(call.outputs)
    layer, times = call.operation, 1
    if not hasattr(layer, "weights"):
        return None if type(layer).__name__ in _PRODUCTS else 0
    if type(layer).__name__ == "TimeDistributed":
        times = inputs[0][0]
        layer = layer.layer
        inputs, outputs = ([shape[1:] for shape in s] for s in (inputs, outputs))
    each = layer_macs(
        LayerShapes(
            type(layer).__name__, inputs, outputs, _weights(layer), _config(layer)
        )
    )
    return None if each is None else times * each


def _shapes(tensors: Iterable[Tensor]) -> list[Shape]:
    return [tensor.shape[1:] for tensor in tensors]


def _config(layer: Any) -> dict[str, Any]:
    try:
        config: dict[str, Any] = layer.get_config()
    except NotImplementedError:  # a custom layer's
        return {}
    return config


def _weights(layer: Any) -> dict[str, Shape]:
    whole = type(layer).__name__ in _COMPOSED
    named = {}
    for variable in layer.weights:
        name = getattr(variable, "path", None) or variable.name.partition(":")[0]
        parts = name.split("/")
        inner = parts[-1:]
        if whole and layer.name in parts:
            inner = parts[len(parts) - parts[::-1].index(layer.name) :]
        named["/".join(inner)] = tuple(variable.shape)
    return named
