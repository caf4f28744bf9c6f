"""Weights in parts: an index (``model.weights.json``) and the HDF5 files it names."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

from pruneview.formats.containers.contents import Contents, build, no_model
from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5.reading import read_tree
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.tree import Tree
from pruneview.formats.layouts.specs import parse_config
from pruneview.formats.model import ModelFile


def open_shards(path: Path) -> ModelFile:
    """Open the index of sharded weights with its parts beside it."""
    names = part_names(path.read_bytes(), path.name)
    for name in names:
        if not path.with_name(name).is_file():
            raise FormatError(
                f"{path.name} needs the file {name} beside it, which is not there."
                " Copy all parts into one folder."
            )
    regions = ((name, Region(path.with_name(name))) for name in names)
    return open_parts(path, "sharded-weights", Contents(), regions)


def part_names(index: bytes, source: str) -> list[str]:
    """Return the names of the parts that an index lists, each once, sorted."""
    settings = parse_config(index)
    mapping = (settings or {}).get("weight_map")
    if not isinstance(mapping, dict) or not mapping:
        raise FormatError(
            f"{source} lists no parts of weights, or is damaged, so it was not opened."
        )
    names: set[str] = set()
    for value in mapping.values():
        for name in value if isinstance(value, list) else [value]:
            if (
                not isinstance(name, str)
                or PurePosixPath(name).name != name
                or ("\\" in name or ":" in name)
            ):
                raise FormatError(
                    f"{source} names the part {name!r}, which leads out of its folder,"
                    " so it was not opened."
                )
            names.add(name)
    return sorted(names)


def open_parts(
    path: Path,
    container: str,
    contents: Contents,
    regions: Iterable[tuple[str, Region]],
) -> ModelFile:
    """Open the parts one after another and join their groups."""
    with ExitStack() as stack:
        trees: list[Tree] = []
        sources: dict[str, Region] = {}
        for name, region in regions:
            sources[name] = region
            stack.callback(region.close)
            tree = read_tree(region, lambda tree: tree)
            stack.callback(tree.close)
            trees.append(tree)
        if not contents.add_numbered([tree.root for tree in trees]):
            raise no_model(path, "an index of weights")
        close: Callable[[], None] = stack.pop_all().close
        try:
            return build(path, container, contents, sources, close)
        except BaseException:
            close()
            raise
