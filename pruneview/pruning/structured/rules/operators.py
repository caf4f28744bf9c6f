"""Operators written as layers: Keras 3's ``keras.ops`` and tf_keras' TFOpLambda."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.rules.merging import broadcast, joined_along, product
from pruneview.pruning.structured.rules.shape import reshaped, transposed
from pruneview.pruning.structured.tracing.activations import (
    ACTIVATIONS,
    NORMALISING,
    Function,
    gelu,
)
from pruneview.pruning.structured.tracing.axes import Axis, Tensor
from pruneview.pruning.structured.tracing.call import Call, apply
from pruneview.pruning.structured.tracing.ledger import Unfollowed

Two = Callable[[NDArray, NDArray], NDArray]


def _quotient(one: NDArray, other: NDArray) -> NDArray:
    with np.errstate(all="ignore"):
        return np.where(one == 0, 0.0, one / other)


BINARY: dict[str, Two] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": product,
    "divide": _quotient,
    "maximum": np.maximum,
    "minimum": np.minimum,
}
UNARY: dict[str, Function] = {
    **ACTIVATIONS,
    "negative": np.negative,
    "abs": np.abs,
    "square": np.square,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "identity": lambda x: x,
}
_SPELLINGS = {
    "sub": "subtract", "mul": "multiply", "truediv": "divide", "realdiv": "divide",
    "true_divide": "divide", "div": "divide", "neg": "negative", "absolute": "abs",
    "cast": "identity", "stop_gradient": "identity", "hard_swish": "hard_silu",
    "reduce_mean": "mean", "reduce_max": "max", "reduce_sum": "sum", "concat":
    "concatenate", "getitem": "get_item", "transpose_v2": "transpose",
}  # fmt: skip


def operator(call: Call) -> Tensor | list[Tensor]:
    """Follow an operator, by its name."""
    name = operator_name(call)
    if name in BINARY:
        return _binary(call, BINARY[name])
    if name in NORMALISING:
        axis = _argument(call, "axis", 1, -1)
        call.keep(call.input[axis], f"the {name} of {call.layer} is taken over them")
        return call.input
    if name in ("gelu", "leaky_relu"):
        return apply(call.input, _with_argument(call, name))
    if name in UNARY:
        return apply(call.input, UNARY[name])
    special = _SPECIAL.get(name)
    if special is None:
        raise Unfollowed(f"what the operator {name} does to channels is not known")
    return special(call)


def _with_argument(call: Call, name: str) -> Function:
    """Return an activation of which the operator sets a parameter."""
    if name == "gelu":
        approximate = bool(
            _argument(call, "approximate", 1, "OpLambda" not in call.kind)
        )
        return lambda x: gelu(x, approximate)
    slope = _argument(call, "negative_slope", 1, _argument(call, "alpha", 1, 0.2))
    return lambda x: np.where(x >= 0, x, float(slope) * x)


def operator_name(call: Call) -> str:
    """Return an operator's name as Keras 3 spells it, in small letters."""
    given = call.config.get("function") if "OpLambda" in call.kind else call.kind
    name = str(given).rpartition(".")[2]
    if "OpLambda" not in call.kind:
        name = "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")
    return _SPELLINGS.get(name, name)


def _argument(call: Call, name: str, place: int, default: Any) -> Any:
    """Return an argument, from the call or the operator's settings."""
    for held in (call.kwargs, call.config):
        if name in held:
            return held[name]
    return call.args[place] if place < len(call.args) else default


def _binary(call: Call, combine: Two) -> Tensor:
    operands = list(call.args[:2])
    for name in ("x", "y", "x1", "x2"):
        if len(operands) < 2 and name in call.kwargs:
            operands.append(call.kwargs[name])
    if len(operands) != 2:
        raise Unfollowed("its operands cannot be told")
    one, other = operands
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return broadcast(call, one, other, combine)
    tensor, number = (one, other) if isinstance(one, Tensor) else (other, one)
    if not isinstance(tensor, Tensor) or not isinstance(number, int | float):
        raise Unfollowed("it combines channels with an array of constants")
    value = np.asarray(float(number))
    if isinstance(one, Tensor):
        return apply(tensor, lambda x: combine(x, value))
    return apply(tensor, lambda x: combine(value, x))


def _concatenate(call: Call) -> Tensor:
    return joined_along(call, call.inputs, int(_argument(call, "axis", 1, -1)))


def _reshape(call: Call) -> Tensor:
    stored = call.config.get("newshape")
    target = stored or call.kwargs.get("shape")
    if not isinstance(target, list) or any(not isinstance(n, int) for n in target):
        raise Unfollowed("the shape it gives is not known")
    made = reshaped(call, call.input, target[1:], ("newshape",), first=1)
    if stored is None:
        # The number stands in the call, where nothing is changed.
        for place in range(1, len(target)):
            keys = (*call.keys, "newshape", place)
            held = call.ledger.settings.pop((call.layer, keys), None)
            call.ledger.keep(held, f"{call.layer} is called with their number")
    return made


def _transpose(call: Call) -> Tensor:
    order = _argument(call, "axes", 1, None) or _argument(call, "perm", 1, None)
    if not isinstance(order, list | tuple):
        raise Unfollowed("the order of axes that it gives is not known")
    return transposed(call.input, [int(place) for place in order])


def _reduction(call: Call) -> Tensor:
    tensor = call.input
    axes = _argument(call, "axis", 1, None)
    if tensor.rank is None or axes is None:
        raise Unfollowed("which axes it reduces is not known")
    given = axes if isinstance(axes, list | tuple) else [axes]
    over = {int(axis) % tensor.rank for axis in given}
    for position in over:
        reason = f"{call.layer} reduces them to one number"
        call.keep(tensor[position], reason)
    keep = bool(_argument(call, "keepdims", 2, False))
    if operator_name(call) == "sum":
        tensor = _summed(tensor)
    axes_left = [
        Axis(1) if position in over else axis
        for position, axis in enumerate(tensor.axes or ())
        if keep or position not in over
    ]
    return Tensor(tuple(axes_left))


def _summed(tensor: Tensor) -> Tensor:
    """A sum of a constant is that constant only where it is zero."""
    return apply(tensor, lambda x: np.where(x == 0, 0.0, np.nan))


def _expand(call: Call) -> Tensor:
    tensor = call.input
    if tensor.axes is None:
        return tensor
    place = int(_argument(call, "axis", 1, -1)) % (len(tensor.axes) + 1)
    return Tensor((*tensor.axes[:place], Axis(1), *tensor.axes[place:]))


_SPECIAL: dict[str, Callable[[Call], Tensor | list[Tensor]]] = {
    "concatenate": _concatenate,
    "reshape": _reshape,
    "transpose": _transpose,
    "mean": _reduction,
    "max": _reduction,
    "sum": _reduction,
    "expand_dims": _expand,
}
