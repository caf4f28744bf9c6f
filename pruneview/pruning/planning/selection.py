"""Which weights of a model take part in a plan, and why others do not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pruneview.pruning.errors import ModelError
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.sparsity.masking.m_by_n_masks import fits_m_by_n

if TYPE_CHECKING:
    from pruneview.pruning.planning.plan import PruningPlan

_ENDS = ("first", "last")


@dataclass(frozen=True)
class Selection:
    """The weights that take part, and those that could but do not, with the cause."""

    taken: tuple[WeightInfo, ...]
    left_out: tuple[tuple[WeightInfo, str], ...]


def select_weights(plan: "PruningPlan", weights: Sequence[WeightInfo]) -> Selection:
    """Divide the weights that can be pruned into those that take part and others.

    Raises
    ------
    ModelError
        Where nothing would take part, or the plan names what the model has not.
    """
    prunable = [weight for weight in weights if weight.prunable]
    if not prunable:
        raise ModelError(
            "The model has no weights that can be pruned: no kernel of two or more "
            "axes."
        )
    _check_names(plan, prunable)
    excluded = _excluded_layers(plan, prunable)
    taken, left_out = [], []
    for weight in prunable:
        cause = ""
        if plan.layers is not None and weight.layer not in plan.layers:
            cause = "not among the layers chosen"
        elif weight.layer in excluded:
            cause = "excluded"
        else:
            cause = _misfit(plan, weight)
        if cause:
            left_out.append((weight, cause))
        else:
            taken.append(weight)
    if not taken:
        causes = ", ".join(dict.fromkeys(cause for _, cause in left_out))
        raise ModelError(
            f"Nothing is left to prune: every weight that could be is left out "
            f"({causes}). Exclude less, or choose other layers."
        )
    _check_overrides(plan, taken)
    return Selection(tuple(taken), tuple(left_out))


def _check_names(plan: "PruningPlan", prunable: Sequence[WeightInfo]) -> None:
    layers = list(dict.fromkeys(weight.layer for weight in prunable))
    unknown = sorted(set(plan.layers or ()) - set(layers))
    if unknown:
        raise ModelError(
            f"There is nothing to prune in {', '.join(unknown)}: choose among the "
            f"layers {', '.join(layers)}."
        )
    kinds = list(dict.fromkeys(weight.kind for weight in prunable))
    unknown = sorted(set(plan.exclude) - {*_ENDS, *kinds, *layers})
    if unknown:
        raise ModelError(
            f"There is nothing to exclude by {', '.join(unknown)}: it may be first, "
            f"last, a kind ({', '.join(filter(None, kinds))}) or one of the layers "
            f"{', '.join(layers)}."
        )


def _excluded_layers(
    plan: "PruningPlan", prunable: Sequence[WeightInfo]
) -> frozenset[str]:
    ends = {"first": prunable[0].layer, "last": prunable[-1].layer}
    named = {ends.get(name, name) for name in plan.exclude}
    by_kind = {weight.layer for weight in prunable if weight.kind in plan.exclude}
    return frozenset(named | by_kind)


def _misfit(plan: "PruningPlan", weight: WeightInfo) -> str:
    """Return why the pattern cannot be laid over the weight: tfmot's own limits."""
    axes = len(weight.shape)
    if plan.has_blocks and axes != 2:
        return f"blocks need 2 axes, it has {axes}"
    if plan.sparsity_m_by_n is not None and not fits_m_by_n(weight.shape):
        return f"m by n needs 2 or 4 axes, it has {axes}"
    return ""


def _check_overrides(plan: "PruningPlan", taken: Iterable[WeightInfo]) -> None:
    layers = list(dict.fromkeys(weight.layer for weight in taken))
    unknown = sorted({path for path, _ in plan.layer_sparsity} - set(layers))
    if unknown:
        raise ModelError(
            f"A sparsity of its own is given for {', '.join(unknown)}, which takes no "
            f"part: choose among {', '.join(layers)}."
        )
