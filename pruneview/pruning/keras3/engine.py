"""The engine for models that Keras 3 builds: masks inside the compiled train step.

After the optimizer has moved the weights (and any constraint of the layer has been
applied), the same compiled step sets what the masks remove to zero again. Masks are
computed outside of it, in numpy, when the schedule fires.
"""

import weakref
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.samples import Samples
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.errors import ModelError
from pruneview.pruning.kept_values import KeptValues
from pruneview.pruning.keras3.mean_gradients import GradientSums
from pruneview.pruning.keras3.train_step import TrainStep
from pruneview.pruning.keras3.variable_values import Values, same_bits
from pruneview.pruning.keras3.weights import map_like, map_weights, walk_layers
from pruneview.pruning.onednn import is_on, spare_strided_points
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.planning.selection import select_weights
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.pruning.structured.shrinking.masking import UnitMasks, graph_of_weights
from pruneview.pruning.subject.objectives import AnyObjective
from pruneview.pruning.training.engine import FOREIGN_STATE, Compiled
from pruneview.pruning.training.gradients_on_show import (
    NOTHING_TRAINED,
    GradientsOnShow,
    Measured,
)
from pruneview.pruning.training.masking import masks_for
from pruneview.pruning.training.scores import Scores

_THRESHOLD = "threshold/"


