"""The objects of a SavedModel: who holds whom, and what Keras says of each.

After TensorFlow's ``trackable_object_graph.proto``, ``saved_object_graph.proto`` and
Keras' ``saved_metadata.proto``, whose field numbers are used here.
"""

from pathlib import Path
from typing import Any

from pruneview.formats.containers.protobuf import fields
from pruneview.formats.layouts.specs import parse_config
from pruneview.formats.limits import MAX_JSON_BYTES

_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
Nodes = list[dict[str, int]]


def object_graph(reader: Any) -> tuple[Nodes, list[str | None], dict[str, str]]:
    """Return the objects of a checkpoint.

    Returns
    -------
    tuple
        Each object's children by name; the key of each object's variable, or None; and
        the full name of each variable, by its key.
    """
    nodes: Nodes = []
    keys: list[str | None] = []
    names: dict[str, str] = {}
    if not reader.has_tensor(_GRAPH):
        return nodes, keys, names
    for _, node in fields(reader.get_tensor(_GRAPH), 1):
        children: dict[str, int] = {}
        key = None
        for number, value in fields(node):
            if number == 1 and isinstance(value, bytes):
                child = dict(fields(value))
                children[_text(child.get(2))] = _number(child.get(1))
            elif number == 2 and isinstance(value, bytes):
                attribute = dict(fields(value))
                key = _text(attribute.get(3)) or key
                names[key or ""] = _text(attribute.get(2))
        nodes.append(children)
        keys.append(key)
    return nodes, keys, names


def descriptions(path: Path) -> dict[int, dict[str, Any]]:
    """Return Keras' description of each object, by its number.

    TensorFlow 2.5 and later write them to ``keras_metadata.pb``, earlier ones into the
    objects of ``saved_model.pb``.
    """
    found: dict[int, dict[str, Any]] = {}
    metadata = path / "keras_metadata.pb"
    source = metadata if metadata.is_file() else path / "saved_model.pb"
    if not source.is_file() or source.stat().st_size > MAX_JSON_BYTES:
        return found
    data = source.read_bytes()
    if source == metadata:
        for _, node in fields(data, 1):
            values = dict(fields(node))
            _add_description(found, _number(values.get(2)), values.get(5))
        return found
    for _, meta_graph in fields(data, 2):
        for _, object_graph in fields(meta_graph, 7):
            for number, (_, node) in enumerate(fields(object_graph, 1)):
                for _, user_object in fields(node, 4):
                    _add_description(found, number, dict(fields(user_object)).get(3))
    return found


def _add_description(
    found: dict[int, dict[str, Any]], number: int, text: int | bytes | None
) -> None:
    description = parse_config(text) if isinstance(text, bytes) else None
    if description is not None:
        found.setdefault(number, description)


def _number(value: int | bytes | None) -> int:
    return value if isinstance(value, int) else 0


def _text(value: int | bytes | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""
