"""tfmot's wrappers around the layers that a plan prunes."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.planning.schedule import make_schedule
from pruneview.pruning.planning.weight_info import WeightInfo


def prunable_variables(layer: Any) -> list[Any]:
    """Return the variables of a built layer that tfmot prunes; maybe none."""
    import_legacy()
    from tensorflow_model_optimization.python.core.sparsity.keras.prune_registry import (  # noqa: E501
        PruneRegistry,
    )

    if hasattr(layer, "get_prunable_weights"):
        return list(layer.get_prunable_weights())
    if PruneRegistry.supports(layer):
        return list(PruneRegistry.make_prunable(layer).get_prunable_weights())
    return []


def check_plan(plan: PruningPlan, weights: Sequence[WeightInfo]) -> None:
    """Raise `PlanError` where tfmot cannot do what the plan asks for."""
    problems = {}
    for field, only in (("scope", "layer"), ("criterion", "magnitude")):
        value = getattr(plan, field)
        if value != only:
            problems[field] = (
                f"{field.capitalize()} is {value!r}; tfmot knows {only} only."
            )
    if plan.schedule == "iterative":
        problems["schedule"] = "Schedule is 'iterative'; tfmot has no such schedule."
    for weight in weights if plan.has_blocks else ():
        (rows, columns), (height, width) = weight.shape, plan.block_size
        if rows <= height or columns <= width:
            problems["block_size"] = (
                f"Block size is {plan.block_size}; tfmot needs at least two blocks "
                f"either way, and {weight.path} is {rows} x {columns}: leave that "
                "layer out, or choose smaller blocks."
            )
    if problems:
        raise PlanError(problems)


class Gate:
    """Lets masks be computed when the loop asks for it, and at no other time.

    The loop measures between the mask and the training step; tfmot would compute the
    mask a second time within the step.
    """

    def __init__(self) -> None:
        import tensorflow as tf

        self._open = tf.Variable(False, trainable=False)

    def guarded(self, schedule: Any) -> Any:
        """Return tfmot's `schedule`, firing only while the gate is open."""
        _, tfmot = import_legacy()
        gate = self._open

        base: Any = tfmot.sparsity.keras.PruningSchedule

        class Guarded(base):  # type: ignore[misc]
            def __call__(self, step: Any) -> tuple[Any, Any]:
                import tensorflow as tf

                fires, sparsity = schedule(step)
                return tf.logical_and(fires, gate), sparsity

            def get_config(self) -> dict[str, Any]:
                config: dict[str, Any] = schedule.get_config()
                return config

        return Guarded()

    def __enter__(self) -> None:
        self._open.assign(True)

    def __exit__(self, *_error: object) -> None:
        self._open.assign(False)


def wrap_layers(
    model: Any, plan: PruningPlan, gate_of: Callable[[Any], tuple[str, Gate | None]]
) -> Any:
    """Return a model of the same layers, in tfmot's wrappers where they have masks.

    Parameters
    ----------
    gate_of
        Path of a layer, "" for one that has no mask, and the gate of its masks; None
        for one that keeps the mask it came with.
    """
    tf_keras, tfmot = import_legacy()
    pruning = tfmot.sparsity.keras

    def wrap(layer: Any) -> Any:
        if isinstance(layer, tf_keras.Model):
            return tf_keras.models.clone_model(layer, clone_function=wrap)
        path, gate = gate_of(layer)
        if not path:
            return layer
        if gate is None:
            never = Gate().guarded(pruning.ConstantSparsity(0.0, 0))
            return pruning.prune_low_magnitude(layer, pruning_schedule=never)
        return pruning.prune_low_magnitude(
            layer,
            pruning_schedule=gate.guarded(_schedule_for(plan, path)),
            block_size=plan.block_size,
            block_pooling_type=plan.block_pooling.upper(),
            sparsity_m_by_n=plan.sparsity_m_by_n,
        )

    return tf_keras.models.clone_model(model, clone_function=wrap)


def _schedule_for(plan: PruningPlan, layer: str) -> Any:
    """Return tfmot's schedule for one layer; it has one-shot as a constant one."""
    own = dict(plan.layer_sparsity).get(layer, plan.final_sparsity)
    plan = dataclasses.replace(plan, final_sparsity=own, sparsity_m_by_n=None)
    if plan.schedule == "one-shot":
        step = max(plan.begin_step, 1)
        plan = dataclasses.replace(
            plan, schedule="constant", begin_step=step, end_step=step, frequency=1
        )
    return make_schedule(plan)
