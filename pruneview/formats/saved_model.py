"""SavedModel folders, through TensorFlow's own checkpoint reader.

The one container that needs TensorFlow: its variables lie in TensorFlow's table format.
The import is made by name, inside a function, because nothing else in `formats` may
depend on TensorFlow, and a static import would let it in; call `open_model` on a worker
thread for a folder, since the import takes seconds. Only the checkpoint and two
descriptions are read: no graph is loaded and no function is run.
"""

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pruneview.formats.contents import Contents, build
from pruneview.formats.entries import Entry, Found
from pruneview.formats.errors import DamagedError, FormatError
from pruneview.formats.kinds import guess_kind, natural_key, part
from pruneview.formats.limits import MAX_DEPTH, MAX_JSON_BYTES, check_declared_size
from pruneview.formats.model import ModelFile
from pruneview.formats.protobuf import fields
from pruneview.formats.specs import LayerSpec, parse_config
from pruneview.formats.tree import Dataset, Window

_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_BOOKKEEPING = frozenset(
    {
        "variables",
        "trainable_variables",
        "non_trainable_variables",
        "metrics",
        "keras_metrics",
        "layer_metrics",
        "loss",
        "regularization_losses",
        "layer_regularization_losses",
        "layers",
        "keras_api",
        "signatures",
        "optimizer",
        "__call__",
        "call_and_return_all_conditional_losses",
        "call_and_return_conditional_losses",
        "_default_save_signature",
    }
)


class CheckpointTensor(Dataset):
    """A tensor of a checkpoint; the reader has no windows, so it is read whole."""

    def __init__(self, reader: Any, key: str, shape: tuple[int, ...], dtype: np.dtype):
        self._reader = reader
        self._key = key
        self.shape = shape
        self.dtype = dtype

    def read(self, window: Window | None = None) -> np.ndarray:
        try:
            values = np.asarray(self._reader.get_tensor(self._key))
        except Exception:  # noqa: BLE001  (whatever TensorFlow makes of damage)
            raise DamagedError(
                "The values of this weight cannot be read: the SavedModel's variables"
                " are damaged. Copy or download the folder again."
            ) from None
        return values if window is None else values[window]


def open_saved_model(path: Path) -> ModelFile:
    """Open a SavedModel folder; imports TensorFlow, and raises FormatError."""
    index = path / "variables" / "variables.index"
    if not index.is_file():
        raise FormatError(
            f"{path} is a SavedModel without variables: it lacks {index.name}. Copy the"
            " whole folder again."
        )
    reader = _reader(index)
    nodes, keys = _object_graph(reader)
    described = _descriptions(path)
    contents = Contents()
    root = described.get(0, {})
    if isinstance(root.get("config"), dict):
        contents.config = {
            "class_name": root.get("class_name"),
            "config": root["config"],
        }
    version = root.get("keras_version")
    contents.version = version if isinstance(version, str) else None
    tensors, contents.training = _tensors(reader, path)
    walk = _Walk(nodes, keys, described, tensors)
    contents.entries = walk.model_layers(0, 0)
    left = [key for key in tensors if key not in walk.used]
    contents.entries += _by_name({key: tensors[key] for key in left})
    return build(path, "saved-model", contents)


def _reader(index: Path) -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        tensorflow = importlib.import_module("tensorflow")
    except ImportError:
        raise FormatError(
            f"{index.parents[1]} is a SavedModel, which needs TensorFlow to be shown,"
            " and TensorFlow is not installed. Run: pip install tensorflow"
        ) from None
    try:
        return tensorflow.train.load_checkpoint(str(index.with_suffix("")))
    except Exception:  # noqa: BLE001  (whatever TensorFlow makes of damage)
        raise FormatError(
            f"The variables of {index.parents[1]} are damaged or cut off. Copy or"
            " download the folder again."
        ) from None


def _tensors(reader: Any, path: Path) -> tuple[dict[str, Dataset], list[Dataset]]:
    """Return weights by their key, and optimizer and metric variables."""
    types = reader.get_variable_to_dtype_map()
    available = sum(f.stat().st_size for f in (path / "variables").iterdir())
    weights: dict[str, Dataset] = {}
    training: list[Dataset] = []
    shapes = reader.get_variable_to_shape_map()
    for key in sorted(shapes, key=natural_key):
        dtype = np.dtype(types[key].as_numpy_dtype)
        if dtype.kind == "O" or key == "save_counter" + _VALUE:
            continue
        shape = tuple(shapes[key])
        check_declared_size(key, shape, dtype, available)
        tensor = CheckpointTensor(reader, key, shape, dtype)
        parts = key.split("/")
        if ".OPTIMIZER_SLOT" in parts or parts[0] == "optimizer" or "metrics" in parts:
            training.append(tensor)
        else:
            weights[key] = tensor
    return weights, training


