"""The plan as it is edited: checked at every edit, with undo. No Qt here."""

import time
from collections.abc import Callable
from dataclasses import fields, replace
from typing import Protocol

from pruneview.formats import ModelFile
from pruneview.gui.controllers.checked_plan import (
    CheckedPlan,
    check_plan,
    weight_infos,
)
from pruneview.gui.controllers.history import Edit, History
from pruneview.pruning.data import DataSpec
from pruneview.pruning.data.keras_datasets import IMAGES
from pruneview.pruning.errors import DataError
from pruneview.pruning.planning.mending import mended
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.planning.sample_count import training_samples
from pruneview.pruning.planning.weight_info import WeightInfo
from pruneview.pruning.subject.objective import suggest_objective
from pruneview.pruning.subject.objectives import suggest_several
from pruneview.pruning.subject.outputs_in_file import outputs_in

_PIXELS = "Pixels from 0 to 255 are scaled to 0..1 unless the model scales them itself."
_AS_THEY_ARE = "Nothing is scaled: values are taken as they are."
#: Seconds without a key after which what is typed is another edit.
_PAUSE = 1.5
_CHOSEN = {  # not typed, so that each choice is an edit of its own
    *("schedule", "optimizer", "block_pooling", "scope", "criterion", "engine"),
    *("layers", "layer_sparsity", "exclude", "structured"),
}
_NOTHING_TYPED: tuple[Edit | None, str, float] = (None, "", 0.0)


class PlanView(Protocol):
    """What the controller needs of the plan editor."""

    def set_plan(self, plan: PruningPlan) -> None: ...
    def set_checked(self, checked: CheckedPlan) -> None: ...
    def set_data(self, text: str, problem: str = "", note: str = "") -> None: ...
    def set_layers(self, paths: tuple[str, ...], kinds: tuple[str, ...]) -> None: ...
    def set_defaults(self, loss: str, metric: str) -> None: ...


