"""Numbers of the open model that the tour tells."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pruneview.formats import Weight
from pruneview.gui.features.what_if.answers import Known
from pruneview.pruning.planning.curve import update_steps
from pruneview.pruning.planning.plan import PruningPlan, sparsity_at

if TYPE_CHECKING:
    from pruneview.gui.features.what_if import WhatIf
    from pruneview.gui.program import Program


@dataclass(frozen=True)
class Facts:
    """What is known of the model, the weight on show and the plan.

    Attributes
    ----------
    known, taken
        Counts of magnitudes, and the paths of the weights that the plan prunes.
    """

    name: str
    parameters: int
    raw: int
    weight: Weight
    known: Known
    taken: frozenset[str]
    plan: PruningPlan

    @property
    def size(self) -> int:
        """Weights that the plan prunes."""
        return sum(self.known.counts[path].size for path in self.taken)

    @property
    def zeros(self) -> int:
        """Exact zeros among them in the file."""
        return sum(self.known.counts[path].zeros for path in self.taken)

    def below(self, threshold: float) -> float:
        """Return the share of the weight on show that a threshold would zero."""
        return self._one.outcome(threshold, self._alone).share

    def threshold_of_weight(self, share: float) -> float:
        """Return the threshold that zeroes so much of the weight on show."""
        return self._one.threshold_for(share, self._alone)

    def threshold_of_all(self, share: float) -> float:
        """Return the one threshold that zeroes so much of all that is pruned."""
        return self.known.threshold_for(share, self.taken)

    def shares_at(self, threshold: float) -> dict[str, float]:
        """Return the share of zeros in each weight at one threshold."""
        zeros = self.known.outcome(threshold, self.taken).zeros
        return {path: n / self.known.counts[path].size for path, n in zeros.items()}

    def deflated_at(self, threshold: float) -> float | None:
        """Return about the model's deflated bytes at a threshold; None: unknown."""
        return self.known.outcome(threshold, self.taken).deflated

    @property
    def updates(self) -> range:
        """The steps of the plan's mask updates, as if data did not end."""
        end = self.plan.end_step if self.plan.end_step >= 0 else 10_000
        return update_steps(self.plan, end + self.plan.frequency)

    def planned(self, step: int) -> float:
        """Return the sparsity that the plan asks for at a step."""
        return float(np.float32(sparsity_at(self.plan, step)))

    @property
    def _alone(self) -> frozenset[str]:
        return frozenset({self.weight.path})

    @property
    def _one(self) -> Known:
        path = self.weight.path
        return Known((path,), 0, {path: self.known.counts[path]}, {})


def facts_of(program: "Program", what_if: "WhatIf") -> Facts | None:
    """Return the facts; None while they are being counted or nothing is open."""
    model, weight, known = (
        program.document.model,
        program.document.weight,
        what_if.known,
    )
    if model is None or weight is None or known is None:
        return None
    taken = what_if.taken
    complete = known.is_counted(taken) and len(known.curves) == known.measured
    if not taken or not complete or weight.path not in known.counts:
        return None
    return Facts(
        model.path.name,
        model.parameter_count,
        sum(w.nbytes for layer in model.layers for w in layer.weights),
        weight,
        known,
        taken,
        program.plan.plan,
    )
