"""Attention: heads, the dimensions of keys and of values."""

import math

import numpy as np

from pruneview.pruning.structured.tracing.axes import Axis, Channels, Tensor
from pruneview.pruning.structured.tracing.call import Call, Parameter
from pruneview.pruning.structured.tracing.ledger import Unfollowed

_OUTPUT = "attention_output"


def multi_head(call: Call) -> Tensor | list[Tensor]:
    """Follow a MultiHeadAttention.

    A head goes with its part of the query, key, value and output kernels. A dimension
    of the keys goes from the queries too, at all heads; one of the values goes from
    the output's kernel. What is put out goes with the query's channels, unless the
    layer has a size of its own for it.
    """
    if call.config.get("use_gate"):
        raise Unfollowed("it gates its heads")
    query, value, key = _inputs(call)
    parts = {name: call.need("kernel", name) for name in ("query", "key", "value")}
    out, bias = call.need("kernel", _OUTPUT), call.find("bias", _OUTPUT)
    if len(out.shape) != 3:
        raise Unfollowed("its output has more than one axis of features")
    _, heads, width = parts["query"].shape
    depth = parts["value"].shape[2]
    made_heads = call.make("head", heads, "heads")
    made_keys = call.make("key dimension", width, "key")
    made_values = call.make("key dimension", depth, "value")
    for name, kernel, read in (
        ("query", parts["query"], query),
        ("key", parts["key"], key),
        ("value", parts["value"], value),
    ):
        inner = made_values if name == "value" else made_keys
        call.keep_others(read, -1)
        call.consume(kernel, 0, read[-1])
        # tf_keras writes down the shapes of what it was called on.
        if isinstance(call.config.get(f"{name}_shape"), list):
            call.count((f"{name}_shape", -1), read[-1].channels)
        call.produce(kernel, 1, made_heads)
        call.produce(kernel, 2, inner)
        own = call.find("bias", name)
        call.produce(own, 0, made_heads)
        call.produce(own, 1, inner)
        _fold(call, read[-1], kernel, own)
    call.consume(out, 0, Axis(heads, made_heads))
    call.consume(out, 1, Axis(depth, made_values))
    call.count(("num_heads",), made_heads)
    call.count(("key_dim",), made_keys)
    if call.config.get("value_dim") is not None:
        call.count(("value_dim",), made_values)
    else:
        call.ledger.tie(made_keys, made_values)
    if call.folding:
        _scale(call, parts["query"], made_keys)
    axis = _out(call, query, out, bias)
    result = query.replace(-1, axis)
    if call.kwargs.get("return_attention_scores"):
        return [result, Tensor()]
    return result


def _out(call: Call, query: Tensor, out: Parameter, bias: Parameter | None) -> Axis:
    size = out.shape[2]
    made: Channels | None = call.make("neuron", size, "output")
    assert made is not None
    shape = call.config.get("output_shape") or call.config.get("_output_shape")
    if shape is None:
        given = query[-1].channels
        if given is None:
            call.ledger.keep(made, f"{call.layer} puts out as many as it is given")
        else:
            call.ledger.tie(given, made)
    else:
        keys = ("output_shape", 0) if isinstance(shape, list) else ("output_shape",)
        call.count(keys, made)
    call.produce(out, 2, made)
    call.produce(bias, 0, made)
    constants = None
    if call.folding:
        gone = call.folding.gone(made)
        moving = call.value(out).any(axis=(0, 1)) | ~gone
        level = call.value(bias) if bias else np.zeros(size)
        constants = np.where(moving, np.nan, level)
    return Axis(size, made, constants)


def _inputs(call: Call) -> tuple[Tensor, Tensor, Tensor]:
    """Return query, value and key; the key is the value where it is not given."""
    names = ("query", "value", "key")
    placed = [argument for argument in call.args if isinstance(argument, Tensor)]
    given = dict(zip(names, placed, strict=False))
    given |= {n: t for n, t in call.kwargs.items() if isinstance(t, Tensor)}
    if "query" not in given or "value" not in given:
        raise Unfollowed("its call does not say which input is which")
    return given["query"], given["value"], given.get("key", given["value"])


def _fold(call: Call, read: Axis, kernel: Parameter, bias: Parameter | None) -> None:
    if not call.folding:
        return
    gone, held = call.folding.settle(read, call.layer)
    if not np.any(held):
        return
    if bias is None:
        call.folding.note(
            f"Removed channels carried constants into {call.layer}, which has no bias "
            "to take them: the outputs differ by that."
        )
        return
    change = np.tensordot(held, call.value(kernel)[gone], 1)
    call.shift(bias, kernel, change, np.zeros(0, np.int64))


def _scale(call: Call, query: Parameter, made: Channels) -> None:
    """Make up for the square root of the key dimension, by which scores are divided."""
    assert call.folding is not None
    left = int((~call.folding.gone(made)).sum())
    if left and left < len(made):
        factor = math.sqrt(left / len(made))
        call.folding.scale(query.path, factor)
        bias = call.find("bias", "query")
        if bias is not None:
            call.folding.scale(bias.path, factor)


def dot_product(call: Call) -> Tensor:
    """Follow an Attention layer: queries and keys go together, values come out."""
    tensors = call.inputs
    if len(tensors) < 2 or call.config.get("score_mode", "dot") not in ("dot", None):
        raise Unfollowed("how it compares queries and keys is not followed")
    query, value = tensors[0], tensors[1]
    key = tensors[2] if len(tensors) > 2 else value
    for tensor in (query, value, key):
        call.keep_others(tensor, -1)
    mine, yours = query[-1].channels, key[-1].channels
    if mine is not None and yours is not None and len(mine) == len(yours):
        call.ledger.tie(mine, yours)
    else:
        for axis in (query[-1], key[-1]):
            call.keep(axis, f"{call.layer} compares them with others that must stay")
    for axis in (query[-1], key[-1]) if call.folding else ():
        assert call.folding is not None
        if np.any(call.folding.settle(axis, call.layer)[1]):
            call.folding.note(
                f"Removed channels carried constants into the scores of {call.layer}: "
                "the outputs differ by that."
            )
    return query.replace(-1, value[-1])
