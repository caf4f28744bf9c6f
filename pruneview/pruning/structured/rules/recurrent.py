"""Recurrent layers: a unit goes with all of its gates."""

import numpy as np

from pruneview.pruning.structured.rules.linear import moved, through_kernel
from pruneview.pruning.structured.rules.sizes import as_list, window_length
from pruneview.pruning.structured.tracing.activations import (
    NORMALISING,
    activation_name,
)
from pruneview.pruning.structured.tracing.axes import Axis, Channels, Tensor
from pruneview.pruning.structured.tracing.call import Call, Parameter
from pruneview.pruning.structured.tracing.ledger import Unfollowed


def recurrent(call: Call) -> list[Tensor]:
    """Follow SimpleRNN, LSTM, GRU and the ConvLSTMs."""
    made = units(call)
    return outputs(call, call.input, made)


def units(call: Call) -> Axis:
    """Note the weights of a recurrent layer, and return its units."""
    kernel, again = call.need("kernel"), call.need("recurrent_kernel")
    bias = call.find("bias")
    given = call.keep_others(call.input, -1)
    size = again.shape[-2]
    gates = again.shape[-1] // size
    made = call.make("recurrent unit", size)
    every = np.tile(made, gates)
    call.consume(kernel, -2, given[-1])
    call.produce(kernel, -1, every)
    call.consume(again, -2, Axis(size, made))
    call.produce(again, -1, every)
    if bias is not None:
        call.produce(bias, -1, every)
    setting = "filters" if "ConvLSTM" in call.kind else "units"
    call.count((setting,), made)
    for state in call.inputs[1:]:
        known = state[-1].channels
        if known is not None:
            call.ledger.tie(known, made)
        else:
            call.ledger.keep(made, f"{call.layer} is given a state that must stay")
    if activation_name(call.config.get("activation", "tanh")) in NORMALISING:
        call.ledger.keep(made, f"{call.layer} takes a softmax over all of them")
    constants = _constants(call, given[-1], kernel, again, bias=bias, every=every)
    return Axis(size, made, constants)


def outputs(call: Call, given: Tensor, made: Axis) -> list[Tensor]:
    """Return what a recurrent layer puts out: the outputs, and states if asked for."""
    batch = given[0]
    inside = _space(call, given)
    state = Tensor((batch, *inside, made))
    steps = (given[1],) if call.config.get("return_sequences") else ()
    result = [Tensor((batch, *steps, *inside, made))]
    if call.config.get("return_state"):
        result += [state] * (2 if "LSTM" in call.kind else 1)
    return result


def _constants(
    call: Call,
    read: Axis,
    kernel: Parameter,
    again: Parameter,
    *,
    bias: Parameter | None,
    every: Channels,
) -> np.ndarray | None:
    """Return zero for units whose gates are all at rest, at which they stay."""
    if not call.folding:
        return None
    values = call.raw(kernel)
    taps = values.reshape(-1, *values.shape[-2:])
    # A GRU that resets after its product adds the first of its two biases here.
    first = bias if bias is None or len(bias.shape) == 1 else None
    if bias is not None and first is None:
        level = _into_first(call, read, kernel, taps, bias=bias, every=every)
    else:
        border = "" if len(taps) == 1 else "its padding"
        level = through_kernel(
            call, read, kernel, taps, bias, made=every, bordered=border
        )
    size = again.shape[-2]
    loops = call.value(again).reshape(-1, *again.shape[-2:])
    gone = call.folding.gone(every[:size])
    quiet = ~loops[:, ~gone].any(axis=(0, 1)) & (level == 0)
    at_rest = call.function()(np.zeros(1))[0] == 0
    still = quiet.reshape(-1, size).all(0) & at_rest
    return np.where(still, 0.0, np.nan)


def _into_first(
    call: Call,
    read: Axis,
    kernel: Parameter,
    taps: np.ndarray,
    *,
    bias: Parameter,
    every: Channels,
) -> np.ndarray:
    assert call.folding is not None
    gone, held = call.folding.settle(read, call.layer)
    change = np.zeros(bias.shape)
    change[0] = held @ taps[:, gone].astype(np.float64).sum(0)
    call.shift(bias, kernel, change, every)
    moving = moved(taps, gone) | call.value(bias).any(0)
    return np.where(call.folding.gone(every) & ~moving, 0.0, np.nan)


def _space(call: Call, given: Tensor) -> tuple[Axis, ...]:
    if "ConvLSTM" not in call.kind:
        return ()
    if call.config.get("data_format") == "channels_first":
        raise Unfollowed("its channels come first")
    places = list(range(2, (given.rank or 3) - 1))
    windows = as_list(call.config.get("kernel_size", 1), len(places))
    strides = as_list(call.config.get("strides", 1), len(places))
    padding = str(call.config.get("padding", "valid"))
    return tuple(
        Axis(window_length(given[p].length, w, s, padding))
        for p, w, s in zip(places, windows, strides, strict=False)
    )
