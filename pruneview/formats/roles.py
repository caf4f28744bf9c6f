"""What a weight is for, decided from its layer, its name and its shape together."""

import re
from enum import StrEnum

import numpy as np


class WeightRole(StrEnum):
    """What a weight does in its layer."""

    KERNEL = "kernel"
    RECURRENT_KERNEL = "recurrent kernel"
    DEPTHWISE = "depthwise"
    POINTWISE = "pointwise"
    EMBEDDING = "embedding"
    BIAS = "bias"
    GAMMA = "gamma"
    BETA = "beta"
    MOVING_MEAN = "moving mean"
    MOVING_VARIANCE = "moving variance"
    MASK = "mask"
    THRESHOLD = "threshold"
    OTHER = "other"


PRUNABLE_ROLES = frozenset(
    {
        WeightRole.KERNEL,
        WeightRole.RECURRENT_KERNEL,
        WeightRole.DEPTHWISE,
        WeightRole.POINTWISE,
        WeightRole.EMBEDDING,
    }
)

_BY_NAME = {
    "kernel": WeightRole.KERNEL,
    "w": WeightRole.KERNEL,
    "weights": WeightRole.KERNEL,
    "recurrent_kernel": WeightRole.RECURRENT_KERNEL,
    "u": WeightRole.RECURRENT_KERNEL,
    "depthwise_kernel": WeightRole.DEPTHWISE,
    "pointwise_kernel": WeightRole.POINTWISE,
    "embeddings": WeightRole.EMBEDDING,
    "embedding": WeightRole.EMBEDDING,
    "bias": WeightRole.BIAS,
    "b": WeightRole.BIAS,
    "gamma": WeightRole.GAMMA,
    "beta": WeightRole.BETA,
    "moving_mean": WeightRole.MOVING_MEAN,
    "running_mean": WeightRole.MOVING_MEAN,
    "moving_variance": WeightRole.MOVING_VARIANCE,
    # Keras 1 calls it a deviation; what it stores is the variance.
    "running_std": WeightRole.MOVING_VARIANCE,
    "mask": WeightRole.MASK,
    "threshold": WeightRole.THRESHOLD,
}
# How a variable is named where the file only numbers it.
_NUMBER = re.compile(r"(variable_|param_)?\d+")
_GATES = frozenset("ifcozrh")


def decide_role(
    name: str, kind: str, shape: tuple[int, ...], dtype: np.dtype
) -> WeightRole:
    """Return the role of a weight.

    Parameters
    ----------
    name
        The variable's own name (``kernel``, ``W``, ``U_i``), or its number where the
        file gives no name.
    kind
        Class of the layer, or the part of one, that owns it; "" where not known.
    shape, dtype
        Of the weight. A kernel has at least two axes, and only numbers that can be
        fractions are weights to prune.
    """
    role = _named(name.lower())
    if role is WeightRole.KERNEL:
        if kind.startswith("DepthwiseConv"):
            role = WeightRole.DEPTHWISE
        elif kind == "Embedding":
            role = WeightRole.EMBEDDING
    if role is None and _NUMBER.fullmatch(name):
        role = _numbered(shape, dtype)
    if role is None or not _fits(role, shape):
        return WeightRole.OTHER
    return role


def is_prunable(role: WeightRole, shape: tuple[int, ...], dtype: np.dtype) -> bool:
    """Whether zeros may be made in a weight of this role."""
    return role in PRUNABLE_ROLES and len(shape) >= 2 and is_floating(dtype)


def is_floating(dtype: np.dtype) -> bool:
    """Whether values are fractions; true of bfloat16 and float8, which numpy lacks."""
    return dtype.kind == "f" or "float" in dtype.name


def _named(name: str) -> WeightRole | None:
    if name in _BY_NAME:
        return _BY_NAME[name]
    head, _, tail = name.rpartition("_")
    if tail in _GATES and head in {"w", "u", "b"}:
        return _BY_NAME[head]
    for ending in ("recurrent_kernel", "depthwise_kernel", "pointwise_kernel"):
        if name.endswith(ending):
            return _BY_NAME[ending]
    if tail in {"kernel", "bias", "embedding", "embeddings", "w", "u", "b"}:
        return _BY_NAME[tail]
    return None


def _numbered(shape: tuple[int, ...], dtype: np.dtype) -> WeightRole | None:
    """Without any name, the axes are all there is to go by."""
    return WeightRole.KERNEL if len(shape) >= 2 and is_floating(dtype) else None


def _fits(role: WeightRole, shape: tuple[int, ...]) -> bool:
    if role in PRUNABLE_ROLES:
        return len(shape) >= 2
    if role is WeightRole.THRESHOLD:
        return len(shape) == 0
    if role in {WeightRole.MASK, WeightRole.BIAS}:
        return True
    return len(shape) >= 1
