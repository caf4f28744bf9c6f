"""What the installed Kerases accept: the table that `abilities` goes by.

Run ``python -m tests.formats.keras_layers`` to write it again for other versions.
"""

import inspect
import json
from pathlib import Path
from typing import Any

import pruneview.formats.describing

TABLE = Path(pruneview.formats.describing.__file__).with_name("keras_layers.json")


def settings(layers: Any) -> dict[str, list[str]]:
    """Return each layer class with the names of its constructor's parameters."""
    base = layers.Layer
    found = {}
    for name in sorted(dir(layers)):
        kind = getattr(layers, name)
        if inspect.isclass(kind) and issubclass(kind, base) and name == kind.__name__:
            found[name] = sorted(_parameters(kind, base))
    return found


def _parameters(kind: type, base: type) -> set[str]:
    names: set[str] = set()
    for ancestor in kind.__mro__:
        if ancestor is base:
            break
        if "__init__" not in vars(ancestor):
            continue
        parameters = inspect.signature(ancestor.__init__).parameters.values()
        names |= {
            p.name
            for p in parameters
            if p.name != "self" and p.kind not in {p.VAR_KEYWORD, p.VAR_POSITIONAL}
        }
        if not any(p.kind == p.VAR_KEYWORD for p in parameters):
            break
    return names


def table() -> dict[str, Any]:
    """Return the table for the installed versions; imports both Kerases."""
    import keras
    import tf_keras

    return {
        "keras3": settings(keras.layers),
        "tf_keras": sorted(settings(tf_keras.layers)),
    }


if __name__ == "__main__":
    TABLE.write_text(json.dumps(table(), indent=1) + "\n")
