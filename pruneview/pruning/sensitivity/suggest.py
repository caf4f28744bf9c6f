"""From what layers lose alone to a sparsity for each."""

import math

from pruneview.pruning.sensitivity.events import LayerSensitivity, SensitivityEnded


def suggest_targets(
    found: SensitivityEnded, lost: float
) -> tuple[tuple[str, float], ...]:
    """Return the sparsity at which each layer, pruned alone, loses so much.

    Between two sparsities that were measured the loss is taken to grow evenly; beyond
    the highest nothing is known, so it is the most that is suggested. Layers pruned
    together lose more than each alone, and fine-tuning wins some of it back.

    Parameters
    ----------
    lost
        Of a share such as accuracy: the points (hundredths) that may be lost. Of any
        other metric, where lower is better: by how many percent it may grow.

    Returns
    -------
    tuple of (str, float)
        Layer path and sparsity in whole hundredths, in the order measured.
    """
    return tuple(
        (layer.layer, _reached(found, layer, lost / 100)) for layer in found.measured
    )


def drop(found: SensitivityEnded, value: float) -> float:
    """Return what is lost at a value: in shares, or relative to the baseline."""
    baseline = found.baseline
    if baseline.is_fraction:
        return baseline.value - value
    return (value - baseline.value) / max(abs(baseline.value), 1e-12)


def _reached(found: SensitivityEnded, layer: LayerSensitivity, allowed: float) -> float:
    sparsity, before = 0.0, 0.0
    for level, value in zip(found.sparsities, layer.values, strict=True):
        loses = drop(found, value)
        if not loses <= allowed:  # also where it is not a number
            grown = loses - before
            share = (allowed - before) / grown if math.isfinite(grown) else 0.0
            sparsity += (level - sparsity) * min(max(share, 0.0), 1.0)
            break
        sparsity, before = level, max(loses, 0.0)
    return math.floor(sparsity * 100 + 1e-9) / 100
