"""Which unit is followed, and which would go. No Qt here."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pruneview.formats import ModelFile, Weight
from pruneview.gui.features.structured import words
from pruneview.gui.features.structured.coupling import (
    AxisUnits,
    CoupledRow,
    Coupling,
    Keep,
    Unit,
)
from pruneview.gui.features.structured.scoring import Scores, build_coupling, score
from pruneview.gui.features.structured.strip import StripBars, bars_of
from pruneview.pruning.structured.choose import choose_units
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import Group
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.sparsity.canvas import Canvas
from pruneview.sparsity.lines import Lines
from pruneview.sparsity.order import UNSORTED, Order
from pruneview.sparsity.picture import Region
from pruneview.workers.reader_pool import Answer, ReaderPool

GRAPH, SCORES = "structured graph", "structured scores"


class StructuredView(Protocol):
    """What the controller needs of a window."""

    def show_message(self, sentence: str) -> None: ...
    def show_unit(
        self, title: str, rows: list[CoupledRow], current: str, *, held: bool
    ) -> None: ...
    def show_marks(
        self, canvas: Canvas | None, unit: list[Region], gone: list[Region]
    ) -> None: ...
    def show_bars(self, bars: StripBars | None, *, across: bool) -> None: ...
    def show_summary(self, sentence: str) -> None: ...
    def show_plan(
        self, plan: ShrinkPlan, problems: Mapping[str, str], shrinkable: bool
    ) -> None: ...
    def show_cut(self, group: str, gone: int, at_most: int) -> None: ...
    def show_excluded(self, rows: list[tuple[str, str]]) -> None: ...


class StructuredController:
    """Follows units through a model's weights.

    Parameters
    ----------
    pool
        Where the graph is made and units are scored.
    """

    def __init__(self, pool: ReaderPool, view: StructuredView) -> None:
        self._pool = pool
        self._view = view
        self.active = False
        self.plan = ShrinkPlan()
        self.coupling: Coupling | None = None
        self.keep: Keep = {}
        self.role = "produces"
        self.held = False
        self.unit: Unit | None = None
        self.on_chosen: Callable[[], None] = lambda: None
        self._model: ModelFile | None = None
        self._weight: Weight | None = None
        self._canvas: Canvas | None = None
        self._order = UNSORTED
        self._scores: Scores | None = None
        self._macs: Mapping[str, int] = {}
        self._asked = False

    # What happens around it

    def activate(self, *, on: bool) -> None:
        """Begin, when it is looked at for the first time; or show nothing."""
        self.active = on
        if on and self._model is not None and not self._asked:
            self._ask_graph()
        self._show_all()

    def set_model(self, model: ModelFile) -> None:
        """Forget the last model's units."""
        for channel in (GRAPH, SCORES):
            self._pool.cancel(channel)
        self._model = model
        self.coupling = self._scores = self.unit = None
        self.keep, self._macs = {}, {}
        self.held = self._asked = False
        self.plan = dataclasses.replace(self.plan, ratios={})
        self._view.show_excluded([])
        self._view.show_message("")
        if self.active:
            self._ask_graph()
        self._show_all()

    def set_weight(
        self, weight: Weight | None, canvas: Canvas | None, order: Order = UNSORTED
    ) -> None:
        """Another weight is on show, or the same one laid out in another way."""
        self._weight, self._canvas, self._order = weight, canvas, order
        self._show_all()

    def set_macs(self, macs: Mapping[str, int]) -> None:
        """Multiplications of each layer were measured, for one sample."""
        self._macs = macs
        self._show_summary()

    def answer(self, answer: Answer) -> bool:
        """Take an answer of the reader pool, if it is one of these."""
        if answer.channel not in {GRAPH, SCORES}:
            return False
        if answer.error is not None:
            self._failed(answer.error)
        elif answer.channel == GRAPH:
            self._have_graph(answer.value)
        else:
            self._scores = answer.value
            self._choose()
        return True

    # What a person does

    def hover(self, cell: tuple[int, int] | None) -> None:
        """Follow the unit under the cursor, unless one is held."""
        if self.held or cell is None or not self.active:
            return
        unit = self._unit_at(cell)
        if unit is not None and unit != self.unit:
            self.unit = unit
            self._show_unit()

    def press(self, cell: tuple[int, int]) -> None:
        """Hold the unit there; let it go where it was held."""
        unit = self._unit_at(cell) if self.active else None
        if unit is None:
            return
        self.held = not (self.held and unit == self.unit)
        self.unit = unit
        self._show_unit()

    def hold(self, *, on: bool) -> None:
        """Keep following this unit wherever the cursor goes, or let it go."""
        self.held = on and self.unit is not None
        self._show_unit()

    def move(self, by: int) -> None:
        """Follow and hold the next unit of the group, or the one before."""
        group = self.group
        if group is None:
            return
        followed = self.unit is not None and self.unit.group is group
        at = self.unit.number + by if followed and self.unit else 0
        self.unit, self.held = Unit(group, at % group.size), True
        self._show_unit()

    def follow(self, role: str) -> None:
        """Follow units that the weight ``produces``, or that it ``consumes``."""
        self.role = role
        if not self.held:
            self.unit = None
        self._show_all()

    def edit(self, plan: ShrinkPlan) -> None:
        """Choose units by another plan."""
        rescored = plan.criterion != self.plan.criterion
        self.plan = plan
        if rescored and self.coupling is not None:
            self._scores = None
            self._ask_scores()
        self._choose()

    def cut_at(self, score_at_line: float) -> None:
        """Let all units of the group go that score less."""
        group = self.group
        if group is not None and self._scores is not None:
            scores = self._scores.by_group[group.id]
            self.cut(int((scores < score_at_line).sum()))

    def cut(self, number: int) -> None:
        """Let so many units of the group go, the lowest ones; one at least stays."""
        group = self.group
        if group is None or not group.removable:
            return
        number = max(0, min(number, group.size - 1))
        ratios = {**self.plan.ratios, group.id: number / group.size}
        if ratios != self.plan.ratios:
            known = group.id in self.plan.ratios or self.plan.scope == "layer"
            self.plan = dataclasses.replace(self.plan, ratios=ratios)
            self._choose(only=group if known else None)

    def move_cut(self, by: int) -> None:
        """Let so many more units of the group go."""
        group = self.group
        if group is not None and group.id in self.keep:
            self.cut(int((~self.keep[group.id]).sum()) + by)

    def same_for_all(self) -> None:
        """Forget the cuts of single groups."""
        self.edit(dataclasses.replace(self.plan, ratios={}))

    # What follows from it

    @property
    def group(self) -> Group | None:
        """The group that is cut: of the unit followed, or of the weight on show."""
        units = self._units
        if units is None or self.coupling is None:
            return None
        present = [self.coupling.unit(int(flat)) for flat in np.unique(units.flat)]
        groups = list({u.group.id: u.group for u in present if u}.values())
        if self.unit is not None and self.unit.group in groups:
            return self.unit.group
        free = [group for group in groups if group.removable]
        return max(free or groups, key=lambda g: g.size, default=None)

    @property
    def _units(self) -> AxisUnits | None:
        if self.coupling is None or self._weight is None:
            return None
        return self.coupling.axis_of_role(self._weight.path, self.role)

    def leaving_order(self) -> list[int]:
        """Return the units that would leave the weight on show, the lowest first."""
        if self.coupling is None or self._weight is None or self._scores is None:
            return []
        return self.coupling.leaving_order(
            self._weight.path, self.keep, self._scores.by_group
        )

    def _unit_at(self, cell: tuple[int, int]) -> Unit | None:
        if self.coupling is None or self._canvas is None or self._weight is None:
            return None
        index = self._canvas.index_at(*cell)
        if index is None:
            return None
        index = self._order.index(index)
        return self.coupling.unit_at(self._weight.path, index, self.role)

    # Inside

    def _ask_graph(self) -> None:
        model = self._model
        assert model is not None
        self._asked = True
        self._view.show_message("Following what depends on what…")
        self._pool.submit(GRAPH, lambda _request: build_coupling(model))

    def _ask_scores(self) -> None:
        coupling, plan = self.coupling, self.plan
        assert coupling is not None
        if coupling.removable:
            self._view.show_message(f"Scoring units by {plan.criterion}…")
            self._pool.submit(SCORES, lambda job: score(coupling, plan, job))

    def _have_graph(self, coupling: Coupling) -> None:
        self.coupling = coupling
        excluded = [(e.layer_path, e.reason) for e in coupling.graph.excluded]
        self._view.show_excluded(excluded)
        self._view.show_message(
            "" if coupling.removable else words.nothing_removable(excluded)
        )
        self._ask_scores()
        self._show_all()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, ValueError | OSError | MemoryError):
            sentence = str(error) or "There is not enough memory to score the units."
        else:
            sentence = f"Units cannot be followed in this model: {error!r}"
        self._view.show_message(sentence)
        self._show_all()

    def _choose(self, only: Group | None = None) -> None:
        """Choose units by the plan; those of other groups stand, where `only` is one.

        While a line is dragged there is no time for all groups of a large model.
        """
        problems = dict(self.plan.validate())
        plan = self.plan
        if only is not None and only.id in self.keep:
            plan = dataclasses.replace(plan, layers=(only.id,))
        if self.coupling is not None and self._scores is not None and not problems:
            try:
                choice = choose_units(self.coupling.graph, self._scores.by_group, plan)
            except ShrinkError as error:
                problems["ratio"] = str(error)
            else:
                others = self.keep if plan is not self.plan else {}
                self.keep = {**others, **choice.keep}
                self._view.show_message("")
        shrinkable = self.coupling is not None and bool(self.coupling.removable)
        self._view.show_plan(self.plan, problems, shrinkable)
        self.on_chosen()
        self._show_unit()
        self._show_bars()
        self._show_summary()

    def _show_all(self) -> None:
        self._show_unit()
        self._show_bars()
        self._show_summary()

    def _show_unit(self) -> None:
        self._show_marks()
        title, rows = "", []
        if self.active and self.unit is not None and self.coupling is not None:
            rows = self.coupling.rows(self.unit)
            title = words.unit_title(self.unit, self._score_of(self.unit))
        current = self._weight.path if self._weight else ""
        self._view.show_unit(title, rows, current, held=self.held)
        self._show_bars()

    def _score_of(self, unit: Unit) -> tuple[str, float] | None:
        if self._scores is None or unit.group.id not in self._scores.by_group:
            return None
        scores = self._scores.by_group[unit.group.id]
        return self._scores.criterion, float(scores[unit.number])

    def _show_marks(self) -> None:
        coupling, weight, canvas = self.coupling, self._weight, self._canvas
        if not self.active or coupling is None or weight is None or canvas is None:
            self._view.show_marks(None, [], [])
            return
        where = coupling.where(weight.path, self.unit) if self.unit else {}
        gone = coupling.gone(weight.path, self.keep)
        self._view.show_marks(canvas, self._covered(where), self._covered(gone))

    def _show_bars(self) -> None:
        units, group = self._units, self.group
        across = True
        bars = None
        if (
            self.active
            and units is not None
            and self._canvas is not None
            and self._scores is not None
            and self.coupling is not None
        ):
            lines = Lines(self._canvas, units.axis, self._order)
            across = lines.is_across
            bars = bars_of(
                lines,
                units,
                self.coupling,
                scores=self._scores,
                keep=self.keep,
                group=group,
            )
        self._view.show_bars(bars, across=across)
        if bars is None or group is None or group.id not in self.keep:
            self._view.show_cut("", 0, 0)
        else:
            gone = int((~self.keep[group.id]).sum())
            self._view.show_cut(words.group_title(group), gone, group.size - 1)

    def _show_summary(self) -> None:
        sentence = ""
        if self.active and self.coupling is not None and self.keep:
            sentence = words.summary(self.coupling, self.keep, self._macs)
        self._view.show_summary(sentence)

    def _covered(self, flags: dict[int, NDArray[np.bool_]]) -> list[Region]:
        assert self._canvas is not None
        return [
            region
            for axis, chosen in flags.items()
            if chosen.any()
            for region in Lines(self._canvas, axis, self._order).covers(chosen)
        ]
