"""What an engine is. An engine holds a model and knows how to train and mask it.

The loop that drives one is in `pruneview.pruning.training.loop`; it is the same for
every engine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.data.samples import Samples
from pruneview.pruning.data.sources import DataSet
from pruneview.pruning.kept_values import KeptValues
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.pruning.subject.objectives import AnyObjective
from pruneview.pruning.training.gradients_on_show import GradientsOnShow
from pruneview.pruning.training.scores import Scores

__all__ = ["FOREIGN_STATE", "Compiled", "Engine", "WeightInfo"]

FOREIGN_STATE = (
    "The state does not belong to this model and plan, so the run cannot go on from it."
)


@dataclass(frozen=True)
class Compiled:
    """What computes the training steps, which decides how they round.

    Attributes
    ----------
    compiler
        ``tensorflow``: its kernels one by one; ``xla``: compiled into one.
    sentence
        Why, for the person; empty where it goes without saying.
    """

    compiler: str
    sentence: str


class Engine(Protocol):
    """A model that can be trained and pruned. Every call on one thread."""

    @property
    def model(self) -> Any:
        """The Keras model as it is now, its zeros exact, to be called or saved."""

    @property
    def weights(self) -> tuple[WeightInfo, ...]:
        """All weights, in the model's order."""

    @property
    def pruned(self) -> tuple[WeightInfo, ...]:
        """The weights that take part in the current run."""

    def prepare(
        self, plan: PruningPlan, objective: AnyObjective, data: DataSet
    ) -> None:
        """Get ready to `train`: compile the step; baseline weights, no masks."""

    def use_compiler(self, compiler: str) -> None:
        """Compute from the next `prepare` on as a recorded run did."""

    @property
    def compiled(self) -> Compiled:
        """What computes the steps of the current run."""

    def restore(self) -> None:
        """Put the baseline's weights back and lift all masks."""

    def train(self, batches: NDArray[np.int32]) -> NDArray[np.float32]:
        """Train a step on each of these batches of training samples.

        Parameters
        ----------
        batches
            Numbers of samples, of shape (steps, batch size).

        Returns
        -------
        losses
            One a step.
        """

    def learn_at(self, rate: float) -> None:
        """Train at another learning rate from now on."""

    def prune(self, step: int, sparsity: float) -> None:
        """Compute masks anew and make zeros, for a step and the schedule's value."""

    def evaluate(self, x: Samples, y: Samples, batch_size: int = 256) -> Scores:
        """Return the loss and the metric over all of `x`."""

    def values(self, path: str) -> NDArray:
        """Return a copy of a weight's current values; raises KeyError."""

    def set_values(self, path: str, values: NDArray) -> None:
        """Give a weight other values, of its shape; raises KeyError."""

    def threshold(self, path: str) -> float:
        """Return the smallest magnitude its mask keeps; 0.0 without a mask."""

    def arrays(self) -> Sequence[NDArray]:
        """Return the current values of all weights."""

    def baseline(self) -> KeptValues:
        """Return the values of all weights before any run."""

    def set_baseline(self, path: str, values: NDArray) -> None:
        """Let runs begin with other values of a weight; raises KeyError."""

    @property
    def gradients_on_show(self) -> GradientsOnShow | str:
        """What gives gradients for pictures, or a sentence why nothing does."""

    def masks(self) -> dict[str, NDArray[np.bool_]]:
        """Return the mask of each weight that takes part; True keeps a weight."""

    def state(self) -> dict[str, NDArray]:
        """Return copies of all that decides how training goes on, by name."""

    def set_state(self, state: Mapping[str, NDArray]) -> None:
        """Go on from what `state` returned, after the same `prepare`.

        Raises
        ------
        ModelError
            Where it is the state of another model or plan.
        """
