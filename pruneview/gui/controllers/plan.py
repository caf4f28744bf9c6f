"""The plan as it is edited: checked at every edit, with undo. No Qt here."""

from collections.abc import Callable
from typing import Protocol

from pruneview.formats import ModelFile
from pruneview.pruning.data import DataSpec
from pruneview.pruning.errors import DataError
from pruneview.pruning.planning.mending import mended
from pruneview.pruning.planning.plan import Preflight, PruningPlan, preflight
from pruneview.pruning.planning.sample_count import training_samples
from pruneview.pruning.subject.objective import suggest_objective

_EDITS_AT_MOST = 200


class PlanView(Protocol):
    """What the controller needs of the schedule editor."""

    def set_plan(self, plan: PruningPlan) -> None: ...
    def set_checked(
        self, plan: PruningPlan, problems: dict[str, str], preflight: Preflight | None
    ) -> None: ...
    def set_data(self, text: str, problem: str = "") -> None: ...
    def set_layers(self, paths: tuple[str, ...]) -> None: ...
    def set_defaults(self, loss: str, metric: str) -> None: ...


class PlanController:
    """Holds the plan and the choice of data."""

    def __init__(self, view: PlanView) -> None:
        self._view = view
        self._past: list[PruningPlan] = []
        self._future: list[PruningPlan] = []
        self.plan = PruningPlan()
        self.problems: dict[str, str] = {}
        self.data: DataSpec | None = None
        self.data_problem = ""
        self.on_changed: Callable[[], None] = lambda: None
        self._samples: int | None = None

    @property
    def can_undo(self) -> bool:
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        return bool(self._future)

    def edit(self, plan: PruningPlan) -> None:
        """Take the person's edit; it may be impossible, and is then refused."""
        if plan != self.plan:
            self._past = [*self._past[-_EDITS_AT_MOST:], self.plan]
            self._future.clear()
            self._set(plan)

    def mend(self) -> str:
        """Change the plan so that its schedule fires and finishes; say how.

        Returns "" where there is nothing that can be mended.
        """
        if self.problems or not self._samples:
            return ""
        plan, explanation = mended(self.plan, self._samples)
        if explanation:
            self.edit(plan)
            self._view.set_plan(plan)
        return explanation

    def undo(self) -> None:
        if self._past:
            self._future.append(self.plan)
            self._set(self._past.pop(), show=True)

    def redo(self) -> None:
        if self._future:
            self._past.append(self.plan)
            self._set(self._future.pop(), show=True)

    def start_with(self, plan: PruningPlan, data: str) -> None:
        """Put a prepared plan and its data in place of what was."""
        self._past.clear()
        self._future.clear()
        self.choose_data(data)
        self._set(plan, show=True)

    def choose_data(self, text: str) -> None:
        """Take the name of data as `DataSpec.parse` reads it; "" for none."""
        self.data, self.data_problem, self._samples = None, "", None
        if text:
            try:
                self.data = DataSpec.parse(text)
            except DataError as error:
                self.data_problem = str(error)
            else:
                self._samples = training_samples(self.data)
        self._view.set_data(text, self.data_problem)
        self._check()

    def set_model(self, model: ModelFile) -> None:
        """Offer the layers of another model, and what it was compiled with."""
        layers = tuple(
            layer.path
            for layer in model.layers
            if any(weight.prunable for weight in layer.weights)
        )
        self._view.set_layers(layers)
        last = next((x for x in reversed(model.layers) if not x.is_model), None)
        output = next(iter(model.output_shapes or ()), None)
        width = output[-1] if output else None
        objective = suggest_objective(
            model.compile_config, last.activation if last else None, width
        )
        self._view.set_defaults(objective.loss, objective.metric)
        known = set(layers)
        if self.plan.layers is not None and not set(self.plan.layers) <= known:
            self.edit(PruningPlan(**{**vars(self.plan), "layers": None}))
        self._view.set_plan(self.plan)

    def _set(self, plan: PruningPlan, *, show: bool = False) -> None:
        self.plan = plan
        if show:
            self._view.set_plan(plan)
        self._check()

    def _check(self) -> None:
        self.problems = self.plan.validate()
        known = None
        if not self.problems and self._samples:
            known = preflight(self.plan, self._samples)
        self._view.set_checked(self.plan, self.problems, known)
        self.on_changed()