class PlanController:
    """Holds the plan and the choice of data, and the edits of both.

    Attributes
    ----------
    count_samples
        Asked for the number of training samples of data; it may return None and call
        `samples_counted` later.
    clock
        Tells seconds, by which digits typed one after the other are one edit.
    """

    def __init__(self, view: PlanView, history: History) -> None:
        self._view = view
        self._history = history
        self.plan = PruningPlan()
        self.problems: dict[str, str] = {}
        self.data: DataSpec | None = None
        self.data_problem = ""
        self.on_changed: Callable[[], None] = lambda: None
        self.count_samples: Callable[[DataSpec], int | None] = training_samples
        self.clock: Callable[[], float] = time.monotonic
        self._text = ""
        self._consents: set[str] = set()
        self._samples: int | None = None
        self._weights: tuple[WeightInfo, ...] = ()
        self._planned: dict[str, float | None] = {}
        self._typed = _NOTHING_TYPED

    def edit(self, plan: PruningPlan, *, show: bool = False) -> None:
        """Take the person's edit; it may be impossible, and is then refused.

        With `show` the editor is told: the edit was made elsewhere.
        """
        if plan != self.plan:
            if show:
                self._typed = _NOTHING_TYPED
            self._remember(plan, self._text)
            self._set(plan, show=show)

    def edit_data(self, text: str) -> None:
        """Take the person's choice of data, which can be undone."""
        if text != self._text:
            self._remember(self.plan, text)
            self.choose_data(text)

    def mend(self) -> str:
        """Change the plan so that its schedule fires and finishes; say how.

        Returns "" where there is nothing that can be mended.
        """
        if self.problems or not self._samples:
            return ""
        plan, explanation = mended(self.plan, self._samples)
        if plan == self.plan:
            return ""
        self.edit(plan, show=True)
        return explanation

    def start_with(self, plan: PruningPlan, data: str) -> None:
        """Put a prepared plan and its data in place of what was."""
        self._history.drop(self)
        self.choose_data(data)
        self._set(plan, show=True)

    def choose_data(self, text: str) -> None:
        """Take the name of data as `DataSpec.parse` reads it; "" for none."""
        self._text = text
        self.data, self.data_problem, self._samples = None, "", None
        if text:
            allowed = text in self._consents
            try:
                self.data = DataSpec.parse(text, allow_code=allowed)
            except DataError as error:
                self.data_problem = str(error)
            else:
                self._samples = self.count_samples(self.data)
        self._show_data()
        self._check()

    def samples_counted(self, spec: DataSpec, samples: int | None) -> None:
        """Take a count that came late; nothing where other data are chosen by now."""
        if spec == self.data:
            self._samples = samples
            self._show_data()
            self._check()

    def planned_sparsity(self, weight_path: str) -> float | None:
        """Return the sparsity that a threshold of its own will give to a weight.

        None where there is no such threshold: the weight is left out, or something
        else than its own magnitudes decides.
        """
        plan = self.plan
        pattern = plan.has_blocks or plan.sparsity_m_by_n is not None
        shared = plan.scope != "layer" or plan.criterion != "magnitude"
        if pattern or shared or "final_sparsity" in self.problems:
            return None
        if not self._planned:
            return plan.final_sparsity
        return self._planned.get(weight_path)

    @property
    def needs_consent(self) -> bool:
        """Whether the data come of code that the person has not agreed to run."""
        data = self.data
        return data is not None and data.kind == "python" and not data.allow_code

    def consent_to_data(self) -> None:
        """Let the code of these data be run, until the program closes."""
        self._consents.add(self._text)
        self.choose_data(self._text)

    def set_model(self, model: ModelFile) -> None:
        """Offer the layers of another model, and what it was compiled with."""
        self._weights = weight_infos(model)
        prunable = [weight for weight in self._weights if weight.prunable]
        if not prunable:
            self._weights = ()
        layers = tuple(dict.fromkeys(weight.layer for weight in prunable))
        kinds = tuple(dict.fromkeys(weight.kind for weight in prunable))
        self._view.set_layers(layers, kinds)
        self._view.set_defaults(*_defaults(model))
        self._drop_unknown(set(layers), {"first", "last", *kinds, *layers})
        self._set(self.plan, show=True)

    def _drop_unknown(self, layers: set[str], excludable: set[str]) -> None:
        """Take out of the plan what only the model before had."""
        plan = self.plan
        chosen = plan.layers
        if chosen is not None and not set(chosen) <= layers:
            chosen = None
        own = tuple(pair for pair in plan.layer_sparsity if pair[0] in layers)
        excluded = tuple(name for name in plan.exclude if name in excludable)
        self.edit(replace(plan, layers=chosen, layer_sparsity=own, exclude=excluded))

    def _remember(self, plan: PruningPlan, data: str) -> None:
        """Let it be undone that these take the place of what there is."""
        before = self.plan, self._text
        edit = Edit(
            "the edit of the plan" if plan != self.plan else "the choice of data",
            lambda: self._go_to(*before),
            lambda: self._go_to(plan, data),
            owner=self,
        )
        field, now = _only_field(self.plan, plan), self.clock()
        last, typed, at = self._typed
        goes_on = typed == field and now < at + _PAUSE
        # The digits of a number are one edit.
        if field and goes_on and self._history.last is last:
            edit = self._history.amend(edit)
        else:
            self._history.add(edit)
        self._typed = edit, field, now

    def _go_to(self, plan: PruningPlan, data: str) -> None:
        if data != self._text:
            self.choose_data(data)
        self._set(plan, show=True)

    def _set(self, plan: PruningPlan, *, show: bool = False) -> None:
        self.plan = plan
        if show:
            self._view.set_plan(plan)
        self._check()

    def _show_data(self) -> None:
        notes = []
        if self._samples:
            notes.append(f"{self._samples:,} training samples.")
        if self.data is not None:
            is_image = self.data.kind == "images" or (
                self.data.kind == "keras" and self.data.name in IMAGES
            )
            notes.append(_PIXELS if is_image else _AS_THEY_ARE)
        self._view.set_data(self._text, self.data_problem, " ".join(notes))

    def _check(self) -> None:
        checked = check_plan(self.plan, self._samples, self._weights)
        self.problems = checked.problems
        self._planned = {w.path: w.target or None for w in checked.weights}
        self._view.set_checked(checked)
        self.on_changed()


def _only_field(before: PruningPlan, after: PruningPlan) -> str:
    """Return the name of the typed field in which two plans differ; "" for others."""
    names = [field.name for field in fields(before)]
    differing = [n for n in names if getattr(before, n) != getattr(after, n)]
    return differing[0] if len(differing) == 1 and differing[0] not in _CHOSEN else ""


def _defaults(model: ModelFile) -> tuple[str, str]:
    """Return the loss and the metric that a model calls for, in words."""
    outputs = outputs_in(model)
    if len(outputs) == 1:
        (output,) = outputs
        one = suggest_objective(model.compile_config, output.activation, output.width)
        return one.loss, one.metric
    several = suggest_several(model.compile_config, outputs)
    pairs = list(zip(several.outputs, several.each, strict=True))
    return (
        ", ".join(f"{output}={each.loss}" for output, each in pairs),
        ", ".join(f"{output}={each.metric}" for output, each in pairs),
    )
