"""The plan editor: the fields of a plan, its data, and the curve it describes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui.controllers.checked_plan import CheckedPlan
from pruneview.gui.theme import Theme
from pruneview.gui.views.plan.curve import ScheduleCurve
from pruneview.gui.views.plan.data_choice import DataChoice
from pruneview.gui.views.plan.exclude_choice import ExcludeChoice
from pruneview.gui.views.plan.field import Field, Problem
from pruneview.gui.views.plan.layer_choice import LayerChoice
from pruneview.gui.views.plan.section import Section
from pruneview.gui.views.plan.specs import (
    FIELDS,
    PRUNED,
    SCHEDULE,
    SECTIONS,
    TRAINING,
)
from pruneview.pruning.planning.plan import PruningPlan

#: Fields of the layers' table and the boxes below it.
_OF_LAYERS = ("layers", "layer_sparsity", "exclude")
_NARROWEST = 250  # pixels
_RISING = ("polynomial", "iterative")


class PlanEditor(QScrollArea):
    """Shows a plan and says how the person changed it.

    Signals
    -------
    plan_edited
        A `PruningPlan`, possibly an impossible one.
    mend_wanted
        The plan is to be changed so that its warnings go.
    data_chosen
        str, as `DataSpec.parse` reads it.
    """

    plan_edited = Signal(object)
    mend_wanted = Signal()
    data_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(_NARROWEST)
        self._plan = PruningPlan()
        self._fields = {spec.name: Field(spec) for spec in FIELDS}
        self._sections = {title: Section(title) for title in SECTIONS}
        self._grids: dict[str, QGridLayout] = {}
        self._columns = 0
        self._room_for_two = 0
        self.curve = ScheduleCurve(theme)
        self._steps = Problem("muted")
        self._warnings = Problem("warning")
        self._mend = QPushButton("Mend the plan")
        self._mend.setToolTip("Change the plan so that it fires and finishes in time")
        self._mend.clicked.connect(self.mend_wanted)
        self._mend.hide()
        self.data = DataChoice()
        self.layers = LayerChoice()
        self.exclude = ExcludeChoice()
        self._layers_problem = Problem()
        self._lay_out()
        for field in self._fields.values():
            field.edited.connect(self._edit)
        self.layers.edited.connect(self._edit)
        self.exclude.edited.connect(self._edit)
        self.data.chosen.connect(self.data_chosen)
        self.set_plan(self._plan)

    def _lay_out(self) -> None:
        inside = self._inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 6, 8, 6)
        for part in (self.curve, self._steps, self._warnings, self._mend, self.data):
            column.addWidget(part)
        for title, section in self._sections.items():
            grid = self._grids[title] = QGridLayout()
            grid.setHorizontalSpacing(10)
            grid.setColumnStretch(0, 1)
            section.body.addLayout(grid)
            column.addWidget(section)
        self._set_columns(2)
        body = self._sections[PRUNED].body
        label = QLabel("Layers that take part")
        label.setBuddy(self.layers)
        for choice in (label, self.layers, self.exclude, self._layers_problem):
            body.addWidget(choice)
        column.addStretch(1)
        self.setWidget(inside)
        inside.installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Behind other panels it must not keep them wide.
        self.setMinimumWidth(_NARROWEST)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Fit anew when the fields need more or less room: other layers, letters."""
        if watched is self._inside and event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self.isVisible():  # what the fields need is not known before
            return
        needed = self._inside.minimumSizeHint().width()
        if self._columns == 2:
            self._room_for_two = needed
        else:
            bar = self.verticalScrollBar().sizeHint().width()
            self.setMinimumWidth(max(_NARROWEST, needed + bar))
        narrow = self.viewport().width() < self._room_for_two
        self._set_columns(1 if narrow else 2)

    def _set_columns(self, number: int) -> None:
        """Stand in one column where two would be cut off."""
        if number == self._columns:
            return
        self._columns = number
        self.exclude.set_columns(number)
        above = Qt.AlignmentFlag.AlignTop
        for title, grid in self._grids.items():
            fields = [f for f in self._fields.values() if f.spec.section == title]
            for place, field in enumerate(fields):
                grid.addWidget(field, place // number, place % number, above)
            grid.setColumnStretch(1, number - 1)

    def set_theme(self, theme: Theme) -> None:
        self.curve.set_theme(theme)

    def set_editable(self, *, on: bool) -> None:
        """Let the plan be edited, or not: while a run goes on."""
        self._inside.setEnabled(on)

    def set_plan(self, plan: PruningPlan) -> None:
        """Show a plan in the fields; the person's cursor stays where it is."""
        self._plan = plan
        for name, field in self._fields.items():
            field.value = getattr(plan, name)
        self.layers.set_plan(plan)
        self.exclude.set_chosen(plan.exclude)
        self._say_what_counts(plan)

    def set_checked(self, checked: CheckedPlan) -> None:
        """Show what is wrong with a plan, or the curve and the warnings."""
        plan, problems, preflight = checked.plan, checked.problems, checked.preflight
        for name, field in self._fields.items():
            field.problem = problems.get(name, "")
        said = [problems[name] for name in _OF_LAYERS if name in problems]
        self._layers_problem.say(" ".join(said))
        for title, section in self._sections.items():
            if any(_section_of(name) == title for name in problems):
                section.set_open(on=True)
        self.layers.show_reached(checked.weights)
        self.curve.show_plan(None if problems else plan, preflight)
        warnings = preflight.warnings if preflight else ()
        self._warnings.say("\n".join(f"⚠ {w}" for w in warnings))
        self._mend.setVisible(checked.can_mend)
        self._say_what_counts(plan)
        self._steps.say(
            ""
            if preflight is None
            else f"{preflight.steps:,} steps, {preflight.steps_per_epoch:,} an epoch; "
            f"{len(preflight.update_steps):,} mask updates"
        )

    def set_data(self, text: str, problem: str = "", note: str = "") -> None:
        """Show which data are chosen, and why they are refused where they are."""
        self.data.set_data(text, problem, note)

    def set_layers(self, paths: Sequence[str], kinds: Sequence[str] = ()) -> None:
        """List the layers that can take part, and the kinds there are of them."""
        self.layers.set_layers(paths)
        self.layers.set_plan(self._plan)
        self.exclude.set_kinds(kinds)

    def set_defaults(self, loss: str, metric: str) -> None:
        """Say what empty fields for loss and metric stand for."""
        self._fields["loss"].set_placeholder(loss)
        self._fields["metric"].set_placeholder(metric)

    def field(self, name: str) -> Field:
        """Return the field of a plan's entry."""
        return self._fields[name]

    def section(self, title: str) -> Section:
        """Return a section by its heading."""
        return self._sections[title]

    @property
    def warnings_text(self) -> str:
        return self._warnings.text()

    @property
    def layers_problem(self) -> str:
        """Why what is chosen of the layers is refused; "" where it is not."""
        return self._layers_problem.text()

    def _say_what_counts(self, plan: PruningPlan) -> None:
        """Grey out what the plan does not use; sum up what may be folded away."""
        unused = _unused(plan)
        for name, field in self._fields.items():
            # What is refused must stay where it can be put right.
            field.setEnabled(name not in unused or bool(field.problem))
        for title, words in _summaries(plan).items():
            self._sections[title].set_summary(words)

    def _edit(self) -> None:
        values: dict[str, Any] = {n: f.value for n, f in self._fields.items()}
        self._plan = replace(
            self._plan,
            **values,
            layers=self.layers.chosen,
            layer_sparsity=self.layers.own_sparsities,
            exclude=self.exclude.chosen,
        )
        self.plan_edited.emit(self._plan)


def _section_of(name: str) -> str:
    return next((spec.section for spec in FIELDS if spec.name == name), PRUNED)


def _unused(plan: PruningPlan) -> set[str]:
    """Return the fields that a plan's other fields make meaningless."""
    unused = set()
    if not plan.has_blocks:
        unused.add("block_pooling")
    if plan.sparsity_m_by_n is not None:
        unused |= {spec.name for spec in FIELDS if spec.section == SCHEDULE}
        # Its choice is refused beside M:N where it goes by rounds.
        unused.discard("schedule")
    if plan.schedule not in _RISING:
        unused |= {"initial_sparsity", "power"}
    if plan.schedule == "one-shot":
        unused |= {"end_step", "frequency"}
    return unused


def _summaries(plan: PruningPlan) -> dict[str, str]:
    pattern = "single weights"
    if plan.sparsity_m_by_n:
        pattern = "m by n"
    elif plan.has_blocks:
        pattern = "blocks"
    return {
        SCHEDULE: f"{plan.schedule} to {plan.final_sparsity}",
        PRUNED: f"{pattern} by {plan.criterion}",
        TRAINING: f"{plan.epochs} epochs, {plan.optimizer}",
    }
