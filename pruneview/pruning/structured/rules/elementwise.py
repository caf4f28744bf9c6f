"""Layers that act on each value by itself, or not at all at inference."""

from collections.abc import Mapping

import numpy as np

from pruneview.pruning.structured.tracing.activations import (
    NORMALISING,
    Function,
    activation_name,
    elu,
    relu,
)
from pruneview.pruning.structured.tracing.axes import Axis, Tensor
from pruneview.pruning.structured.tracing.call import Call, apply
from pruneview.pruning.structured.tracing.ledger import Unfollowed


def unchanged(call: Call) -> Tensor:
    """Follow a layer that does nothing at inference."""
    return call.input


def activation(call: Call) -> Tensor:
    """Follow an Activation layer."""
    name = activation_name(call.config.get("activation"))
    if name in NORMALISING:
        return _over_axis(call, call.input, -1, str(name))
    return apply(call.input, call.function())


def activation_layer(call: Call) -> Tensor:
    """Follow ReLU, LeakyReLU, ELU and ThresholdedReLU."""
    config = call.config

    def number(*names: str, default: float = 0.0) -> float:
        given = (config[name] for name in names if config.get(name) is not None)
        value = next(given, default)
        if isinstance(value, Mapping):  # Keras 2 wrote arrays of one number
            value = value.get("value", default)
        return float(np.asarray(value))

    top = config.get("max_value")
    slope = number("negative_slope", "alpha", default=0.3)
    functions: dict[str, Function] = {
        "ReLU": lambda x: relu(
            x,
            number("negative_slope"),
            None if top is None else number("max_value"),
            number("threshold"),
        ),
        "LeakyReLU": lambda x: np.where(x >= 0, x, slope * x),
        "ELU": lambda x: elu(x, number("alpha", default=1.0)),
        "ThresholdedReLU": lambda x: np.where(x > number("theta", default=1.0), x, 0.0),
    }
    return apply(call.input, functions[call.kind])


def softmax(call: Call) -> Tensor:
    """Follow a Softmax layer: what it sums over must stay."""
    axes = call.config.get("axis", -1)
    tensor = call.input
    for axis in axes if isinstance(axes, list | tuple) else [axes]:
        tensor = _over_axis(call, tensor, int(axis), "softmax")
    return tensor


def rescaling(call: Call) -> Tensor:
    """Follow a Rescaling by two numbers."""
    scale, offset = call.config.get("scale", 1.0), call.config.get("offset", 0.0)
    if np.ndim(scale) or np.ndim(offset):
        return stays(call)
    return apply(call.input, lambda x: x * float(scale) + float(offset))


def prelu(call: Call) -> Tensor:
    """Follow a PReLU: its slopes go with the channels."""
    alpha, tensor = call.need("alpha"), call.input
    for position in tensor.free():
        if position == 0:
            continue
        axis = tensor[position]
        if alpha.shape[position - 1] > 1:
            call.produce(alpha, position - 1, axis.channels)
        if call.folding and axis.channels is not None:
            slopes = np.moveaxis(call.value(alpha), position - 1, -1)
            slopes = slopes.reshape(-1, slopes.shape[-1])
            same = (slopes == slopes[:1]).all(0)
            below = np.where(same, slopes[0] * axis.values(), np.nan)
            values = np.where(axis.values() >= 0, axis.values(), below)
            tensor = tensor.replace(position, axis.with_constants(values))
    return tensor


def stays(call: Call) -> Tensor:
    """Have everything stay: the layer's settings are given channel by channel."""
    tensor = call.input
    for position in tensor.free():
        reason = f"{call.layer} holds numbers for each of them in its settings"
        call.keep(tensor[position], reason)
        tensor = tensor.replace(position, Axis(tensor[position].length))
    return tensor


def refuse_mask(call: Call) -> Tensor:
    """Have everything stay: the layer compares all features with its mask value."""
    if call.input.free():
        raise Unfollowed("it compares all features of a step with its mask value")
    return call.input


def _over_axis(call: Call, tensor: Tensor, axis: int, name: str) -> Tensor:
    reason = f"the {name} of {call.layer} is taken over all of them"
    call.keep(tensor[axis], reason)
    return tensor
