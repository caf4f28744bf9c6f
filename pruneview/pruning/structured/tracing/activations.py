"""What activations make of a constant; names as Keras writes them."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Function = Callable[[NDArray], NDArray]
_SELU = (1.6732632423543772, 1.0507009873554805)

#: Over which axis these take sums, they do not act on each value by itself.
NORMALISING = frozenset({"softmax", "log_softmax", "sparsemax", "glu", "sparse_plus"})


def sigmoid(x: NDArray) -> NDArray:
    """Return ``1 / (1 + exp(-x))``."""
    return 1.0 / (1.0 + np.exp(-x))


def elu(x: NDArray, alpha: float = 1.0) -> NDArray:
    """Return x, or ``alpha * (exp(x) - 1)`` below zero."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))


def relu(
    x: NDArray, slope: float = 0.0, top: float | None = None, threshold: float = 0.0
) -> NDArray:
    """Return Keras' relu, with all of its arguments."""
    above = x if top is None else np.minimum(x, top)
    return np.where(x >= threshold, above, slope * (x - threshold))


def gelu(x: NDArray, approximate: bool = False) -> NDArray:
    """Return ``x * P(X <= x)`` of a normal X, or its approximation by tanh."""
    if approximate:
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return 0.5 * x * (1 + np.tanh(inner))
    erf = np.vectorize(math.erf, otypes=[float])
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def hard_sigmoid(x: NDArray) -> NDArray:
    """Return Keras 3's: ``relu6(x + 3) / 6``."""
    return np.clip(x + 3, 0, 6) / 6


def old_hard_sigmoid(x: NDArray) -> NDArray:
    """Return Keras 2's: ``0.2 x + 0.5`` between 0 and 1."""
    return np.clip(0.2 * x + 0.5, 0, 1)


ACTIVATIONS: Mapping[str, Function] = {
    "linear": lambda x: x,
    "relu": relu,
    "relu6": lambda x: np.clip(x, 0, 6),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "sigmoid": sigmoid,
    "hard_sigmoid": hard_sigmoid,
    "hard_silu": lambda x: x * hard_sigmoid(x),
    "hard_swish": lambda x: x * hard_sigmoid(x),
    "silu": lambda x: x * sigmoid(x),
    "swish": lambda x: x * sigmoid(x),
    "tanh": np.tanh,
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "softplus": lambda x: np.logaddexp(x, 0),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "exponential": np.exp,
    "elu": elu,
    "selu": lambda x: _SELU[1] * elu(x, _SELU[0]),
    "gelu": gelu,
    "mish": lambda x: x * np.tanh(np.logaddexp(x, 0)),
    "log_sigmoid": lambda x: -np.logaddexp(-x, 0),
    "celu": elu,
    "squareplus": lambda x: (x + np.sqrt(x**2 + 4)) / 2,
    "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0.0),
    "tanh_shrink": lambda x: x - np.tanh(x),
}


def activation_name(value: Any) -> str | None:
    """Return the name of an activation in any form Keras writes; None for code."""
    if value is None:
        return "linear"
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        return None
    config = value.get("config")
    if value.get("class_name") == "function" and isinstance(config, str):
        return config
    name = value.get("class_name")
    if isinstance(name, str) and name in ("ReLU", "Softmax"):
        return name.lower()
    return name if isinstance(name, str) and name in ACTIVATIONS else None
