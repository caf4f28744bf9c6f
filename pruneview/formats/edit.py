"""A copy of a model file in which some weights have other values, and nothing else.

The values are written in place, in the file's own layout: attributes, configuration and
optimizer state stay as they are, byte for byte, also in files that no Keras can load.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pruneview.formats.containers.archive import Archive
from pruneview.formats.containers.zip_splice import splice
from pruneview.formats.errors import FormatError
from pruneview.formats.hdf5.region import Region
from pruneview.formats.hdf5.tree import Dataset
from pruneview.formats.model import Layer, ModelFile, Weight
from pruneview.formats.opening import open_model
from pruneview.formats.roles import WeightRole

NewValues = Callable[[Weight, np.ndarray], np.ndarray | None]
_PIECE = 1 << 22
_HDF5_ENDINGS = (".h5", ".hdf5")
_ENDINGS = {"keras-archive": (".keras",), "sharded-weights": (".json",)}
#: Other endings promise nothing.
_ALL_ENDINGS = {".keras", ".h5", ".hdf5"}


def write_pruned_copy(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    new_values: NewValues,
    *,
    overwrite: bool = False,
) -> None:
    """Write a copy of a model file with new values in its prunable weights.

    The copy is made under a temporary name beside ``output`` and renamed when it is
    whole, so that no half-written file is left whatever happens.

    Parameters
    ----------
    source
        The model file; it is never changed.
    output
        The copy. Where the weights come in several files (sharded weights), the parts
        are written beside it, under their own names.
    new_values
        Called with each prunable weight and its values, which are read-only. Returns
        the new ones, of the same shape and dtype, or None to leave the weight alone.
        Where tfmot keeps a mask for the weight, its zeros are masked too, and the
        threshold becomes the smallest magnitude that is left.
    overwrite
        Replace ``output`` if it exists.

    Raises
    ------
    FormatError
        The source cannot be opened or copied so, ``output`` is the source or exists, or
        the disk is full.
    """
    target = Path(output)
    with open_model(source) as model:
        _check(model, target, overwrite=overwrite)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(
                prefix=".pruneview-", dir=target.parent
            ) as folder:
                _write(model, target, new_values, Path(folder))
        except OSError as error:
            raise FormatError(_sentence(target, error)) from None


def _check(model: ModelFile, target: Path, *, overwrite: bool) -> None:
    if not model.abilities.prune:
        raise FormatError(
            f"{model.path.name} cannot be pruned without training:"
            f" {model.abilities.reason}"
        )
    if target.is_dir():
        raise FormatError(f"{target} is a folder. Give the copy a file name.")
    _check_ending(model, target)
    for written in _targets(model, target):
        for used in _inputs(model):
            if written.exists() and written.samefile(used):
                raise FormatError(
                    f"{written} is the model itself, which is never changed. Give the"
                    " copy another name or another folder."
                )
        if written.exists() and not overwrite:
            raise FormatError(f"{written} exists already. Give the copy another name.")


def _check_ending(model: ModelFile, target: Path) -> None:
    """Refuse an ending that promises another format than the copy has."""
    right = _ENDINGS.get(model.container, _HDF5_ENDINGS)
    ending = target.suffix.lower()
    if ending in _ALL_ENDINGS - set(right):
        raise FormatError(
            f"The copy has the format of the model, {model.format}, so its name must"
            f" end in {right[0]}, not {ending}: {target.with_suffix(right[0]).name}."
        )


def _targets(model: ModelFile, target: Path) -> list[Path]:
    if model.container != "sharded-weights":
        return [target]
    return [target, *(target.with_name(name) for name in model.sources)]


def _inputs(model: ModelFile) -> list[Path]:
    if model.container != "sharded-weights":
        return [model.path]
    return [model.path, *(region.path for region in model.sources.values())]


def _write(model: ModelFile, target: Path, new_values: NewValues, folder: Path) -> None:
    changes = _Changes(model, folder)
    for layer in model.layers:
        for weight in layer.weights:
            if weight.prunable:
                changes.apply(layer, weight, new_values)
    changes.finish()
    if model.container == "keras-archive":
        whole = folder / "archive"
        archive = Archive(model.path)
        try:
            splice(archive, changes.copies, whole)
        finally:
            archive.close()
        _publish([(whole, target)])
        return
    if model.container == "sharded-weights":
        index = folder / "index"
        shutil.copyfile(model.path, index)
        parts = [(file, target.with_name(n)) for n, file in changes.copies.items()]
        _publish([*parts, (index, target)])
        return
    _publish([(next(iter(changes.copies.values())), target)])


def _publish(files: list[tuple[Path, Path]]) -> None:
    for file, _ in files:
        with file.open("rb+") as written:
            os.fsync(written.fileno())
    for file, target in files:
        file.replace(target)


class _Changes:
    """Copies of the HDF5 files that hold the weights, and what is written to them."""

    def __init__(self, model: ModelFile, folder: Path) -> None:
        self.copies: dict[str, Path] = {}
        self._by_region: dict[Region, Path] = {}
        self._by_name: dict[Path, dict[str, np.ndarray]] = {}
        for number, (name, region) in enumerate(model.sources.items()):
            copy = folder / f"weights-{number}"
            _copy_region(region, copy)
            self.copies[name] = copy
            self._by_region[region] = copy

    def apply(self, layer: Layer, weight: Weight, new_values: NewValues) -> None:
        """Ask for a weight's new values and write them wherever they are kept."""
        old = weight.read()
        old.flags.writeable = False
        new = new_values(weight, old)
        if new is None:
            return
        if new.shape != weight.shape or new.dtype != weight.dtype:
            raise FormatError(
                f"The new values of {weight.path} have another shape or type than the"
                " file's, so the copy was not written."
            )
        for dataset in (weight.dataset, *weight.copies):
            self._put(dataset, new)
        self._mask(layer, weight, old, new)

    def finish(self) -> None:
        """Write what has to go through the HDF5 library."""
        for file, arrays in self._by_name.items():
            # Loads h5py, which an ordinary file does not need.
            from pruneview.formats.hdf5.library import overwrite  # noqa: PLC0415

            overwrite(file, arrays)

    def _mask(
        self, layer: Layer, weight: Weight, old: np.ndarray, new: np.ndarray
    ) -> None:
        """Keep tfmot's mask and threshold of a weight in step with its zeros."""
        kernels = [w for w in layer.weights if w.prunable and w.shape == weight.shape]
        masks = [
            (index, w)
            for index, w in enumerate(layer.weights)
            if w.role is WeightRole.MASK and w.shape == weight.shape
        ]
        order = kernels.index(weight)
        if order >= len(masks):
            return
        index, mask = masks[order]
        kept = mask.read() * (new != 0).astype(mask.dtype)
        self._put(mask.dataset, kept.astype(mask.dtype))
        follower = layer.weights[index + 1 : index + 2]
        if follower and follower[0].role is WeightRole.THRESHOLD:
            left = np.abs(new[new != 0])
            if left.size and not np.array_equal(old, new):
                smallest = np.asarray(left.min(), follower[0].dtype)
                self._put(follower[0].dataset, smallest)

    def _put(self, dataset: Dataset, values: np.ndarray) -> None:
        if not dataset.nbytes or dataset.region is None:
            return
        copy = self._by_region[dataset.region]
        if dataset.offset is None:
            self._by_name.setdefault(copy, {})[dataset.path] = values
            return
        with copy.open("rb+") as file:
            file.seek(dataset.offset)
            # As bytes, since not every type of numbers can be written as such.
            file.write(np.ascontiguousarray(values).reshape(-1).view(np.uint8).data)


def _copy_region(region: Region, copy: Path) -> None:
    with copy.open("wb") as file:
        for start in range(0, region.length, _PIECE):
            file.write(region.read(start, min(_PIECE, region.length - start)))


def _sentence(target: Path, error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return (
            f"The disk is full: {target} was not written. Make room, or choose another"
            " disk."
        )
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"You have no permission to write {target}. Choose another folder."
    return f"{target} could not be written: {error.strerror or error}."
