"""The threshold on the histogram: planned before a run, real during one. No Qt here."""

from typing import Protocol

from pruneview.formats import Weight
from pruneview.gui.controllers.plan import PlanController
from pruneview.gui.controllers.run import RunController
from pruneview.gui.controllers.selected import SelectedWeight
from pruneview.sparsity.pictures.live import LiveFrame


class ThresholdView(Protocol):
    """What the controller needs of a window."""

    def show_threshold(
        self,
        threshold: float | None,
        share: float,
        planned: float | None = None,
        *,
        exact: bool = True,
    ) -> None: ...


class ThresholdController:
    """Says which magnitudes a plan would cut away, or a run has cut away.

    Attributes
    ----------
    held
        Whether a person has the line in hand; nothing else moves it then.
    """

    def __init__(
        self, view: ThresholdView, plan: PlanController, run: RunController
    ) -> None:
        self._view = view
        self._plan = plan
        self._run = run
        self._shown: tuple[Weight, SelectedWeight] | None = None
        self.held = False

    def hold(self, *, on: bool) -> None:
        """Leave the line to a person who asks "what if", or take it back."""
        self.held = on
        self.show_planned()

    def select(self, weight: Weight, contents: SelectedWeight) -> None:
        """Take a weight of the file as the one on show."""
        self._shown = (weight, contents)
        self.show_planned()

    def forget(self) -> None:
        """Nothing is on show."""
        self._shown = None

    def show_planned(self) -> None:
        """Before a run: what the plan would cut away of the weight by its end."""
        if self._shown is None or self._run.weights or self.held:
            return
        weight, contents = self._shown
        final = self._plan.planned_sparsity(weight.path)
        planned = None
        if weight.prunable and final is not None:
            planned = contents.planned_threshold(final)
        if planned is None:
            self._view.show_threshold(None, 0.0)
        else:
            at, below, exact = planned
            self._view.show_threshold(at, below, planned=final, exact=exact)

    def show_live(self, frame: LiveFrame) -> None:
        """During a run: the smallest magnitude that the mask has kept."""
        pruned = frame.request.weight_path in self._run.weights
        at = frame.threshold if pruned and frame.threshold > 0 else None
        self._view.show_threshold(at, frame.share_below_threshold)
