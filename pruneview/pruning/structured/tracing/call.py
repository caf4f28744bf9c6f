"""One call of a layer: what a rule reads, and what it writes down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.tracing.activations import (
    ACTIVATIONS,
    NORMALISING,
    Function,
    activation_name,
    old_hard_sigmoid,
)
from pruneview.pruning.structured.tracing.axes import Axis, Channels, Tensor
from pruneview.pruning.structured.tracing.folding import AddedBias, Folding
from pruneview.pruning.structured.tracing.ledger import (
    CONSUMES,
    PRODUCES,
    Entry,
    Ledger,
    Unfollowed,
)

_ALIASES = {
    "kernel": ("W",),
    "bias": ("b",),
    "embeddings": ("W", "kernel"),
    "moving_mean": ("running_mean",),
    "moving_variance": ("running_std",),
}
_MASKS = frozenset({"mask", "attention_mask", "query_mask", "key_mask", "value_mask"})
Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class Parameter:
    """A weight of the layer that is called."""

    path: str
    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Call:
    """A call of a layer on tensors.

    Attributes
    ----------
    layer, kind, config
        Path, class and settings of the layer.
    keys
        Where ``config`` lies in the configuration of the layer at that path: a
        wrapper's layer has its path.
    args, kwargs
        Of the call; tensors are `Tensor`, the rest is as the configuration has it.
    weights
        Paths of the layer's weights by their names within it.
    part
        Which part of the layer is called, where it has several.
    modern
        Whether Keras 3 wrote the configuration.
    """

    layer: str
    kind: str
    config: Mapping[str, Any]
    args: list[Any]
    kwargs: Mapping[str, Any]
    weights: Mapping[str, str]
    ledger: Ledger
    keys: Keys = ()
    part: str = ""
    modern: bool = True
    module: str = ""

    @property
    def inputs(self) -> list[Tensor]:
        """All tensors among the arguments, in order; masks are none of them."""
        named = [v for k, v in self.kwargs.items() if k not in _MASKS]
        return list(_tensors([self.args, named]))

    @property
    def input(self) -> Tensor:
        """The first tensor among the arguments."""
        found = self.inputs
        if not found:
            raise Unfollowed("its call names no tensor")
        return found[0]

    @property
    def folding(self) -> Folding | None:
        """What carries constants, while channels are removed."""
        return self.ledger.folding

    def inner(self, entry: Any, keys: Keys, part: str, *inputs: Tensor) -> "Call":
        """Return the call of a layer inside this one."""
        if not isinstance(entry, Mapping) or not isinstance(entry.get("config"), dict):
            raise Unfollowed("the layer inside it is not described")
        return replace(
            self,
            kind=str(entry.get("class_name")),
            config=entry["config"],
            args=list(inputs),
            kwargs={},
            keys=(*self.keys, *keys),
            part=part,
        )

    def find(self, name: str, part: str = "") -> Parameter | None:
        """Return the weight of that name, of that part of the layer; or None."""
        part = part or self.part
        for wanted in (name, *_ALIASES.get(name, ())):
            for full, path in self.weights.items():
                *parts, last = full.split("/")
                if last == wanted and (
                    not part or any(p == part or p.startswith(part) for p in parts)
                ):
                    return Parameter(path, name, self.ledger.shapes[path])
        return None

    def need(self, name: str, part: str = "") -> Parameter:
        """Return the weight of that name; raises Unfollowed where there is none."""
        found = self.find(name, part)
        if found is None:
            raise Unfollowed(f"it has no weight that is called {name}")
        return found

    def make(self, kind: str, size: int, what: str = "") -> Channels:
        """Return the channels that this layer makes."""
        name = f"{self.layer}:{what}" if what else self.layer
        return self.ledger.make(name, self.layer, kind, size)

    def produce(
        self, weight: Parameter | None, axis: int, channels: Channels | None
    ) -> None:
        """Note that an axis of a weight goes with the channels the layer makes."""
        if weight is not None:
            self._enter(weight, axis, Axis(None, channels), PRODUCES)

    def consume(self, weight: Parameter | None, axis: int, read: Axis) -> None:
        """Note that an axis of a weight goes with channels the layer reads."""
        if weight is not None:
            self._enter(weight, axis, read, CONSUMES)

    def _enter(self, weight: Parameter, axis: int, read: Axis, role: str) -> None:
        axis %= len(weight.shape)
        entry = Entry(self.layer, role, weight.name, read.channels)
        self.ledger.enter(weight.path, axis, entry)

    def count(self, keys: Keys, channels: Channels | None) -> None:
        """Note that a setting counts channels."""
        if channels is not None:
            self.ledger.settings[self.layer, (*self.keys, *keys)] = channels

    def keep(self, axis: Axis, reason: str) -> None:
        """Have the channels of an axis stay."""
        self.ledger.keep(axis.channels, reason)

    def keep_others(self, tensor: Tensor, *but: int) -> Tensor:
        """Have the channels of all axes but these stay; return what is left."""
        rank = tensor.rank or 0
        spared = {position % rank for position in but if rank}
        for position in tensor.free():
            if position not in spared:
                reason = f"{self.layer} works along them, not across them"
                self.keep(tensor[position], reason)
                tensor = tensor.replace(position, Axis(tensor[position].length))
        return tensor

    def value(self, weight: Parameter) -> NDArray[np.float64]:
        """Return a weight's values as they are now; only while channels are removed."""
        assert self.folding is not None
        return np.asarray(self.folding.values[weight.path], np.float64)

    def raw(self, weight: Parameter) -> NDArray:
        """Return the same in the weight's own type, not copied: kernels are large."""
        assert self.folding is not None
        return self.folding.values[weight.path]

    def shift(
        self,
        bias: Parameter | None,
        kernel: Parameter,
        change: NDArray,
        made: Channels,
    ) -> None:
        """Add what constants do through a kernel to its bias, of channels ``made``."""
        assert self.folding is not None
        path = bias.path if bias else f"{kernel.path.rpartition('/')[0]}/bias"
        self.folding.shift(
            path,
            kernel.path,
            change,
            owns=bias is not None,
            made=AddedBias(self.layer, (*self.keys, "use_bias"), made),
        )

    def function(self, setting: str = "activation") -> Function:
        """Return the activation in a setting; raises Unfollowed where it is code."""
        name = activation_name(self.config.get(setting, "linear"))
        if name == "hard_sigmoid" and not self.modern:
            return old_hard_sigmoid
        if name is None or name not in ACTIVATIONS:
            raise Unfollowed("its activation is code of the model's own")
        return ACTIVATIONS[name]

    def activate(self, tensor: Tensor) -> Tensor:
        """Return the tensor after the layer's activation."""
        name = activation_name(self.config.get("activation", "linear"))
        if name in NORMALISING:
            reason = f"the {name} of {self.layer} is taken over all of them"
            self.keep(tensor[-1], reason)
            return tensor
        return apply(tensor, self.function())


def apply(tensor: Tensor, function: Function) -> Tensor:
    """Return the tensor after a function of each value by itself."""
    for position in tensor.free():
        axis = tensor[position]
        if axis.constants is not None:
            with np.errstate(all="ignore"):
                changed = axis.with_constants(function(axis.constants))
            tensor = tensor.replace(position, changed)
    return tensor


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _tensors(item)
