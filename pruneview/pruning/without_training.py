"""Pruning a file by magnitude alone: no Keras, no data, any file that can be read."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import FormatError, Layer, Weight, open_model
from pruneview.formats.edit import write_pruned_copy
from pruneview.pruning.errors import Cancelled
from pruneview.pruning.events import WeightSparsity
from pruneview.sparsity.masking.masks import mask_and_threshold, threshold_mask
from pruneview.sparsity.sizing.sizes import EXACT_LABEL, deflated_size


@dataclass(frozen=True)
class PrunedFile:
    """What became of a file; counted and measured, not assumed.

    Attributes
    ----------
    path
        The copy.
    weights, baseline_weights
        Each pruned weight afterwards and before, with its size by `compressor`.
    file_bytes, baseline_file_bytes
        The files as they lie on disk.
    """

    path: str
    weights: tuple[WeightSparsity, ...]
    baseline_weights: tuple[WeightSparsity, ...]
    file_bytes: int
    baseline_file_bytes: int
    compressor: str = EXACT_LABEL

    @property
    def sparsity(self) -> float:
        """Share of exact zeros over the pruned weights."""
        size = sum(weight.size for weight in self.weights)
        return sum(weight.zeros for weight in self.weights) / size if size else 0.0

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready dict."""
        return {"event": "pruned_file", **asdict(self)}


def prune_file(
    source: Path,
    output: Path,
    sparsity: float,
    *,
    layers: tuple[str, ...] | None = None,
    threshold: float | None = None,
    thresholds: Mapping[str, float] | None = None,
    overwrite: bool = False,
    report: Callable[[float], None] = lambda _share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> PrunedFile:
    """Write a copy of a model file in which the smallest weights are zero.

    In each weight on its own, by tfmot's rule: see `pruneview.sparsity.masking.masks`.
    Everything else in the copy is as it was.

    Parameters
    ----------
    source, output
        The file, which is not changed, and the copy.
    sparsity
        Share of zeros in each pruned weight, 0 up to but not including 1.
    layers
        Paths of the layers that take part; None for all that can be pruned.
    threshold
        One magnitude for all of them, in place of `sparsity`: what is smaller goes.
    thresholds
        One for each weight that is pruned, by its path, in place of all these.
    report
        Told the share done, 0 to 1.

    Raises
    ------
    FormatError
        The file cannot be read, holds nothing to prune, or the copy not be written.
    Cancelled
        Where `cancelled` turned true; nothing is left behind.
    """

    def takes_part(layer: Layer, weight: Weight) -> bool:
        if thresholds is not None:
            return weight.path in thresholds
        return layers is None or layer.path in layers

    with open_model(source) as model:
        chosen = {
            weight.path
            for layer in model.layers
            for weight in layer.weights
            if weight.prunable and takes_part(layer, weight)
        }
        unknown = sorted(set(layers or ()) - {layer.path for layer in model.layers})
    if unknown:
        raise FormatError(f"The model has no layer {', '.join(unknown)}.")
    if not chosen:
        raise FormatError(
            f"{source.name} holds no weight that can be pruned: no kernel of two or "
            f"more axes{' in the layers chosen' if layers is not None else ''}."
        )
    before: list[WeightSparsity] = []
    after: list[WeightSparsity] = []

    def zeroed(weight: Weight, values: NDArray[Any]) -> NDArray[Any] | None:
        if cancelled():
            raise Cancelled
        if weight.path not in chosen:
            return None
        at = threshold if thresholds is None else thresholds[weight.path]
        if at is None:
            mask, at = mask_and_threshold(values, sparsity)
        else:
            mask = threshold_mask(values, at)
        pruned = np.where(mask, values, np.zeros((), values.dtype))
        before.append(_count(weight.path, values, 0.0))
        after.append(_count(weight.path, pruned, at))
        report(len(after) / len(chosen))
        return pruned

    write_pruned_copy(source, output, zeroed, overwrite=overwrite)
    return PrunedFile(
        str(output),
        tuple(after),
        tuple(before),
        output.stat().st_size,
        source.stat().st_size,
    )


def _count(path: str, values: NDArray[Any], threshold: float) -> WeightSparsity:
    zeros = values.size - int(np.count_nonzero(values))
    deflated = deflated_size(values, quick=False)
    return WeightSparsity(path, values.size, zeros, threshold, deflated)
