"""Plans of training for what happens around the removal of units."""

import dataclasses
from typing import TYPE_CHECKING

from pruneview.pruning.planning.mending import mended
from pruneview.pruning.planning.plan import PruningPlan

if TYPE_CHECKING:
    from pruneview.pruning.structured.plan import ShrinkPlan


def fine_tuning(training: PruningPlan, steps: int) -> PruningPlan:
    """Return the plan that trains as `training` does, and makes no zeros.

    Its schedule asks for no zeros at all every `frequency` steps, which is when a run
    measures.
    """
    return dataclasses.replace(
        _plain(training),
        schedule="constant",
        initial_sparsity=0.0,
        final_sparsity=0.0,
        begin_step=0,
        end_step=-1,
        frequency=max(1, min(training.frequency, steps)),
        engine="native",
    )


def gradual(
    training: PruningPlan, shrink_plan: "ShrinkPlan", samples: int
) -> tuple[PruningPlan, str]:
    """Return the plan that masks units under the schedule of `training`.

    Returns
    -------
    plan, explanation
        What was changed so that the schedule finishes within the run; "" for nothing.

    Raises
    ------
    PlanError
    """
    plan = dataclasses.replace(
        _plain(training),
        initial_sparsity=min(training.initial_sparsity, shrink_plan.ratio),
        final_sparsity=shrink_plan.ratio,
        structured=shrink_plan,
        engine="native",
    )
    return mended(plan, samples)


def unstructured(
    training: PruningPlan, *, sparsity: float, epochs: int, scope: str
) -> PruningPlan:
    """Return the plan that makes single zeros by as many steps.

    Parameters
    ----------
    sparsity
        Share of zeros over all weights that can be pruned.
    epochs
        Of the structured run, all rounds together.
    scope
        ``layer`` or ``global``, as units were chosen.
    """
    return dataclasses.replace(
        _plain(training), final_sparsity=sparsity, epochs=epochs, scope=scope
    )


def _plain(training: PruningPlan) -> PruningPlan:
    """Return the plan without any choice of single weights."""
    return dataclasses.replace(
        training,
        layers=None,
        block_size=(1, 1),
        sparsity_m_by_n=None,
        scope="layer",
        criterion="magnitude",
        layer_sparsity=(),
        exclude=(),
        structured=None,
    )
