"""Code that a file carries: found and described, never run or imported."""

from collections.abc import Iterator
from typing import Any

from pruneview.formats.model import Layer
from pruneview.formats.uses import CodeItem

_MAX_NODES = 2_000_000


def find_code(
    config: dict[str, Any] | None, layers: tuple[Layer, ...]
) -> tuple[CodeItem, ...]:
    """Return the code that a model's description carries.

    Parameters
    ----------
    config
        The model's whole configuration; code also hides outside of layers.
    layers
        Its layers; each is looked through for Lambda functions in any of its settings.
    """
    found = [item for layer in layers for item in _in_layer(layer)]
    if config is not None and not found:
        found += [
            CodeItem("", kind, f"The model's configuration holds code ({kind}).")
            for kind in _code_in(config)
        ]
    return tuple(found)


def _in_layer(layer: Layer) -> Iterator[CodeItem]:
    if layer.kind == "Lambda":
        function = layer.config.get("function")
        yield CodeItem(
            layer.path,
            layer.kind,
            f"The layer {layer.path} holds {_form(function)}. It was not run.",
        )
    elif not layer.is_model:
        for kind in _code_in(layer.config):
            yield CodeItem(
                layer.path,
                kind,
                f"A setting of the layer {layer.path} holds code ({kind}). It was not"
                " run.",
            )


def _form(function: object) -> str:
    if isinstance(function, list):
        return "Python bytecode of a Lambda"
    if isinstance(function, str):
        return f"a Lambda that calls {function!r}"
    if isinstance(function, dict):
        kind = function.get("class_name")
        if kind == "__lambda__":
            return "Python bytecode of a Lambda"
        inner = function.get("config")
        if isinstance(inner, str):
            return f"a Lambda that calls {inner!r}"
    return "a Lambda"


def _code_in(config: object) -> Iterator[str]:
    """Yield the class of every piece of code below a configuration."""
    waiting = [config]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, dict):
            kind = value.get("class_name")
            if kind == "__lambda__":
                yield "Lambda"
            elif kind == "function" and not _is_of_keras(value):
                yield "function"
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _is_of_keras(value: dict[str, Any]) -> bool:
    module = value.get("module")
    return isinstance(module, str) and module.split(".")[0] in {"keras", "builtins"}
