"""Names of a built model's weights, as its file would call them."""

import re
from collections.abc import Iterator
from typing import Any

_CELL = re.compile(r"(\w+_)?cell(_\d+)?")
# Keras counts variables without a name over all models of the process.
_NAMELESS = re.compile(r"variable(_\d+)?")


def walk(model: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and layer of each layer that is not a model, of any Keras."""
    for layer in model.layers:
        path = prefix + layer.name
        if hasattr(layer, "layers") and hasattr(layer, "to_json"):
            yield from walk(layer, path + "/")
        else:
            yield path, layer


def live_weights(model: Any) -> dict[str, Any]:
    """Return a built model's variables by path, each once."""
    found: dict[str, Any] = {}
    seen: set[int] = set()
    for path, layer in walk(model):
        own = [v for v in layer.weights if id(v) not in seen]
        seen.update(map(id, own))
        for name, variable in zip(_short_names(layer.name, own), own, strict=True):
            whole = f"{path}/{name}"
            while whole in found:
                whole += "'"
            found[whole] = variable
    return found


def live_shapes(model: Any) -> dict[str, tuple[int, ...]]:
    """Return the shapes of a built model's weights by path."""
    return {path: tuple(v.shape) for path, v in live_weights(model).items()}


def _short_names(layer: str, variables: list[Any]) -> list[str]:
    """Return names that tell a layer's variables apart, parts before them if needed."""
    names = [
        (*parts[:-1], f"variable_{place}") if _NAMELESS.fullmatch(parts[-1]) else parts
        for place, parts in enumerate(_parts(layer, v) for v in variables)
    ]
    last = [parts[-1] for parts in names]
    inner = {parts[:-1] for parts in names if len(parts) > 1}
    if len(set(last)) == len(last) and len(inner) < 2:
        return last
    short = ["/".join(_without_cells(parts)) for parts in names]
    return short if len(set(short)) == len(short) else ["/".join(p) for p in names]


def _parts(layer: str, variable: Any) -> tuple[str, ...]:
    whole = getattr(variable, "path", None) or variable.name.partition(":")[0]
    parts = str(whole).split("/")
    if layer in parts:
        place = len(parts) - 1 - parts[::-1].index(layer)
        parts = parts[place + 1 :] or parts[-1:]
    elif len(parts) > 2:
        parts = parts[-2:]
    else:
        parts = parts[-1:]
    return tuple(parts)


def _without_cells(parts: tuple[str, ...]) -> tuple[str, ...]:
    return (*(p for p in parts[:-1] if not _CELL.fullmatch(p)), parts[-1])
