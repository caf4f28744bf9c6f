"""The engine that runs a model through tfmot itself, on tf_keras.

Layers are wrapped by `prune_low_magnitude`, trained in the wrappers, whose own code
computes and applies the masks, and stripped of them when the model is asked for.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.samples import Samples
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.errors import ModelError
from pruneview.pruning.kept_values import KeptValues
from pruneview.pruning.keras3.weights import map_variables
from pruneview.pruning.legacy.importing import import_legacy
from pruneview.pruning.legacy.loading import LegacyModel
from pruneview.pruning.legacy.train_step import LegacyTrainStep, compile_model
from pruneview.pruning.legacy.wrapping import (
    Gate,
    check_plan,
    prunable_variables,
    wrap_layers,
)
from pruneview.pruning.onednn import is_on, spare_strided_points
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.planning.selection import select_weights
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.pruning.subject.objectives import AnyObjective
from pruneview.pruning.training.engine import FOREIGN_STATE, Compiled
from pruneview.pruning.training.scores import Scores

_NO_GRADIENTS = (
    "This run is computed by tfmot, which shows no gradients. They are measured in "
    "runs of Keras 3's own engine."
)


class TfmotEngine:
    """Trains and prunes one tf_keras model through tfmot.

    Masks that wrappers in the file held are in force from the first step.

    Attributes
    ----------
    unsupported
        Paths and layer classes of kernels that tfmot does not prune.
    """

    def __init__(self, loaded: LegacyModel, path: Path) -> None:
        self._base = loaded.model
        if is_on():
            spare_strided_points(layer for _, layer in loaded.layers)
        self._layer_paths = {id(layer): name for name, layer in loaded.layers}
        able = {id(v) for _, layer in loaded.layers for v in prunable_variables(layer)}
        infos, self.unsupported = [], list[tuple[str, str]]()
        self._variables: dict[str, Any] = {}
        for info, variable in map_variables(loaded.layers, path):
            pruned = info.prunable and id(variable) in able
            infos.append(dataclasses.replace(info, prunable=pruned))
            if info.prunable and not pruned:
                self.unsupported.append((info.path, info.kind))
            self._variables[info.path] = variable
        self._infos = tuple(infos)
        self._first_masks = {
            path: loaded.masks[id(v)]
            for path, v in self._variables.items()
            if id(v) in loaded.masks
        }
        self._baseline = KeptValues(
            self._masked(variable.numpy(), self._first_masks.get(path))
            for path, variable in self._variables.items()
        )
        self._pruned: tuple[WeightInfo, ...] = ()
        self._wrapped: Any = None
        self._wrappers: list[Any] = []
        self._masks: dict[str, tuple[Any, Any]] = {}
        self._step: LegacyTrainStep | None = None
        self._gate: Gate | None = None
        self._ready_for: tuple[PruningPlan, AnyObjective, DataSet] | None = None

    @property
    def model(self) -> Any:
        """The model without wrappers, its zeros exact, by tfmot's `strip_pruning`."""
        for variable, values in zip(
            self._variables.values(), self.arrays(), strict=True
        ):
            variable.assign(values)
        if self._step is None or self._ready_for is None:
            return self._base
        _, tfmot = import_legacy()
        plan, objective, _ = self._ready_for
        stripped = tfmot.sparsity.keras.strip_pruning(self._wrapped)
        compile_model(stripped, plan, objective)
        return stripped

    @property
    def weights(self) -> tuple[WeightInfo, ...]:
        """All weights, in the model's order."""
        return self._infos

    @property
    def pruned(self) -> tuple[WeightInfo, ...]:
        """The weights that take part in the current run."""
        return self._pruned

    def prepare(
        self, plan: PruningPlan, objective: AnyObjective, data: DataSet
    ) -> None:
        """Wrap the layers and compile the step.

        Raises
        ------
        ModelError, TrainingError
            Where no weight can take part, or the loss cannot be computed.
        PlanError
            Where the plan asks for what tfmot has not.
        """
        tf_keras, tfmot = import_legacy()
        pruned = select_weights(plan, self._infos).taken
        check_plan(plan, pruned)
        self._pruned = pruned
        wanted = (plan, objective, data)
        if self._step is None or wanted != self._ready_for:
            self._step = None
            tf_keras.utils.set_random_seed(plan.seed)
            self._wrap(plan)
            self._step = LegacyTrainStep(self._wrapped, plan, objective, data)
            self._ready_for = wanted
        self._step.begin(plan)
        callback = tfmot.sparsity.keras.UpdatePruningStep()
        callback.set_model(self._wrapped)
        callback.on_train_begin()
        self.restore()

    def _wrap(self, plan: PruningPlan) -> None:
        taking_part = {info.layer for info in self._pruned}
        with_masks = {i.layer for i in self._infos if i.path in self._first_masks}
        self._gate = gate = Gate()

        def gate_of(layer: Any) -> tuple[str, Gate | None]:
            path = self._layer_paths.get(id(layer), "")
            if path in taking_part:
                return path, gate
            return (path if path in with_masks else ""), None

        self._wrapped = wrap_layers(self._base, plan, gate_of)
        self._wrappers = _wrappers(self._wrapped)
        pruning = [v for w in self._wrappers for v in w.pruning_vars]
        by_variable = {id(weight): (mask, least) for weight, mask, least in pruning}
        self._masks = {
            path: by_variable[id(variable)]
            for path, variable in self._variables.items()
            if id(variable) in by_variable
        }

    def restore(self) -> None:
        """Put the baseline's weights and masks back."""
        for variable, value in zip(
            self._variables.values(), self._baseline, strict=True
        ):
            variable.assign(value)
        for path, (mask, threshold) in self._masks.items():
            first = self._first_masks.get(path, np.ones(mask.shape))
            mask.assign(first.astype(mask.dtype.as_numpy_dtype))
            threshold.assign(0)
        for wrapper in self._wrappers:
            wrapper.pruning_step.assign(0)

    def use_compiler(self, compiler: str) -> None:
        """Do nothing: tfmot's wrappers are computed in one way only."""

    @property
    def compiled(self) -> Compiled:
        """What computes the steps of the current run."""
        return Compiled("tensorflow", "")

    def train(self, batches: NDArray[np.int32]) -> NDArray[np.float32]:
        """Train a step on each of these batches; return the losses."""
        assert self._step is not None
        return self._step.train(batches)

    def learn_at(self, rate: float) -> None:
        """Train at another learning rate from now on."""
        assert self._step is not None
        self._step.learn_at(rate)

    def prune(self, step: int, sparsity: float) -> None:  # noqa: ARG002 - tfmot's own
        """Have tfmot compute the masks of `step` by its schedule, and make zeros."""
        assert self._gate is not None
        with self._gate:
            for wrapper in self._wrappers:
                wrapper.pruning_step.assign(step)
                wrapper.pruning_obj.conditional_mask_update()
                wrapper.pruning_obj.weight_mask_op()
                # The step itself counts on when it is trained.
                wrapper.pruning_step.assign(step - 1)

    def evaluate(self, x: Samples, y: Samples, batch_size: int = 256) -> Scores:
        """Return the loss and the metric over all of `x`."""
        assert self._step is not None
        return self._step.evaluate(x, y, batch_size)

    def values(self, path: str) -> NDArray:
        """Return a copy of a weight's current values; raises KeyError."""
        values = np.array(self._variables[path].numpy())
        if path in self._masks:
            return self._masked(values, self._masks[path][0].numpy() > 0)
        return self._masked(values, self._first_masks.get(path))

    def set_values(self, path: str, values: NDArray) -> None:
        """Give a weight other values, of its shape; raises KeyError."""
        self._variables[path].assign(values)

    def threshold(self, path: str) -> float:
        """Return the smallest magnitude its mask keeps; 0.0 where none decides."""
        plan = self._ready_for[0] if self._ready_for else None
        structured = plan and (plan.has_blocks or plan.sparsity_m_by_n)
        if path not in self._masks or structured:
            return 0.0
        return float(self._masks[path][1].numpy())

    def arrays(self) -> Sequence[NDArray]:
        """Return the current values of all weights."""
        return [self.values(path) for path in self._variables]

    def baseline(self) -> KeptValues:
        """Return the values of all weights before any run."""
        return self._baseline

    def set_baseline(self, path: str, values: NDArray) -> None:
        """Let runs begin with other values of a weight; raises KeyError."""
        self._variables[path].assign(values)
        self._baseline.replace(list(self._variables).index(path), values)

    @property
    def gradients_on_show(self) -> str:
        """Why there are none for pictures."""
        return _NO_GRADIENTS

    def masks(self) -> dict[str, NDArray[np.bool_]]:
        """Return the mask of each weight that takes part; True keeps a weight."""
        return {i.path: self._masks[i.path][0].numpy() > 0 for i in self._pruned}

    def state(self) -> dict[str, NDArray]:
        """Return copies of all that decides how training goes on, by name."""
        return {n: np.array(v.numpy()) for n, v in self._stateful().items()}

    def set_state(self, state: Mapping[str, NDArray]) -> None:
        """Go on from what `state` returned, after the same `prepare`.

        Raises
        ------
        ModelError
            Where it is the state of another model or plan.
        """
        variables = self._stateful()
        if variables.keys() != state.keys() or any(
            tuple(variables[name].shape) != value.shape for name, value in state.items()
        ):
            raise ModelError(FOREIGN_STATE)
        for name, value in state.items():
            variables[name].assign(value)

    def _stateful(self) -> dict[str, Any]:
        assert self._step is not None
        state = {f"weight/{path}": v for path, v in self._variables.items()}
        for path, (mask, threshold) in self._masks.items():
            state[f"mask/{path}"] = mask
            state[f"threshold/{path}"] = threshold
        for place, wrapper in enumerate(self._wrappers):
            state[f"pruning_step/{place}"] = wrapper.pruning_step
        return state | self._step.variables()

    @staticmethod
    def _masked(values: NDArray, mask: NDArray[np.bool_] | None) -> NDArray:
        # Not a product: that would leave negative zeros, which do not compress.
        return values if mask is None else np.where(mask, values, values.dtype.type(0))


def _wrappers(model: Any) -> list[Any]:
    found = []
    for layer in model.layers:
        if hasattr(layer, "pruning_obj"):
            found.append(layer)
        elif hasattr(layer, "layers"):
            found += _wrappers(layer)
    return found
