"""The walk through a model: each layer's rule is called on what meets the layer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.tracing.axes import Axis, Tensor, fixed_tensor
from pruneview.pruning.structured.tracing.call import Call
from pruneview.pruning.structured.tracing.ledger import MALFORMED, Ledger, Unfollowed
from pruneview.pruning.structured.tracing.topology import (
    Described,
    Reference,
    describe_layers,
    references,
)

Rule = Callable[[Call], Tensor | list[Tensor]]
_OUTPUT = "they are outputs of the model"


class Trace:
    """Follows channels through one model.

    Parameters
    ----------
    rule_for
        Returns the rule of a layer class in a module; None where there is none.
    """

    def __init__(
        self, ledger: Ledger, rule_for: Callable[[str, str], Rule | None]
    ) -> None:
        self._ledger = ledger
        self._rule_for = rule_for
        self._weights: dict[str, dict[str, str]] = {}
        for path in ledger.shapes:
            parts = path.split("/")
            for end in range(1, len(parts)):
                owner = self._weights.setdefault("/".join(parts[:end]), {})
                owner["/".join(parts[end:])] = path

    def run(self, model: Mapping[str, Any]) -> None:
        """Follow the whole model; what it puts out stays.

        Raises
        ------
        ShrinkError
            Where the configuration cannot be followed at all.
        """
        for tensor in self._model(model, "", None):
            for position in tensor.free():
                # Of several reasons this is the one to tell.
                self._ledger.keep_first(tensor[position].channels, _OUTPUT)

    def _model(
        self, model: Mapping[str, Any], prefix: str, inputs: list[Tensor] | None
    ) -> list[Tensor]:
        layers = describe_layers(model)
        if model.get("class_name") == "Sequential":
            return self._sequential(model, layers, prefix, inputs)
        config = model["config"]
        results = self._given(config, layers, prefix, inputs)
        # Keras 2 may count the building of a nested model as a call of its own.
        counts = {layer.name: max(1, len(layer.calls)) for layer in layers}
        waiting = [
            (layer, number)
            for layer in layers
            for number in range(len(layer.calls))
            if (layer.name, number) not in results
        ]
        while waiting:
            later = []
            for layer, number in waiting:
                args, kwargs = layer.calls[number]
                try:
                    arguments = _resolve(_clamp([args, kwargs], counts), results)
                except KeyError:
                    later.append((layer, number))
                    continue
                results[layer.name, number] = self._call(layer, prefix, *arguments)
            if len(later) == len(waiting):
                raise ShrinkError(
                    f"The configuration does not say how {later[0][0].name} gets its "
                    "inputs, so the model cannot be shrunk."
                )
            waiting = later
        ends = references(config.get("output_layers"))
        return [_resolve(_clamp(end, counts), results) for end in ends]

    def _given(
        self,
        config: Mapping[str, Any],
        layers: list[Described],
        prefix: str,
        inputs: list[Tensor] | None,
    ) -> dict[tuple[str, int], list[Tensor]]:
        """Return the tensors that come into a model, by the layers that take them."""
        by_name = {layer.name: layer for layer in layers}
        named = [r.layer for r in references(config.get("input_layers"))]
        others = [
            layer.name
            for layer in layers
            if layer.kind == "InputLayer" and layer.name not in named
        ]
        results = {}
        for place, name in enumerate([*named, *others]):
            layer = by_name.get(name)
            given = inputs[place] if inputs and place < len(inputs) else None
            shape = _input_shape(layer.config if layer else None)
            if given is None or given.axes is None:
                given = fixed_tensor(shape) if given is None or shape else given
            elif layer is not None:
                self._count_input(prefix + name, layer.config, given)
            results[name, 0] = [given]
        return results

    def _sequential(
        self,
        model: Mapping[str, Any],
        layers: list[Described],
        prefix: str,
        inputs: list[Tensor] | None,
    ) -> list[Tensor]:
        config = model.get("config")
        first = layers[0]
        shape = _input_shape(first.config)
        if shape is None and isinstance(config, Mapping):
            shape = _shape(config.get("build_input_shape"))
        if shape is None:
            build = first.entry.get("build_config") or model.get("build_config")
            shape = _shape(build.get("input_shape") if isinstance(build, dict) else 0)
        if inputs and inputs[0].axes is not None:
            current = inputs[0]
            self._count_input(prefix + first.name, first.config, current)
        else:
            current = fixed_tensor(shape)
        outputs = [current]
        for layer in layers:
            if layer.kind != "InputLayer":
                outputs = self._call(layer, prefix, [outputs[0]], {})
        return outputs

    def _count_input(self, path: str, config: Any, given: Tensor) -> None:
        """Have the shape that a nested model's input names follow the channels."""
        for key in ("batch_shape", "batch_input_shape"):
            shape = config.get(key) if isinstance(config, Mapping) else None
            for position in given.free() if isinstance(shape, list) else ():
                channels = given[position].channels
                if channels is not None and position < len(shape or ()):
                    self._ledger.settings[path, (key, position)] = channels

    def _call(
        self, layer: Described, prefix: str, args: list[Any], kwargs: dict[str, Any]
    ) -> list[Tensor]:
        path = prefix + layer.name
        call = Call(
            layer=path,
            kind=layer.kind,
            config=layer.config if isinstance(layer.config, Mapping) else {},
            args=args,
            kwargs=kwargs,
            weights=self._weights.get(path, {}),
            ledger=self._ledger,
            modern=isinstance(layer.config, Mapping)
            and isinstance(layer.config.get("dtype"), dict),
            module=layer.module,
        )
        if layer.is_model:
            return self._model(layer.entry, path + "/", _given_to(call))
        rule = self._rule_for(layer.kind, layer.module)
        try:
            if rule is None:
                raise Unfollowed(_unknown(layer))
            made = rule(call)
        except Unfollowed as reason:
            return self._unfollowed(call, str(reason))
        except MALFORMED:
            if self._ledger.folding:
                raise
            return self._unfollowed(call, "its settings are not as Keras writes them")
        return made if isinstance(made, list) else [made]

    def _unfollowed(self, call: Call, reason: str) -> list[Tensor]:
        self._ledger.exclude(call.layer, reason)
        for tensor in call.inputs:
            for position in tensor.free():
                words = f"{call.layer} reads them: {reason}"
                self._ledger.keep(tensor[position].channels, words)
        return [Tensor()]


