"""SavedModel folders, through TensorFlow's own checkpoint reader.

The one container that needs TensorFlow: its variables lie in TensorFlow's table format.
The import is made by name, inside a function, because nothing else in `formats` may
depend on TensorFlow, and a static import would let it in; call `open_model` on a worker
thread for a folder, since the import takes seconds. Only the checkpoint and two
descriptions are read: no graph is loaded and no function is run.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pruneview.formats.containers.contents import Contents, build
from pruneview.formats.containers.saved_objects import Nodes, descriptions, object_graph
from pruneview.formats.errors import DamagedError, FormatError
from pruneview.formats.hdf5.tree import Dataset, Window
from pruneview.formats.layouts.entries import Entry, Found
from pruneview.formats.layouts.kinds import guess_kind, natural_key, part
from pruneview.formats.layouts.specs import LayerSpec
from pruneview.formats.limits import MAX_DEPTH, check_declared_size
from pruneview.formats.model import ModelFile
from pruneview.native_code import quiet_native_code, set_tensorflow_environment

_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"
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
    nodes, keys, names = object_graph(reader)
    described = descriptions(path)
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
    left = {key: tensors[key] for key in tensors if key not in walk.used}
    contents.entries += _by_name(left, names)
    return build(path, "saved-model", contents)


def _reader(index: Path) -> Any:
    set_tensorflow_environment()
    try:
        with quiet_native_code():
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


def _by_name(tensors: dict[str, Dataset], names: dict[str, str]) -> list[Entry]:
    """Group variables that no layer owns by their full names.

    A model that Keras 3 exported has no layers any more, and two lists of the same
    variables; where there are no full names, the keys have to do.
    """
    full = {key: names.get(key) or key.removesuffix(_VALUE) for key in tensors}
    entries: dict[str, Entry] = {}
    taken: set[str] = set()
    for key, tensor in sorted(tensors.items(), key=lambda item: item[0][0] == "_"):
        if full[key] in taken and key.startswith("_all_variables/"):
            continue
        taken.add(full[key])
        *above, name = full[key].split("/")
        owner = "/".join(above[1:] or above) or "variables"
        kind = guess_kind(above[-1]) if above else None
        entry = entries.setdefault(owner, Entry(LayerSpec(owner, kind or "Layer", {})))
        entry.weights.append(Found((name,), tensor, entry.spec.kind))
    return list(entries.values())
