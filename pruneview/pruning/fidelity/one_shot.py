"""Pruning at once, without data and without training: zeros into a copy of the file."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import Weight, open_model
from pruneview.formats.edit import write_pruned_copy
from pruneview.pruning.backend import import_backend
from pruneview.pruning.errors import Cancelled, ModelError
from pruneview.pruning.events import Event, Preparing
from pruneview.pruning.fidelity.agreement import (
    SAMPLES,
    Fidelity,
    class_outputs,
    measure_fidelity,
)
from pruneview.pruning.report.built import build_from_file
from pruneview.sparsity.masking.masks import magnitude_mask
from pruneview.sparsity.sizing.sizes import EXACT_LABEL, deflated_size


@dataclass(frozen=True)
class OneShot:
    """What pruning without training made of a file.

    Attributes
    ----------
    sparsity
        Share of exact zeros over the weights that were pruned, counted.
    pruned
        How many weights (arrays) were pruned.
    raw_bytes, baseline_deflated_bytes, deflated_bytes
        Of the weights that were pruned; ``compressor`` names how.
    fidelity
        None where no Keras can build the model; ``why_not`` says so then.
    """

    sparsity: float
    pruned: int
    raw_bytes: int
    baseline_deflated_bytes: int
    deflated_bytes: int
    compressor: str
    fidelity: Fidelity | None
    why_not: str


def prune_once(
    source: Path,
    output: Path | None,
    sparsity: float,
    *,
    layers: tuple[str, ...] | None = None,
    overwrite: bool = False,
    samples: int = SAMPLES,
    seed: int = 0,
    emit: Callable[[Event], None] = lambda _event: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> OneShot:
    """Make zeros in a copy of a model file, by magnitude, layer by layer.

    Parameters
    ----------
    output
        Where the copy stays, in the source's own format; None for nowhere.
    sparsity
        Share of zeros in each weight, 0 up to but not including 1.
    layers
        Paths of the layers that take part; None for all that can be pruned.

    Raises
    ------
    FormatError
        The source cannot be read or copied, or ``output`` not be written.
    ModelError
        ``layers`` names one in which nothing can be pruned.
    Cancelled
    """
    chosen = _chosen(source, layers)
    with tempfile.TemporaryDirectory(prefix="pruneview-") as folder:
        target = output or Path(folder) / f"pruned{source.suffix}"
        counts = _Counts()

        def zeros(weight: Weight, values: NDArray) -> NDArray | None:
            if cancelled():
                raise Cancelled
            if weight.path not in chosen:
                return None
            return counts.prune(values, sparsity)

        emit(Preparing("Making zeros"))
        write_pruned_copy(source, target, zeros, overwrite=overwrite)
        fidelity, why_not = None, ""
        try:
            fidelity = _compare(
                source,
                target,
                samples=samples,
                seed=seed,
                emit=emit,
                cancelled=cancelled,
            )
        except ModelError as error:
            why_not = f"Fidelity was not measured. {error}"
        return counts.result(fidelity, why_not)


def _chosen(source: Path, layers: tuple[str, ...] | None) -> set[str]:
    """Return the paths of the weights to prune."""
    with open_model(source) as model:
        prunable = {
            layer.path: [weight.path for weight in layer.weights if weight.prunable]
            for layer in model.layers
            if any(weight.prunable for weight in layer.weights)
        }
    if not prunable:
        raise ModelError(f"{source.name} has no weights that can be pruned.")
    unknown = sorted(set(layers or ()) - prunable.keys())
    if unknown:
        raise ModelError(
            f"There is nothing to prune in {', '.join(unknown)}: choose among the "
            f"layers {', '.join(prunable)}."
        )
    return {path for layer in layers or prunable for path in prunable[layer]}


def _compare(
    source: Path,
    target: Path,
    *,
    samples: int,
    seed: int,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool],
) -> Fidelity:
    emit(Preparing("Importing TensorFlow"))
    import_backend(source)
    emit(Preparing("Building the models"))
    built = []
    for path in (source, target):
        if cancelled():
            raise Cancelled
        built.append(build_from_file(path))
        built[-1].check()
    emit(Preparing("Comparing the outputs"))
    baseline, pruned = built
    return measure_fidelity(
        baseline,
        pruned,
        classifying=class_outputs(baseline),
        samples=samples,
        seed=seed,
        cancelled=cancelled,
    )


class _Counts:
    """Sums over the weights as they are pruned."""

    def __init__(self) -> None:
        self._weights = self._size = self._zeros = 0
        self._raw = self._before = self._after = 0

    def prune(self, values: NDArray, sparsity: float) -> NDArray:
        mask = magnitude_mask(values, sparsity)
        pruned = np.where(mask, values, np.zeros((), values.dtype))
        self._weights += 1
        self._size += pruned.size
        self._zeros += pruned.size - int(np.count_nonzero(pruned))
        self._raw += pruned.nbytes
        self._before += deflated_size(values, quick=False)
        self._after += deflated_size(pruned, quick=False)
        return pruned

    def result(self, fidelity: Fidelity | None, why_not: str) -> OneShot:
        return OneShot(
            self._zeros / self._size if self._size else 0.0,
            self._weights,
            self._raw,
            self._before,
            self._after,
            EXACT_LABEL,
            fidelity,
            why_not,
        )