Nodes = list[dict[str, int]]


def _object_graph(reader: Any) -> tuple[Nodes, list[str | None]]:
    """Return each object's children by name, and the key of its variable."""
    if not reader.has_tensor(_GRAPH):
        return [], []
    nodes: Nodes = []
    keys: list[str | None] = []
    for _, node in fields(reader.get_tensor(_GRAPH), 1):
        children: dict[str, int] = {}
        key = None
        for number, value in fields(node):
            if number == 1 and isinstance(value, bytes):
                child = dict(fields(value))
                children[_text(child.get(2))] = int(child.get(1, 0))
            elif number == 2 and isinstance(value, bytes):
                key = _text(dict(fields(value)).get(3)) or key
        nodes.append(children)
        keys.append(key)
    return nodes, keys


def _descriptions(path: Path) -> dict[int, dict[str, Any]]:
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
            _add_description(found, int(values.get(2, 0)), values.get(5))
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


def _text(value: int | bytes | None) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


class _Walk:
    """Follows the objects from the model to its layers and their variables."""

    def __init__(
        self,
        nodes: Nodes,
        keys: list[str | None],
        described: dict[int, dict[str, Any]],
        tensors: dict[str, Dataset],
    ) -> None:
        self._nodes, self._keys = nodes, keys
        self._described, self._tensors = described, tensors
        self.used: set[str] = set()

    def model_layers(self, number: int, depth: int) -> list[Entry]:
        """Return the layers of the model that is object ``number``."""
        if number >= len(self._nodes) or depth > MAX_DEPTH:
            return []
        listed = {
            name: child
            for name, child in self._nodes[number].items()
            if name.startswith("layer-") and name[6:].isdigit()
        }
        if not listed:
            listed = self._attributes(number)
        in_order = sorted(listed.items(), key=lambda item: natural_key(item[0]))
        return [self._layer(name, child, depth) for name, child in in_order]

    def _attributes(self, number: int) -> dict[str, int]:
        return {
            name: child
            for name, child in self._nodes[number].items()
            if child in self._described and name not in _BOOKKEEPING
        }

    def _layer(self, attribute: str, number: int, depth: int) -> Entry:
        description = self._described.get(number, {})
        raw = description.get("config")
        config = raw if isinstance(raw, dict) else {}
        name = description.get("name") or config.get("name") or attribute
        kind = description.get("class_name") or guess_kind(str(name)) or "Layer"
        spec = LayerSpec(str(name), str(kind), config)
        children = self._nodes[number] if number < len(self._nodes) else {}
        if any(child.startswith("layer-") for child in children):
            return Entry(spec, layers=self.model_layers(number, depth + 1))
        found = list(self._variables(number, spec.kind, config, (), {number}))
        return Entry(spec, found)

    def _variables(
        self,
        number: int,
        kind: str,
        config: Any,
        path: tuple[str, ...],
        seen: set[int],
    ) -> Iterator[Found]:
        if number >= len(self._nodes) or len(path) > MAX_DEPTH:
            return
        for name, child in self._nodes[number].items():
            if name in _BOOKKEEPING or child in seen or child >= len(self._nodes):
                continue
            seen.add(child)
            key = self._keys[child]
            if key is not None and key in self._tensors and key not in self.used:
                self.used.add(key)
                yield Found((*path, name), self._tensors[key], kind)
            else:
                inner = part(kind, config, name, None)
                here = (*path, inner.name)
                yield from self._variables(child, inner.kind, inner.config, here, seen)


def _by_name(tensors: dict[str, Dataset]) -> list[Entry]:
    """Group variables that no layer owns by the names that the checkpoint gives."""
    entries: dict[str, Entry] = {}
    for key, tensor in tensors.items():
        *above, name = key.removesuffix(_VALUE).split("/")
        owner = "/".join(above) or "variables"
        spec = LayerSpec(owner, guess_kind(above[-1] if above else "") or "Layer", {})
        entry = entries.setdefault(owner, Entry(spec))
        entry.weights.append(Found((name,), tensor, spec.kind))
    return list(entries.values())
