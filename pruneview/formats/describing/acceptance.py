"""Which settings of which layer classes each Keras accepts.

``keras_layers.json`` lists the layer classes of Keras 3 with the settings that each
accepts, and those of tf_keras; a test compares it with the installed versions.
"""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

Described = tuple[str, str | None, Mapping[str, Any]]

_MODELS = frozenset({"Sequential", "Functional", "Model"})
# What every layer of Keras 3 accepts, and what its reader of old files takes away.
_BASE = frozenset({"name", "trainable", "dtype", "autocast", "activity_regularizer"})
_OLD_FILES = frozenset({"batch_input_shape"})
_INNER = ("layer", "backward_layer", "cell", "cells")


def keras3_obstacle(entries: list[Described], *, old: bool) -> str | None:
    """Return what Keras 3 does not accept in a configuration, or None.

    Parameters
    ----------
    entries
        From `described_layers`.
    old
        A Keras before 3 wrote it, so each setting is compared with those of Keras 3.
    """
    known = _table()["keras3"]
    archive = any(module is not None for _, module, _ in entries)
    for kind, module, config in entries:
        if kind in _MODELS and (module or "keras").split(".")[0] == "keras":
            if old and kind != "Sequential" and (words := _lost_node(config)):
                return words
            continue
        if kind not in known or is_foreign(kind, module):
            return kind
        if module is not None and module.split(".")[0] != "keras":
            return f"{kind} is tf_keras' own"
        accepted = _BASE.union(known[kind])
        if old and (not archive or kind == "InputLayer"):
            accepted |= _OLD_FILES
        for key, value in config.items() if old else ():
            if key not in accepted:
                return f"{kind}: {key}"
            if old and _typed_initializer(value):
                return f"{kind}: {key} with a dtype"
    return None


def _typed_initializer(value: object) -> bool:
    """Initializers of tf.keras 2.0 and 2.1 carry a dtype that Keras 3 refuses."""
    if not isinstance(value, dict) or not isinstance(value.get("config"), dict):
        return False
    return "dtype" in value["config"] and str(value.get("class_name")) != "DTypePolicy"


def _lost_node(config: Mapping[str, Any]) -> str | None:
    """Find a call of a nested model that Keras 3 counts differently.

    In Keras 2 a nested Sequential counts its own building as call 0; in Keras 3 it does
    not, so the outer model's reference to call 1 leads nowhere.
    """
    listed = config.get("layers")
    layers = (
        [x for x in listed if isinstance(x, dict)] if isinstance(listed, list) else []
    )
    calls = {str(item.get("name")): item.get("inbound_nodes") for item in layers}
    for item in layers:
        for name, index in _references(item.get("inbound_nodes")):
            made = calls.get(name)
            if isinstance(made, list) and index >= max(1, len(made)):
                return f"call {index} of {name}"
    return None


def _references(value: object) -> Iterator[tuple[str, int]]:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, list):
            continue
        if len(item) >= 3 and isinstance(item[0], str) and isinstance(item[1], int):
            yield item[0], item[1]
        else:
            waiting += item


def described_layers(config: Mapping[str, Any]) -> Iterator[Described]:
    """Yield class, module and settings of a model and of all layers inside it."""
    waiting: list[object] = [config]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, list):
            waiting += entry
            continue
        if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
            continue
        inner = entry.get("config")
        module = entry.get("module")
        if "module" in entry and module is None:
            module = ""
        settings = inner if isinstance(inner, dict) else {}
        yield entry["class_name"], module if isinstance(module, str) else None, settings
        waiting.append(inner if isinstance(inner, list) else settings.get("layers"))
        waiting += [settings.get(key) for key in _INNER]


def is_foreign(kind: str, module: str | None) -> bool:
    """Whether a class is neither Keras' nor tf_keras' own."""
    if module is not None:
        return module.split(".")[0] not in {"keras", "tf_keras"}
    table = _table()
    return not (kind in table["keras3"] or kind in table["tf_keras"] or kind in _MODELS)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    text = (
        files("pruneview.formats.describing")
        .joinpath("keras_layers.json")
        .read_text("utf-8")
    )
    table: dict[str, Any] = json.loads(text)
    return table
