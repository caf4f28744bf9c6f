"""`.keras` archives: the configuration, and the weights in place inside the ZIP."""

from pathlib import Path

from pruneview.formats.abilities import decide_abilities
from pruneview.formats.archive import CONFIG, METADATA, WEIGHTS, Archive
from pruneview.formats.code import find_code
from pruneview.formats.entries import to_layers
from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5_library import LibraryTree
from pruneview.formats.hdf5_model import _bytes_of
from pruneview.formats.model import ModelFile
from pruneview.formats.numbered import read_numbered, scan, split_off_training
from pruneview.formats.shapes import input_shapes, output_shapes
from pruneview.formats.specs import model_spec, parse_config


def open_archive(path: Path) -> ModelFile:
    """Open a `.keras` archive; raises FormatError."""
    archive = Archive(path)
    try:
        return _open(path, archive)
    finally:
        archive.close()


def _open(path: Path, archive: Archive) -> ModelFile:
    if CONFIG not in archive and WEIGHTS not in archive:
        raise FormatError(
            f"{path.name} is a ZIP archive but no Keras model: it holds no {CONFIG} and"
            " no weights."
        )
    notes: list[str] = []
    config = parse_config(archive.read(CONFIG)) if CONFIG in archive else None
    if config is None:
        notes.append("The archive's configuration is missing or cannot be read.")
    metadata = parse_config(archive.read(METADATA)) if METADATA in archive else None
    model = model_spec(config) if config is not None else None
    if WEIGHTS not in archive:
        raise FormatError(
            f"{path.name} holds no {WEIGHTS}, so there are no weights to see."
        )
    tree = LibraryTree(archive.region(WEIGHTS))
    try:
        root = scan(tree.root, notes)
        training = split_off_training(root)
        layers = to_layers(read_numbered(root, model))
        version = (metadata or {}).get("keras_version")
        version = version if isinstance(version, str) else None
        if not any(layer.weights for layer in layers):
            notes.append(
                "The archive holds no weights of layers: there is nothing to see or"
                " to prune."
            )
        code = find_code(model, layers)
        compile_config = (config or {}).get("compile_config")
        return ModelFile(
            path,
            container="keras-archive",
            format="Keras archive (.keras)",
            name=model.name if model else path.stem,
            layers=layers,
            abilities=decide_abilities("keras-archive", version, config, layers, code),
            keras_version=version,
            config=config,
            compile_config=compile_config if isinstance(compile_config, dict) else None,
            optimizer_variable_count=len(training),
            optimizer_bytes=_bytes_of(training),
            code=code,
            notes=tuple(notes),
            input_shapes=input_shapes(model),
            output_shapes=output_shapes(model),
            close=tree.close,
        )
    except BaseException:
        tree.close()
        raise