def _given_to(call: Call) -> list[Tensor]:
    """Return what a nested model is called on, in the order of its inputs."""
    first = call.args[0] if call.args else None
    named = call.config.get("input_layers")
    if isinstance(first, Mapping):
        keys = (
            list(named)
            if isinstance(named, Mapping)
            else [reference.layer for reference in references(named)]
        )
        found = [first[key] for key in keys if isinstance(first.get(key), Tensor)]
        if len(found) == len(keys):
            return found
    return call.inputs


def _unknown(layer: Described) -> str:
    if layer.kind == "Lambda":
        return "it is a Lambda layer, whose code is not run to find out what it does"
    return f"nothing is known of what layers of the kind {layer.kind} do to channels"


def _clamp(value: Any, counts: Mapping[str, int]) -> Any:
    if isinstance(value, Reference):
        last = counts.get(value.layer, 1) - 1
        return value if value.call <= last else replace(value, call=last)
    if isinstance(value, list | tuple):
        return [_clamp(item, counts) for item in value]
    if isinstance(value, Mapping):
        return {key: _clamp(item, counts) for key, item in value.items()}
    return value


def _resolve(value: Any, results: Mapping[tuple[str, int], list[Tensor]]) -> Any:
    if isinstance(value, Reference):
        made = results[value.layer, value.call]
        found = made[value.tensor] if value.tensor < len(made) else Tensor()
        if found.axes is None and value.shape is not None:
            return Tensor(tuple(Axis(length) for length in value.shape))
        return found
    if isinstance(value, list | tuple):
        return [_resolve(item, results) for item in value]
    if isinstance(value, Mapping):
        return {key: _resolve(item, results) for key, item in value.items()}
    return value


def _input_shape(config: Any) -> tuple[int | None, ...] | None:
    if not isinstance(config, Mapping):
        return None
    return _shape(config.get("batch_shape")) or _shape(config.get("batch_input_shape"))


def _shape(value: Any) -> tuple[int | None, ...] | None:
    if not isinstance(value, list | tuple) or not value:
        return None
    if not all(axis is None or isinstance(axis, int) for axis in value):
        return None
    return tuple(value)
