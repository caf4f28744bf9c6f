"""`.keras` archives: the configuration, and the weights in place inside the ZIP."""

from pathlib import Path

from pruneview.formats.containers.archive import (
    CONFIG,
    METADATA,
    SHARDS,
    WEIGHTS,
    Archive,
)
from pruneview.formats.containers.contents import Contents, build, no_model
from pruneview.formats.containers.shards import open_parts, part_names
from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5.reading import closing, read_tree
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.tree import Tree
from pruneview.formats.layouts.specs import parse_config
from pruneview.formats.model import ModelFile

_NUMPY = "model.weights.npz"


def open_archive(path: Path) -> ModelFile:
    """Open a `.keras` archive; raises FormatError."""
    archive = Archive(path)
    try:
        return _open(path, archive)
    finally:
        archive.close()


def describe(config: bytes | None, metadata: bytes | None) -> Contents:
    """Return the contents that the two JSON members of an archive describe."""
    contents = Contents()
    contents.config = parse_config(config) if config is not None else None
    if contents.config is None:
        contents.notes.append("The model's configuration is missing or damaged.")
    settings = parse_config(metadata) if metadata is not None else None
    version = (settings or {}).get("keras_version")
    contents.version = version if isinstance(version, str) else None
    compiled = (contents.config or {}).get("compile_config")
    contents.compile_config = compiled if isinstance(compiled, dict) else None
    return contents


def _open(path: Path, archive: Archive) -> ModelFile:
    if CONFIG not in archive and WEIGHTS not in archive and SHARDS not in archive:
        raise no_model(path, _what(archive.names))
    contents = describe(
        archive.read(CONFIG) if CONFIG in archive else None,
        archive.read(METADATA) if METADATA in archive else None,
    )
    if SHARDS in archive:
        parts = part_names(archive.read(SHARDS), path.name)
        missing = [name for name in parts if name not in archive]
        if missing:
            raise FormatError(
                f"{path.name} lacks a part of its weights, {missing[0]}, so it was not"
                " opened. Copy or download it again."
            )
        regions = ((name, archive.region(name)) for name in parts)
        return open_parts(path, "keras-archive", contents, regions)
    if WEIGHTS not in archive:
        contents.notes.append(
            f"The archive keeps its weights as {_NUMPY}, which is not read here: save"
            " the model again with Keras."
            if _NUMPY in archive
            else f"The archive lacks {WEIGHTS}, its weights."
        )
        contents.add_description()
        return build(path, "keras-archive", contents)
    region = archive.region(WEIGHTS)
    try:
        return read_tree(region, lambda tree: _read(path, contents, tree, region))
    except BaseException:
        region.close()
        raise


def _what(names: list[str]) -> str:
    """Say what an archive without a model is, as far as its members' names tell."""
    if any(name.endswith("data.pkl") for name in names):
        return "a PyTorch file"
    if names and all(name.endswith(".npy") for name in names):
        return "a NumPy archive (.npz)"
    return "a ZIP archive"


def _read(path: Path, contents: Contents, tree: Tree, region: Region) -> ModelFile:
    found = contents.add_numbered(tree.root)
    if not found:
        contents.add_description()
    return build(
        path, "keras-archive", contents, {WEIGHTS: region}, closing(tree, region)
    )
