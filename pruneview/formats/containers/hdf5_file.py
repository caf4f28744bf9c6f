"""HDF5 files of all Keras versions: whole models and weights alone."""

from pathlib import Path
from typing import Any

from pruneview.formats.containers.contents import Contents, build
from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5.reading import closing, read_tree
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.tree import Dataset, Group, Tree
from pruneview.formats.layouts.specs import parse_config
from pruneview.formats.layouts.unnamed import is_unnamed, read_unnamed
from pruneview.formats.model import ModelFile


def open_hdf5(path: Path) -> ModelFile:
    """Open an HDF5 model or weights file; raises FormatError."""
    region = Region(path)
    try:
        return read_tree(region, lambda tree: _open(path, tree, region))
    except BaseException:
        region.close()
        raise


def _open(path: Path, tree: Tree, region: Region) -> ModelFile:
    root = tree.root
    contents = Contents()
    contents.config = _config(root, "model_config", contents.notes)
    contents.compile_config = _config(root, "training_config", contents.notes)
    holder = root.find("model_weights")
    weights = holder if isinstance(holder, Group) else root
    contents.version = weights.text("keras_version") or root.text("keras_version")
    if weights.texts("layer_names") is not None:
        container = "hdf5-weights" if contents.config is None else "hdf5"
        contents.add_named(weights)
        optimizer = root.find("optimizer_weights")
        if isinstance(optimizer, Group):
            contents.training += _all_datasets(optimizer)
    elif is_unnamed(root):
        container = "hdf5-weights"
        contents.version = contents.version or "0.3"
        contents.entries = read_unnamed(root, contents.notes)
    else:
        container = "keras-weights"
        if not contents.add_numbered(root) and contents.config is None:
            raise FormatError(
                f"{path.name} is HDF5, but it holds no layers, so it is no Keras model."
            )
    return build(path, container, contents, {path.name: region}, closing(tree, region))


def _config(root: Group, attribute: str, notes: list[str]) -> dict[str, Any] | None:
    text = root.text(attribute)
    config = parse_config(text) if text is not None else None
    if text is not None and config is None:
        notes.append(f"The file's {attribute.replace('_', ' ')} cannot be read.")
    return config


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
            elif isinstance(member, Group) and member.identity not in seen:
                seen.add(member.identity)
                waiting.append(member)
    return found
