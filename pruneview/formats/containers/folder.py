"""Folders: an unpacked `.keras` archive, or a SavedModel."""

from pathlib import Path

from pruneview.formats.containers.archive import CONFIG, METADATA, SHARDS, WEIGHTS
from pruneview.formats.containers.contents import build
from pruneview.formats.containers.keras_archive import describe
from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5.reading import closing, read_tree
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.tree import Tree
from pruneview.formats.limits import MAX_JSON_BYTES
from pruneview.formats.model import ModelFile


def open_folder(path: Path) -> ModelFile:
    """Open a folder that holds a model; raises FormatError."""
    if (path / "saved_model.pb").is_file() or (path / "variables").is_dir():
        # Loads TensorFlow, so it stays out of everybody else's way.
        from pruneview.formats.containers.saved_model import open_saved_model  # noqa: PLC0415

        return open_saved_model(path)
    if (path / CONFIG).is_file() and (path / WEIGHTS).is_file():
        return _open_unpacked(path)
    if (path / SHARDS).is_file():
        raise FormatError(f"{path} holds weights in parts. Open its {SHARDS}.")
    raise FormatError(
        f"{path} is a folder that holds no model. Open a .keras or .h5 file in it, or a"
        " SavedModel folder (with saved_model.pb)."
    )


def _open_unpacked(path: Path) -> ModelFile:
    contents = describe(_small(path / CONFIG), _small(path / METADATA))
    region = Region(path / WEIGHTS)

    def read(tree: Tree) -> ModelFile:
        if not contents.add_numbered(tree.root):
            contents.add_description()
        return build(
            path, "keras-folder", contents, {WEIGHTS: region}, closing(tree, region)
        )

    try:
        return read_tree(region, read)
    except BaseException:
        region.close()
        raise


def _small(path: Path) -> bytes | None:
    if not path.is_file() or path.stat().st_size > MAX_JSON_BYTES:
        return None
    return path.read_bytes()
