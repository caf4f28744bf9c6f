"""Masks for all the weights of a run, as its plan asks for them; numpy only."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.planning.curve import layer_target
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.sparsity.masking.block_masks import block_mask_and_threshold
from pruneview.sparsity.masking.m_by_n_masks import m_by_n_mask
from pruneview.sparsity.masking.masks import mask_and_threshold
from pruneview.sparsity.masking.score_masks import score_masks, shared_masks

#: Place of a weight among those of the run, its mask, and the smallest magnitude it
#: keeps (0.0 where no magnitude decides).
PlacedMask = tuple[int, NDArray[np.bool_], float]


def masks_for(
    plan: PruningPlan,
    weights: Sequence[WeightInfo],
    values: Sequence[NDArray[Any]],
    scores: Sequence[NDArray[Any]] | None,
    *,
    step: int,
    sparsity: float,
) -> Iterator[PlacedMask]:
    """Yield a mask for each weight, in any order.

    Parameters
    ----------
    values
        The weights' values; each is asked for once, when it is needed.
    scores
        What the criterion says of each, highest to be kept; None for magnitudes.
    sparsity
        What the schedule asks for at `step` of those without a sparsity of their own.
    """
    own = dict(plan.layer_sparsity)
    places = range(len(weights))
    if plan.scope == "layer":
        alone = list(places)
    else:
        alone = [place for place in places if weights[place].layer in own]
        shared = [place for place in places if weights[place].layer not in own]
        if shared:
            yield from _shared(plan, shared, values, scores, sparsity)
    for place in alone:
        layer = weights[place].layer
        target = layer_target(plan, layer, step) if layer in own else sparsity
        if scores is None:
            yield place, *_alone(plan, values[place], target)
        else:
            (mask,) = score_masks([scores[place]], [values[place]], target)
            yield place, mask, 0.0


def _shared(
    plan: PruningPlan,
    places: Sequence[int],
    values: Sequence[NDArray[Any]],
    scores: Sequence[NDArray[Any]] | None,
    sparsity: float,
) -> Iterator[PlacedMask]:
    chosen = [values[place] for place in places]
    if scores is None:
        masks, thresholds = shared_masks(
            chosen, sparsity, normalized=plan.scope == "global-normalized"
        )
    else:
        masks = score_masks([scores[place] for place in places], chosen, sparsity)
        thresholds = [0.0] * len(masks)
    yield from zip(places, masks, thresholds, strict=True)


def _alone(
    plan: PruningPlan, values: NDArray[Any], sparsity: float
) -> tuple[NDArray[np.bool_], float]:
    if plan.sparsity_m_by_n is not None:
        return m_by_n_mask(values, plan.sparsity_m_by_n), 0.0
    if plan.has_blocks:
        mask, _ = block_mask_and_threshold(
            values, sparsity, plan.block_size, plan.block_pooling
        )
        return mask, 0.0
    return mask_and_threshold(values, sparsity)
