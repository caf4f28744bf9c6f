"""Which units would go, by a plan and their scores."""

import dataclasses

from pruneview.gui.features.structured.coupling import Coupling, Keep, Unit
from pruneview.gui.features.structured.scoring import Scores
from pruneview.pruning.structured.choose import choose_units
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import Group
from pruneview.pruning.structured.plan import ShrinkPlan


class UnitChoice:
    """A plan, the units' scores, and the units that stay by them.

    Attributes
    ----------
    scores
        None until the units are scored.
    keep
        Empty until units were chosen; then what the last possible plan chose.
    """

    def __init__(self) -> None:
        self.plan = ShrinkPlan()
        self.scores: Scores | None = None
        self.keep: Keep = {}

    def forget(self) -> None:
        """Another model is open: the cuts of single groups go with the last one."""
        self.plan = dataclasses.replace(self.plan, ratios={})
        self.scores, self.keep = None, {}

    def gone(self, group: Group) -> int:
        """Return how many units of a group go."""
        kept = self.keep.get(group.id)
        return 0 if kept is None else int((~kept).sum())

    def below(self, group: Group, line: float) -> int:
        """Return how many units of a group score less."""
        if self.scores is None or group.id not in self.scores.by_group:
            return 0
        return int((self.scores.by_group[group.id] < line).sum())

    def score_of(self, unit: Unit) -> tuple[str, float] | None:
        """Return the criterion and the score of a unit; None where none is known."""
        if self.scores is None or unit.group.id not in self.scores.by_group:
            return None
        scores = self.scores.by_group[unit.group.id]
        return self.scores.criterion, float(scores[unit.number])

    def cut(self, coupling: Coupling, group: Group, number: int) -> dict[str, str]:
        """Let so many units of a group go; see `choose`."""
        alone = group.id in self.plan.ratios or self.plan.scope == "layer"
        ratios = {**self.plan.ratios, group.id: number / group.size}
        self.plan = dataclasses.replace(self.plan, ratios=ratios)
        return self.choose(coupling, only=group if alone else None)

    def choose(
        self, coupling: Coupling | None, only: Group | None = None
    ) -> dict[str, str]:
        """Choose units by the plan.

        Parameters
        ----------
        only
            The units of all other groups stand: while a line is dragged there is no
            time for all groups of a large model.

        Returns
        -------
        A sentence for each field of the plan at fault; `keep` is as it was then.
        """
        problems = dict(self.plan.validate())
        if problems or coupling is None or self.scores is None:
            return problems
        plan, others = self.plan, {}
        if only is not None and only.id in self.keep:
            plan = dataclasses.replace(plan, layers=(only.id,))
            others = dict(self.keep)
        try:
            choice = choose_units(coupling.graph, self.scores.by_group, plan)
        except ShrinkError as error:
            return {"ratio": str(error)}
        self.keep = {**others, **choice.keep}
        return {}
