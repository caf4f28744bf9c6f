"""HDF5 files of all Keras versions: whole models and weights alone."""

from pathlib import Path

from pruneview.formats.abilities import decide_abilities
from pruneview.formats.code import find_code
from pruneview.formats.entries import Entry, to_layers
from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5_library import LibraryTree
from pruneview.formats.model import ModelFile
from pruneview.formats.named import read_named
from pruneview.formats.numbered import Node, read_numbered, scan, split_off_training
from pruneview.formats.region import Region
from pruneview.formats.shapes import input_shapes, output_shapes
from pruneview.formats.specs import LayerSpec, model_spec, parse_config
from pruneview.formats.tree import Dataset, Group, Tree


def open_hdf5(path: Path) -> ModelFile:
    """Open an HDF5 model or weights file; raises FormatError."""
    tree: Tree = LibraryTree(Region(path))
    try:
        return _open(path, tree)
    except BaseException:
        tree.close()
        raise


def _open(path: Path, tree: Tree) -> ModelFile:
    root = tree.root
    notes: list[str] = []
    config = _config(root, "model_config", notes)
    model = model_spec(config) if config is not None else None
    holder = root.find("model_weights")
    weights = holder if isinstance(holder, Group) else root
    training: list[Dataset] = []
    if weights.texts("layer_names") is not None:
        entries = read_named(weights, model, notes)
        optimizer = root.find("optimizer_weights")
        if isinstance(optimizer, Group):
            training = _all_datasets(optimizer)
        container = "hdf5" if config is not None else "hdf5-weights"
    else:
        entries, training = _numbered(path, root, model, notes)
        container = "keras-weights"
    layers = to_layers(entries)
    if not any(layer.weights for layer in layers):
        notes.append("The file holds no weights: there is nothing to see or to prune.")
    version = weights.text("keras_version") or root.text("keras_version")
    code = find_code(model, layers)
    return ModelFile(
        path,
        container=container,
        format={
            "hdf5": "Keras HDF5 model (.h5)",
            "hdf5-weights": "Keras HDF5 weights (.h5)",
            "keras-weights": "Keras weights (.weights.h5)",
        }[container],
        name=model.name if model else path.name.split(".")[0],
        layers=layers,
        abilities=decide_abilities(container, version, config, layers, code),
        keras_version=version,
        config=config,
        compile_config=_config(root, "training_config", notes),
        optimizer_variable_count=len(training),
        optimizer_bytes=_bytes_of(training),
        code=code,
        notes=tuple(notes),
        input_shapes=input_shapes(model),
        output_shapes=output_shapes(model),
        close=tree.close,
    )


def _config(root: Group, attribute: str, notes: list[str]) -> dict | None:
    text = root.text(attribute)
    if text is None:
        return None
    config = parse_config(text)
    if config is None:
        notes.append(f"The file's {attribute.replace('_', ' ')} cannot be read.")
    return config


def _numbered(
    path: Path, root: Group, model: LayerSpec | None, notes: list[str]
) -> tuple[list[Entry], list[Dataset]]:
    node = scan(root, notes)
    training = split_off_training(node)
    if not _has_variables(node):
        raise FormatError(
            f"{path.name} is HDF5 but no Keras model: it holds no layers with weights."
        )
    return read_numbered(node, model), training


def _has_variables(node: Node) -> bool:
    return node.is_object or any(_has_variables(c) for c in node.children.values())


def _all_datasets(group: Group) -> list[Dataset]:
    found: list[Dataset] = []
    waiting = [group]
    seen = {group.identity}
    while waiting:
        current = waiting.pop()
        for name in current.names():
            member = current.member(name)
            if isinstance(member, Dataset):
                found.append(member)
            elif member.identity not in seen:
                seen.add(member.identity)
                waiting.append(member)
    return found


def _bytes_of(datasets: list[Dataset]) -> int:
    total = 0
    for dataset in datasets:
        size = dataset.dtype.itemsize
        for axis in dataset.shape:
            size *= axis
        total += size
    return total
