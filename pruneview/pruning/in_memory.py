"""A model of which some weights are zero in memory only: its file stays as it is.

Nothing but a threshold is kept of each weight: what is smaller is read as zero.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import ModelFile, Weight
from pruneview.formats.hdf5.tree import Dataset, Window
from pruneview.pruning.training.engine import Engine
from pruneview.sparsity.masking.masks import threshold_mask


def pruned_model(model: ModelFile, thresholds: Mapping[str, float]) -> ModelFile:
    """Return a model as it is with all magnitudes below thresholds zero.

    Parameters
    ----------
    model
        Stays open as long as the one returned is used.
    thresholds
        By the weights' paths; the others stay whole.
    """
    return model.with_datasets(
        {
            path: PrunedDataset(model.weight(path).dataset, at)
            for path, at in thresholds.items()
        }
    )


def whole(weight: Weight) -> Weight | None:
    """Return a weight as its file has it; None where it is that already."""
    pruned = weight.dataset
    if not isinstance(pruned, PrunedDataset):
        return None
    return replace(weight, dataset=pruned.whole)


def changed(before: ModelFile, model: ModelFile) -> list[Weight]:
    """Return the weights of one of a file's models that another has other values of."""
    return [
        weight
        for layer in model.layers
        for weight in layer.weights
        if weight.dataset is not before.weight(weight.path).dataset
    ]


def prune_baseline(engine: Engine, thresholds: Mapping[str, float]) -> None:
    """Let runs of an engine begin with all magnitudes below thresholds zero."""
    paths = [weight.path for weight in engine.weights]
    for place, path in enumerate(paths):
        if path in thresholds:
            before = np.asarray(engine.baseline()[place])
            engine.set_baseline(path, without_small(before, thresholds[path]))


def without_small(values: NDArray, threshold: float) -> NDArray:
    """Return values with zeros where magnitudes are below `threshold`; NaN stays."""
    kept = threshold_mask(values, threshold)
    return np.where(kept, values, np.zeros((), values.dtype))


class PrunedDataset(Dataset):
    """Values of a file, read with zeros in place of all that are too small.

    Attributes
    ----------
    whole
        The values as the file has them.
    """

    def __init__(self, whole: Dataset, threshold: float) -> None:
        self.shape, self.dtype = whole.shape, whole.dtype
        self.whole = whole
        self._threshold = threshold

    def read(self, window: Window | None = None) -> np.ndarray:
        """See `Dataset.read`."""
        return without_small(self.whole.read(window), self._threshold)
