"""Layers around layers: Bidirectional and TimeDistributed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pruneview.pruning.structured.rules.merging import product
from pruneview.pruning.structured.rules.recurrent import outputs, units
from pruneview.pruning.structured.tracing.axes import Tensor, concatenated
from pruneview.pruning.structured.tracing.call import Call
from pruneview.pruning.structured.tracing.ledger import Unfollowed

_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU"})
_COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "sum": np.add,
    "ave": lambda a, b: (a + b) / 2,
    "mul": product,
}


def bidirectional(call: Call) -> list[Tensor]:
    """Follow a Bidirectional: the units of both directions go in pairs."""
    entry = call.config.get("layer")
    backward = call.config.get("backward_layer") or entry
    kind = entry.get("class_name") if isinstance(entry, dict) else None
    if kind not in _RECURRENT:
        raise Unfollowed(f"it wraps {kind}, not a recurrent layer")
    if len(call.inputs) > 1:
        raise Unfollowed("it is given states to begin with")
    mode = call.config.get("merge_mode", "concat")
    given = call.input
    there = call.inner(entry, ("layer", "config"), "forward", given)
    keys = (
        "backward_layer" if call.config.get("backward_layer") else "layer",
        "config",
    )
    back = call.inner(backward, keys, "backward", given)
    # Both make the same channels, so that what counts them counts for both.
    one, other = units(there), units(back)
    first, second = outputs(there, given, one), outputs(back, given, other)
    if mode is None:
        return [first[0], second[0], *first[1:], *second[1:]]
    if mode == "concat":
        merged = concatenated([one, other])
        assert merged is not None
    else:
        constants = None
        if one.constants is not None:
            constants = _COMBINE[mode](one.values(), other.values())
        merged = one.with_constants(constants)
    return [first[0].replace(-1, merged), *first[1:], *second[1:]]


def time_distributed(call: Call, rule_for: Callable[[str, str], Any]) -> Tensor:
    """Follow a TimeDistributed: its layer on each step by itself."""
    given = call.keep_others(call.input, *range(2, call.input.rank or 2))
    entry = call.config.get("layer")
    kind = str(entry.get("class_name")) if isinstance(entry, dict) else ""
    rule = rule_for(kind, "")
    if given.axes is None or rule is None:
        raise Unfollowed(
            f"it wraps {kind or 'a layer'}, which cannot be followed there"
        )
    step = Tensor((given.axes[0], *given.axes[2:]))
    made = rule(call.inner(entry, ("layer", "config"), "", step))
    made = made[0] if isinstance(made, list) else made
    if made.axes is None:
        return Tensor()
    return Tensor((made.axes[0], given.axes[1], *made.axes[1:]))
