"""tfmot's own schedule objects, without the rest of tfmot, and schedules of our own.

The package root of tfmot imports tf_keras and turns ``tf.keras`` into it, for half a
second and a side effect that nothing here needs. The schedules are one module that
needs TensorFlow only, so that module alone is loaded, under its own full name.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.planning.curve import sparsity_curve, update_steps
from pruneview.pruning.planning.plan import PruningPlan

_ROOT = "tensorflow_model_optimization"
_MODULE = f"{_ROOT}.python.core.sparsity.keras.pruning_schedule"


def make_schedule(plan: PruningPlan) -> Any:
    """Return the schedule of a valid plan.

    It is tfmot's ``PolynomialDecay`` or ``ConstantSparsity`` where tfmot has it, and
    is called as tfmot's are where it has not: for m by n sparsity, whose masks are
    computed once, one-shot and iterative pruning.
    """
    if plan.sparsity_m_by_n is not None or plan.schedule in ("one-shot", "iterative"):
        return _OwnSchedule(plan)
    module = _schedule_module()
    if plan.schedule == "constant":
        return module.ConstantSparsity(
            plan.final_sparsity, plan.begin_step, plan.end_step, plan.frequency
        )
    return module.PolynomialDecay(
        plan.initial_sparsity,
        plan.final_sparsity,
        plan.begin_step,
        plan.end_step,
        power=plan.power,
        frequency=plan.frequency,
    )


class _OwnSchedule:
    """Tells of each step whether masks are computed, and the sparsity it asks for."""

    def __init__(self, plan: PruningPlan) -> None:
        self._plan = plan

    def __call__(self, step: Any) -> tuple[Any, Any]:
        import tensorflow as tf

        steps = np.asarray(step)
        updates = update_steps(self._plan, int(steps.max(initial=0)))
        sparsity = sparsity_curve(self._plan, steps)
        return tf.constant(np.isin(steps, updates)), tf.constant(sparsity, tf.float32)


def firing_steps(schedule: Any, steps: int) -> NDArray[np.bool_]:
    """Ask the schedule at which of the steps 0 to `steps` it fires.

    Asked of all steps at once: one call a step would cost more than a mask.
    """
    import tensorflow as tf

    fires: NDArray[np.bool_] = schedule(tf.range(steps + 1, dtype=tf.int64))[0].numpy()
    fires[0] = False  # the counter advances before the check
    return fires


def sparsity_of(schedule: Any, step: int) -> float:
    """Return the schedule's own value at `step`."""
    import tensorflow as tf

    return float(schedule(tf.constant(step, tf.int64))[1])


def _schedule_module() -> ModuleType:
    loaded = sys.modules.get(_MODULE)
    if loaded is not None:
        return loaded
    root = importlib.util.find_spec(_ROOT)
    if root is None or root.origin is None:
        raise ModuleNotFoundError(f"No module named {_ROOT!r}", name=_ROOT)
    file = Path(root.origin).parent.joinpath(*_MODULE.split(".")[1:])
    spec = importlib.util.spec_from_file_location(_MODULE, file.with_suffix(".py"))
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {_MODULE!r}", name=_MODULE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[_MODULE] = module
    spec.loader.exec_module(module)
    return module
