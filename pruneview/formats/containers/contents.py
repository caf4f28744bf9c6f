"""What a container holds, and the `ModelFile` that comes of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pruneview.formats.describing.abilities import decide_abilities
from pruneview.formats.describing.code import find_code
from pruneview.formats.describing.shapes import input_shapes, output_shapes
from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.tree import Dataset, Group
from pruneview.formats.layouts.entries import Entry, to_layers, without_weights
from pruneview.formats.layouts.named import read_named
from pruneview.formats.layouts.nodes import scan, split_off_training
from pruneview.formats.layouts.numbered import read_numbered
from pruneview.formats.layouts.specs import LayerSpec, model_spec
from pruneview.formats.model import ModelFile

FORMATS = {
    "keras-archive": "Keras archive (.keras)",
    "keras-folder": "Keras model folder",
    "hdf5": "Keras HDF5 model (.h5)",
    "hdf5-weights": "Keras HDF5 weights (.h5)",
    "keras-weights": "Keras weights (.weights.h5)",
    "sharded-weights": "Keras weights in parts (.weights.json)",
    "saved-model": "TensorFlow SavedModel",
}


@dataclass
class Contents:
    """A model's description and weights, gathered by the reader of a container.

    Attributes
    ----------
    config, compile_config
        As the file gives them, parsed.
    version
        Of the Keras that wrote it.
    entries
        Layers with what was found for them.
    training
        Optimizer and metric variables.
    notes
        Sentences about what is unusual.
    backslashes
        Names of groups are joined by backslashes, which Keras itself cannot read.
    """

    config: dict[str, Any] | None = None
    compile_config: dict[str, Any] | None = None
    version: str | None = None
    entries: list[Entry] = field(default_factory=list)
    training: list[Dataset] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    backslashes: bool = False

    @cached_property
    def model(self) -> LayerSpec | None:
        """The configuration's layers; ask once ``config`` is set."""
        return model_spec(self.config) if self.config is not None else None

    def add_named(self, group: Group) -> None:
        """Read weights that are listed by name; see `named`."""
        self.entries += read_named(group, self.model, self.notes)

    def add_numbered(self, root: Group | Iterable[Group]) -> bool:
        """Read weights in numbered variables; False where the groups hold none."""
        groups = [root] if isinstance(root, Group) else root
        node = scan(groups, self.notes)
        if not node.holds_layers():
            return False
        self.backslashes = node.backslashes
        self.training += split_off_training(node)
        self.entries += read_numbered(node, self.model)
        return True

    def add_description(self) -> None:
        """List the configuration's layers without weights."""
        if (model := self.model) is not None:
            self.entries += [without_weights(spec) for spec in model.layers or ()]


def build(
    path: Path,
    container: str,
    contents: Contents,
    sources: Mapping[str, Region] | None = None,
    close: Callable[[], None] | None = None,
) -> ModelFile:
    """Return the `ModelFile` of what was read; ``close`` releases the file."""
    model = contents.model
    layers = to_layers(contents.entries)
    notes = contents.notes
    if not any(layer.weights for layer in layers):
        notes.append("It holds no weights: there is nothing to see or to prune.")
    code = find_code(contents.config, layers)
    return ModelFile(
        path,
        container=container,
        format=FORMATS[container],
        name=(model and model.name) or path.name.split(".")[0],
        layers=layers,
        abilities=decide_abilities(container, contents, layers, code),
        keras_version=contents.version,
        config=contents.config,
        compile_config=contents.compile_config,
        optimizer_variable_count=len(contents.training),
        optimizer_bytes=sum(dataset.nbytes for dataset in contents.training),
        code=code,
        notes=tuple(notes),
        input_shapes=input_shapes(contents.config),
        output_shapes=output_shapes(model),
        sources=sources,
        training=tuple(contents.training),
        close=close,
    )


def no_model(path: Path, what: str) -> FormatError:
    """Return the error for a container that is sound but holds no model."""
    return FormatError(f"{path.name} is {what}, but it holds no Keras model.")
