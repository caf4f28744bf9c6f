"""A model's configuration to layers and the calls between them, of Keras 2 and 3."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pruneview.pruning.structured.errors import ShrinkError

MODELS = frozenset({"Functional", "Model", "Sequential"})


@dataclass(frozen=True)
class Reference:
    """A tensor by the call that makes it; ``shape`` where the configuration tells."""

    layer: str
    call: int
    tensor: int
    shape: tuple[int | None, ...] | None = None


@dataclass(frozen=True)
class Described:
    """A layer in a configuration, or a model with layers of its own.

    ``calls`` holds the arguments of each call: positional ones and by name.
    """

    name: str
    kind: str
    module: str
    entry: dict[str, Any]
    config: Any
    calls: tuple[tuple[list[Any], dict[str, Any]], ...] = ()

    @property
    def is_model(self) -> bool:
        """Whether it has layers of its own that can be followed."""
        return self.kind in MODELS and bool(layer_entries(self.entry))


def plain(value: Any) -> Any:
    """Return a copy of a configuration with lists where a SavedModel has tuples."""
    if isinstance(value, Mapping):
        if value.get("class_name") in ("__tuple__", "TensorShape"):
            return [plain(item) for item in value.get("items") or ()]
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def layer_entries(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the layers in a model's configuration, as they are written there."""
    config = model.get("config")
    # Keras before 2.2.3 writes a Sequential's configuration as a bare list.
    listed = config.get("layers") if isinstance(config, Mapping) else config
    if not isinstance(listed, list):
        return []
    return [item for item in listed if isinstance(item, dict)]


def describe_layers(model: Mapping[str, Any]) -> list[Described]:
    """Return a model's layers in its order.

    Raises
    ------
    ShrinkError
        Where the configuration does not list any.
    """
    entries = layer_entries(model)
    if not entries:
        raise ShrinkError(
            "The model does not say which layers it has (a subclassed model, or a file "
            "of weights only), so it cannot be shrunk."
        )
    names = {_name(entry, i) for i, entry in enumerate(entries)}
    return [
        Described(
            _name(entry, index),
            str(entry.get("class_name") or ""),
            str(entry.get("module") or _module_of(entry)),
            entry,
            entry.get("config") or {},
            tuple(_calls(entry.get("inbound_nodes"), names)),
        )
        for index, entry in enumerate(entries)
    ]


def references(value: Any) -> list[Reference]:
    """Return the tensors that ``input_layers`` or ``output_layers`` names, in order."""
    if isinstance(value, Mapping):
        return [r for item in value.values() for r in references(item)]
    if not isinstance(value, list):
        return []
    if _is_reference(value):
        return [Reference(value[0], value[1], value[2])]
    return [r for item in value for r in references(item)]


def _name(entry: Mapping[str, Any], index: int) -> str:
    config = entry.get("config")
    inner = config.get("name") if isinstance(config, Mapping) else None
    return str(inner or entry.get("name") or f"layer_{index}")


def _module_of(entry: Mapping[str, Any]) -> str:
    """Return the module where the file leaves it out; operators have bare settings."""
    config = entry.get("config")
    bare = isinstance(config, Mapping) and "trainable" not in config
    called = any(isinstance(n, Mapping) for n in entry.get("inbound_nodes") or ())
    return "keras.ops" if bare and called else ""


def _is_reference(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) >= 3
        and isinstance(value[0], str)
        and all(isinstance(n, int) and not isinstance(n, bool) for n in value[1:3])
    )


def _calls(nodes: Any, names: set[str]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    for node in nodes if isinstance(nodes, list) else []:
        if isinstance(node, Mapping) and "args" in node:
            yield _modern(list(node["args"])), _modern(dict(node.get("kwargs") or {}))
        else:
            yield _classic(node, names)


def _modern(value: Any) -> Any:
    """Return arguments as Keras 3 writes them, with references for its tensors."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "__keras_tensor__":
            config = value["config"]
            name, call, tensor = config["keras_history"][:3]
            shape = config.get("shape")
            known = None if shape is None else tuple(shape)
            return Reference(str(name), int(call), int(tensor), known)
        return {key: _modern(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_modern(item) for item in value]
    return value


def _classic(node: Any, names: set[str]) -> tuple[list[Any], dict[str, Any]]:
    """Return arguments as Keras 2 writes them: the first one, the rest by name."""
    keywords: dict[str, Any] = {}

    def convert(value: Any) -> Any:
        constant = isinstance(value, list) and value[:1] == ["_CONSTANT_VALUE"]
        if constant or (_is_reference(value) and value[0] in names):
            if len(value) > 3 and isinstance(value[3], Mapping):
                keywords.update(value[3])
            return value[2] if constant else Reference(*value[:3])
        if isinstance(value, Mapping):
            return {key: convert(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [convert(item) for item in value]
        return value

    first = convert(node)
    if isinstance(first, list) and len(first) == 1:
        first = first[0]
    given = {key: convert(item) for key, item in dict(keywords).items()}
    return [first], given
