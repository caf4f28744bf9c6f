"""A model's configuration to the layers it describes, in the model's order."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pruneview.formats.errors import FormatError
from pruneview.formats.limits import MAX_DEPTH

MAX_LAYERS = 200_000

_MODEL_KINDS = frozenset({"Sequential", "Functional", "Model"})


@dataclass(frozen=True)
class LayerSpec:
    """A layer as the configuration describes it.

    ``layers`` is None for a layer and holds the layers of a nested model.
    """

    name: str
    kind: str
    config: dict[str, Any] = field(repr=False)
    layers: "tuple[LayerSpec, ...] | None" = None

    def leaves(self) -> "Iterator[LayerSpec]":
        """Yield the layers below a model that are not models, depth first."""
        for layer in self.layers or ():
            if layer.layers is None:
                yield layer
            else:
                yield from layer.leaves()


def parse_config(text: str | bytes) -> dict[str, Any] | None:
    """Read a configuration from JSON; None where it is not an object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def model_spec(config: dict[str, Any]) -> LayerSpec:
    """Return the model that ``{"class_name": ..., "config": ...}`` describes.

    A subclassed model has no layers in its configuration: ``layers`` is None. A model
    without a name has "".

    Raises
    ------
    FormatError
        The configuration nests deeper, or holds more layers, than any model.
    """
    return _spec(config, "", 0, [MAX_LAYERS])


def _spec(
    entry: dict[str, Any], fallback: str, depth: int, left: list[int]
) -> LayerSpec:
    left[0] -= 1
    if depth > MAX_DEPTH or left[0] < 0:
        raise FormatError(
            "The model's configuration is nested too deeply or holds too many layers"
            " to be a real model, so it was not opened."
        )
    raw = entry.get("config")
    # Keras before 2.2.3 writes a Sequential's configuration as a bare list.
    config = raw if isinstance(raw, dict) else {}
    inner = raw if isinstance(raw, list) else config.get("layers")
    kind = _text(entry.get("class_name")) or _text(entry.get("name")) or "Layer"
    name = _text(config.get("name")) or _text(entry.get("name")) or fallback
    if not isinstance(inner, list) or not _describes_layers(kind, inner):
        return LayerSpec(name, kind, config)
    layers = tuple(
        _spec(item, f"layer_{index}", depth + 1, left)
        for index, item in enumerate(inner)
        if isinstance(item, dict) and _is_listed(kind, item)
    )
    return LayerSpec(name, kind, config, layers)


def _describes_layers(kind: str, inner: list[Any]) -> bool:
    if kind in _MODEL_KINDS:
        return True
    return bool(inner) and all(
        isinstance(item, dict) and "class_name" in item for item in inner
    )


def _is_listed(kind: str, item: dict[str, Any]) -> bool:
    # Sequential.layers leaves its InputLayer out, and so do the paths of a walk.
    return not (kind == "Sequential" and item.get("class_name") == "InputLayer")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