class Keras3Engine:
    """Trains and prunes one Keras 3 model.

    Parameters
    ----------
    model
        Built, with weights.
    path
        The file it came from, whose names its weights go by.
    mapped
        Its variables, where they are not those of the file.
    """

    def __init__(
        self,
        model: Any,
        path: Path,
        mapped: Sequence[tuple[WeightInfo, Any]] | None = None,
    ) -> None:
        self.model = model
        if is_on():
            spare_strided_points(layer for _, layer in walk_layers(model))
        self._path = path
        mapped = map_weights(model, path) if mapped is None else mapped
        self._infos = tuple(info for info, _ in mapped)
        self._variables = {info.path: variable for info, variable in mapped}
        self._baseline = KeptValues(Values(list(self._variables.values())))
        self._plan: PruningPlan | None = None
        self._pruned: tuple[WeightInfo, ...] = ()
        self._thresholds: dict[str, float] = {}
        self._step: TrainStep | None = None
        self._ready_for: tuple[object, ...] = ()
        self._compiler: str | None = None
        self._units: UnitMasks | None = None
        self._trained = [p for p, v in self._variables.items() if v.trainable]
        own = weakref.proxy(self)  # an engine that is closed must go at once

        def measure(step: int) -> Measured:
            return own.gradients(step)

        self._on_show = GradientsOnShow(measure, self._trained)

    def with_model(self, model: Any) -> "Keras3Engine":
        """Return the engine of a model with the same layers and other shapes."""
        mapped = zip(self._infos, self._variables.values(), strict=True)
        return Keras3Engine(model, self._path, map_like(model, self.model, mapped))

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
        """Get ready to train; a step compiled for the same things is used again.

        Raises
        ------
        ModelError
            Where no weight can take part, or the loss cannot be computed.
        """
        import keras

        self._plan, self._units = plan, None
        if plan.structured is None:
            self._pruned = select_weights(plan, self._infos).taken
        else:
            graph = graph_of_weights(self.model, self._infos)
            self._units = UnitMasks(plan.structured, graph, self._infos)
            self._pruned = self._units.weights
        movement = plan.criterion == "movement"
        training = (plan.optimizer, plan.batch_size, objective, data)
        wanted = (*training, self._pruned, movement)
        if self._step is None or wanted != self._ready_for:
            self._step = None  # its variables go before the new ones come
            keras.utils.set_random_seed(plan.seed)
            variables = [self._variables[info.path] for info in self._pruned]
            self._step = TrainStep(self.model, variables, plan, objective, data)
            self._ready_for = wanted
        self._step.choose_compiler(plan, self._compiler)
        self._step.begin(plan)
        self.restore()

    def restore(self) -> None:
        """Put the baseline's weights back and lift all masks."""
        for variable, value in zip(
            self._variables.values(), self._baseline, strict=True
        ):
            # An assignment holds the values once more for a while.
            if not same_bits(Values([variable])[0], value):
                variable.assign(value)
        self._thresholds.clear()
        self._on_show.forget()
        if self._step is not None:
            self._step.lift_masks()

    def use_compiler(self, compiler: str) -> None:
        """Compute from the next `prepare` on as a recorded run did."""
        self._compiler = compiler

    @property
    def compiled(self) -> Compiled:
        """What computes the steps of the current run."""
        assert self._step is not None
        return self._step.compiled

    def train(self, batches: NDArray[np.int32]) -> NDArray[np.float32]:
        """Train a step on each of these batches; return the losses."""
        assert self._step is not None
        self._on_show.weights_changed()
        return self._step.train(batches)

    def learn_at(self, rate: float) -> None:
        """Train at another learning rate from now on."""
        assert self._step is not None
        self._step.learn_at(rate)

    def prune(self, step: int, sparsity: float) -> None:
        """Compute masks anew and make zeros, for a step and the schedule's value.

        In an iterative plan, what is kept goes back to the baseline.
        """
        assert self._step is not None
        assert self._plan is not None
        plan = self._plan
        if self._units is not None:
            values = {path: v.numpy() for path, v in self._variables.items()}
            masks = self._units.masks(sparsity, values, lambda: self._for_units(step))
        else:
            masks = masks_for(
                plan,
                self._pruned,
                Values([self._variables[info.path] for info in self._pruned]),
                self._step.scores(plan, step, lambda sums: self._offer(sums, step)),
                step=step,
                sparsity=sparsity,
            )
        for place, mask, smallest_kept in masks:
            self._thresholds[self._pruned[place].path] = smallest_kept
            self._step.set_mask(place, mask)
        if plan.schedule == "iterative":
            self._rewind()
        self._on_show.masks_changed()

    @property
    def gradients_on_show(self) -> GradientsOnShow | str:
        """What gives gradients for pictures, or why nothing does."""
        return self._on_show if self._step is not None else NOTHING_TRAINED

    def gradients(self, step: int) -> Measured:
        """Return mean gradients of the loss by weight, on samples chosen for a step."""
        assert self._step is not None
        trained = [self._variables[path] for path in self._trained]
        found = self._step.gradients(trained, step)
        return found.means(self._trained, step)

    def _offer(self, found: GradientSums, step: int) -> None:
        paths = [info.path for info in self._pruned]
        self._on_show.offer(lambda: found.means(paths, step, of_criterion=True))

    def _for_units(self, step: int) -> Mapping[str, NDArray[Any]]:
        measured = replace(self.gradients(step), of_criterion=True)
        self._on_show.offer(lambda: measured)
        return measured.arrays

    def evaluate(self, x: Samples, y: Samples, batch_size: int = 256) -> Scores:
        """Return the loss and the metric over all of `x`."""
        assert self._step is not None
        return self._step.evaluate(x, y, batch_size)

    def values(self, path: str) -> NDArray:
        """Return a copy of a weight's current values; raises KeyError."""
        return np.array(Values([self._variables[path]])[0])

    def set_values(self, path: str, values: NDArray) -> None:
        """Give a weight other values, of its shape; raises KeyError."""
        self._variables[path].assign(values)
        self._on_show.weights_changed()

    def threshold(self, path: str) -> float:
        """Return the smallest magnitude its mask keeps; 0.0 without a mask."""
        return self._thresholds.get(path, 0.0)

    def arrays(self) -> Sequence[NDArray]:
        """Return the current values of all weights."""
        return list(Values(list(self._variables.values())))

    def baseline(self) -> KeptValues:
        """Return the values of all weights before any run."""
        return self._baseline

    def set_baseline(self, path: str, values: NDArray) -> None:
        """Let runs begin with other values of a weight; raises KeyError."""
        self._variables[path].assign(values)
        self._baseline.replace(list(self._variables).index(path), values)
        self._on_show.forget()

    def masks(self) -> dict[str, NDArray[np.bool_]]:
        """Return the mask of each weight that takes part; True keeps a weight."""
        assert self._step is not None
        paths = (info.path for info in self._pruned)
        return dict(zip(paths, self._step.masks(), strict=True))

    def state(self) -> dict[str, NDArray]:
        """Return copies of all that decides how training goes on, by name."""
        state = {n: np.array(v.numpy()) for n, v in self._stateful().items()}
        for path, threshold in self._thresholds.items():
            state[_THRESHOLD + path] = np.array(threshold)
        return state

    def set_state(self, state: Mapping[str, NDArray]) -> None:
        """Go on from what `state` returned, after the same `prepare`.

        Raises
        ------
        ModelError
            Where it is the state of another model or plan.
        """
        variables = self._stateful()
        values = {k: v for k, v in state.items() if not k.startswith(_THRESHOLD)}
        own = {name: variable.numpy() for name, variable in variables.items()}
        if own.keys() != values.keys() or any(
            (own[name].shape, own[name].dtype) != (value.shape, value.dtype)
            for name, value in values.items()
        ):
            raise ModelError(FOREIGN_STATE)
        for name, value in values.items():
            variables[name].assign(value)
        self._on_show.forget()
        self._thresholds = {
            name.removeprefix(_THRESHOLD): float(value)
            for name, value in state.items()
            if name.startswith(_THRESHOLD)
        }

    def _stateful(self) -> dict[str, Any]:
        assert self._step is not None
        weights = {f"weight/{path}": v for path, v in self._variables.items()}
        return weights | self._step.state()

    def _rewind(self) -> None:
        """Give what is kept the baseline's values; train on as from the start."""
        assert self._step is not None
        assert self._plan is not None
        masks = self._step.masks()
        variables = self._variables.values()
        for variable, value in zip(variables, self._baseline, strict=True):
            variable.assign(value)
        for place, mask in enumerate(masks):
            self._step.set_mask(place, mask)
        self._step.begin(self._plan)
