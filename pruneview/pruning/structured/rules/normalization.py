"""Normalisations: by batch, by layer, by group, by a fixed mean and variance."""

import numpy as np

from pruneview.pruning.structured.tracing.axes import STAYS, Axis, Tensor
from pruneview.pruning.structured.tracing.call import Call, Parameter
from pruneview.pruning.structured.tracing.ledger import Unfollowed

_BATCH = ("gamma", "beta", "moving_mean", "moving_variance")


def batch(call: Call) -> Tensor:
    """Follow a BatchNormalization: four numbers a channel, which go with it."""
    tensor = call.input
    position = _axis(call, tensor)
    tensor = call.keep_others(tensor, position)
    axis = tensor[position]
    found = {name: call.find(name) for name in _BATCH}
    for parameter in found.values():
        call.produce(parameter, 0, axis.channels)
    if not call.folding or axis.channels is None:
        return tensor

    def value(name: str, default: float) -> np.ndarray:
        parameter = found[name]
        if parameter is None:
            return np.full(len(axis.values()), default)
        return call.value(parameter)

    gamma, beta = value("gamma", 1.0), value("beta", 0.0)
    spread = np.sqrt(value("moving_variance", 1.0) + call.config.get("epsilon", 1e-3))
    moved = (axis.values() - value("moving_mean", 0.0)) / spread * gamma + beta
    constants = np.where(gamma == 0, beta, moved)
    return tensor.replace(position, axis.with_constants(constants))


def layer(call: Call) -> Tensor:
    """Follow a LayerNormalization: what it takes its mean over must stay."""
    tensor = call.input
    given = call.config.get("axis", -1)
    over = given if isinstance(given, list | tuple) else [given]
    for axis in over:
        call.keep(
            tensor[int(axis)],
            f"{call.layer} takes mean and variance over them, which would change",
        )
    rank = tensor.rank
    if rank is not None:
        tensor = call.keep_others(tensor, *(int(axis) for axis in over))
    return tensor


def group(call: Call) -> Tensor:
    """Follow a GroupNormalization: whole groups go, so that no statistics change."""
    tensor = call.input
    position = _axis(call, tensor)
    tensor = call.keep_others(tensor, position)
    axis = tensor[position]
    gamma, beta = call.find("gamma"), call.find("beta")
    call.produce(gamma, 0, axis.channels)
    call.produce(beta, 0, axis.channels)
    if axis.channels is None:
        return tensor
    size = len(axis.channels)
    groups = int(call.config.get("groups", 32))
    groups = size if groups == -1 else groups
    if size % groups:
        raise Unfollowed(f"{size} channels do not make {groups} groups")
    members = axis.channels.reshape(groups, -1)
    if (members == STAYS).any():
        call.keep(axis, f"a group of {call.layer} has channels that must stay")
    for place in range(1, members.shape[1]):
        call.ledger.tie(members[:, 0], members[:, place])
    if call.config.get("groups") != -1:
        call.count(("groups",), members[:, 0])
    if call.folding:
        tensor = tensor.replace(position, _grouped(call, axis, groups, gamma, beta))
    return tensor


def _grouped(
    call: Call, axis: Axis, groups: int, gamma: Parameter | None, beta: Parameter | None
) -> Axis:
    scale = call.value(gamma) if gamma else np.ones(len(axis.values()))
    offset = call.value(beta) if beta else np.zeros(len(axis.values()))
    held = axis.values().reshape(groups, -1)
    mean, variance = held.mean(1, keepdims=True), held.var(1, keepdims=True)
    epsilon = call.config.get("epsilon", 1e-3)
    normal = ((held - mean) / np.sqrt(variance + epsilon)).reshape(-1)
    return axis.with_constants(np.where(scale == 0, 0.0, normal * scale) + offset)


def fixed_statistics(call: Call) -> Tensor:
    """Follow a Normalization, of inputs mostly: what it knows numbers of must stay."""
    tensor = call.input
    for position in tensor.free():
        call.keep(tensor[position], f"{call.layer} has a mean for each of them")
    return tensor


def _axis(call: Call, tensor: Tensor) -> int:
    axis = call.config.get("axis", -1)
    if isinstance(axis, list | tuple):
        if len(axis) != 1:
            raise Unfollowed("it normalises along several axes")
        axis = axis[0]
    axis = int(axis)
    return axis if axis < 0 or tensor.rank is None else axis - tensor.rank
