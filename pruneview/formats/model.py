"""What a file holds: a model, its layers, their weights."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.tree import Dataset, Window
from pruneview.formats.roles import WeightRole, is_prunable
from pruneview.formats.uses import Abilities, CodeItem


@dataclass(frozen=True, eq=False)
class Weight:
    """One array of a layer; its values stay in the file until `read`.

    Attributes
    ----------
    name
        The variable's name within its layer: ``kernel``, ``forward_lstm/kernel``.
    path
        ``layer path/name``, unique in the file.
    role
        What it does in the layer.
    """

    name: str
    path: str
    role: WeightRole
    dataset: Dataset = field(repr=False)
    copies: tuple[Dataset, ...] = field(default=(), repr=False)

    @property
    def shape(self) -> tuple[int, ...]:
        """Axes in the file's own order."""
        return self.dataset.shape

    @property
    def dtype(self) -> np.dtype:
        """The file's own type; bfloat16 through ml_dtypes."""
        return self.dataset.dtype

    @property
    def size(self) -> int:
        """Number of values."""
        return self.dataset.size

    @property
    def nbytes(self) -> int:
        """Bytes of the values, uncompressed."""
        return self.dataset.nbytes

    @property
    def prunable(self) -> bool:
        """Whether zeros may be made in it: kernel-like, two axes or more."""
        return is_prunable(self.role, self.shape, self.dtype)

    def read(self, window: Window | None = None) -> np.ndarray:
        """Read the values, or only those in ``window``.

        Parameters
        ----------
        window
            One slice an axis, with positive steps, for example ``(slice(0, 256),
            slice(0, 256))``; axes at the end may be left out. Only the rows that it
            spans are read from disk.

        Returns
        -------
        numpy.ndarray
            The file's dtype and order of axes. It may be a read-only view of the
            file: copy it before changing it.

        Raises
        ------
        FormatError
            The data are damaged or cut off.
        """
        return self.dataset.read(window)


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer, or a nested model with layers of its own.

    Attributes
    ----------
    name, kind
        The layer's own name, and its class: ``dense_1``, ``Dense``.
    path
        Names of the nesting models and of the layer, joined by ``/``.
    parent
        Path of the nesting model; None at the top.
    depth
        0 at the top.
    config
        The layer's configuration as the file gives it; empty where there is none.
    """

    name: str
    kind: str
    path: str
    weights: tuple[Weight, ...] = ()
    parent: str | None = None
    depth: int = 0
    is_model: bool = False
    config: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @property
    def parameter_count(self) -> int:
        """Number of values in the layer's own weights."""
        return sum(weight.size for weight in self.weights)

    @property
    def trainable(self) -> bool:
        """Whether training changes the layer, as its configuration says."""
        return self.config.get("trainable", True) is not False

    @property
    def activation(self) -> str | None:
        """Name of the layer's activation; None where it has none or it is code."""
        value = self.config.get("activation")
        return value if isinstance(value, str) else None


class ModelFile:
    """An open model file. Use it as a context manager, or `close` it.

    Attributes
    ----------
    path
        The file, or the folder of a SavedModel.
    container
        ``keras-archive``, ``hdf5``, ``hdf5-weights``, ``keras-weights``,
        ``sharded-weights`` or ``saved-model``.
    format
        The same in words.
    keras_version
        The version that wrote the file, where it says so.
    name
        The model's name.
    layers
        Layers of all depths in the model's order, a nested model before its layers.
    config, compile_config
        The model's configuration and how it was compiled, as the file gives them.
    optimizer_variable_count, optimizer_bytes, training
        Optimizer and metric variables, which are not weights: their number, bytes,
        and the arrays themselves, read one by one.
    code
        Code that the file carries.
    notes
        Sentences about what is unusual in the file.
    input_shapes, output_shapes
        Without the batch axis, where the configuration tells; None for an axis of any
        length. Of an output only the last axis is told.
    abilities
        What can be done with it.
    sources
        The HDF5 files that hold the weights, by their name: a member of the archive,
        or the file beside ``path``.
    """

    def __init__(
        self,
        path: Path,
        *,
        container: str,
        format: str,  # noqa: A002
        name: str,
        layers: tuple[Layer, ...],
        abilities: Abilities,
        keras_version: str | None = None,
        config: dict[str, Any] | None = None,
        compile_config: dict[str, Any] | None = None,
        optimizer_variable_count: int = 0,
        optimizer_bytes: int = 0,
        code: tuple[CodeItem, ...] = (),
        notes: tuple[str, ...] = (),
        input_shapes: tuple[tuple[int | None, ...], ...] | None = None,
        output_shapes: tuple[tuple[int | None, ...], ...] | None = None,
        sources: Mapping[str, Region] | None = None,
        training: tuple[Dataset, ...] = (),
        close: Callable[[], None] | None = None,
    ) -> None:
        self.path = path
        self.container = container
        self.format = format
        self.name = name
        self.layers = layers
        self.abilities = abilities
        self.keras_version = keras_version
        self.config = config
        self.compile_config = compile_config
        self.optimizer_variable_count = optimizer_variable_count
        self.optimizer_bytes = optimizer_bytes
        self.code = code
        self.notes = notes
        self.input_shapes = input_shapes
        self.output_shapes = output_shapes
        self.sources = dict(sources or {})
        self.training = training
        self._close = close
        self._weights = {w.path: w for layer in layers for w in layer.weights}

    @property
    def parameter_count(self) -> int:
        """Number of values in all weights."""
        return sum(layer.parameter_count for layer in self.layers)

    def weight(self, path: str) -> Weight:
        """Return the weight at ``path``; raises FormatError where there is none."""
        try:
            return self._weights[path]
        except KeyError:
            raise FormatError(f"The model has no weight {path!r}.") from None

    def with_datasets(self, changed: Mapping[str, Dataset]) -> "ModelFile":
        """Return the same model with other values in some weights.

        Parameters
        ----------
        changed
            What is read in place of a weight's own values, by the weight's path.

        Returns
        -------
        ModelFile
            It reads from this file, which stays its owner's to close.
        """
        model = copy.copy(self)
        model._close = None
        model.layers = tuple(
            replace(
                layer,
                weights=tuple(
                    replace(weight, dataset=changed[weight.path], copies=())
                    if weight.path in changed
                    else weight
                    for weight in layer.weights
                ),
            )
            for layer in self.layers
        )
        model._weights = {w.path: w for layer in model.layers for w in layer.weights}
        return model

    def close(self) -> None:
        """Release the file; weights cannot be read afterwards."""
        if self._close is not None:
            self._close()
            self._close = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
