"""Which unit is followed, and which would go. No Qt here."""

from collections.abc import Callable, Mapping

from pruneview.formats import ModelFile, Weight
from pruneview.gui.features.structured import words
from pruneview.gui.features.structured.choice import UnitChoice
from pruneview.gui.features.structured.coupling import (
    AxisUnits,
    Coupling,
    Keep,
    Unit,
)
from pruneview.gui.features.structured.scoring import build_coupling, score
from pruneview.gui.features.structured.strip import bars_of, group_along
from pruneview.gui.features.structured.view import StructuredView
from pruneview.pruning.structured.graph import Group
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.lines import Lines, regions_of
from pruneview.sparsity.pictures.order import UNSORTED, Order
from pruneview.workers.reader_pool import Answer, ReaderPool

GRAPH, SCORES = "structured graph", "structured scores"


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
        self.choice = UnitChoice()
        self.coupling: Coupling | None = None
        self.role = "produces"
        self.held = False
        self.unit: Unit | None = None
        self.on_chosen: Callable[[], None] = lambda: None
        self._model: ModelFile | None = None
        self._weight: Weight | None = None
        self._canvas: Canvas | None = None
        self._order = UNSORTED
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
        self.coupling = self.unit = None
        self._macs = {}
        self.held = self._asked = False
        self.choice.forget()
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
            self.choice.scores, self.choice.keep = None, {}
            self._view.show_message(words.failure(answer.error))
            self._show_all()
        elif answer.channel == GRAPH:
            self._have_graph(answer.value)
        else:
            self.choice.scores = answer.value
            self._chosen(self.choice.choose(self.coupling))
        return True

    @property
    def plan(self) -> ShrinkPlan:
        """What is to go."""
        return self.choice.plan

    @property
    def keep(self) -> Keep:
        """Which units of each group stay."""
        return self.choice.keep

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
        self.choice.plan = plan
        self._chosen(self.choice.choose(self.coupling))
        if rescored and self.coupling is not None:
            # The last scores stand until then, so that nothing flickers.
            self._ask_scores()

    def cut_at(self, score_at_line: float) -> None:
        """Let all units of the group go that score less."""
        group = self.group
        if group is not None:
            self.cut(self.choice.below(group, score_at_line))

    def cut(self, number: int) -> None:
        """Let so many units of the group go, the lowest ones; one at least stays."""
        group = self.group
        if group is None or self.coupling is None or not group.removable:
            return
        number = max(0, min(number, group.size - 1))
        if self.plan.ratios.get(group.id) != number / group.size:
            self._chosen(self.choice.cut(self.coupling, group, number))

    def move_cut(self, by: int) -> None:
        """Let so many more units of the group go."""
        group = self.group
        if group is not None and group.id in self.keep:
            self.cut(self.choice.gone(group) + by)

    # What follows from it

    @property
    def group(self) -> Group | None:
        """The group that is cut: of the unit followed, or of the weight on show."""
        units = self._units
        if units is None or self.coupling is None:
            return None
        return group_along(self.coupling, units, self.unit)

    @property
    def _units(self) -> AxisUnits | None:
        if self.coupling is None or self._weight is None:
            return None
        return self.coupling.axis_of_role(self._weight.path, self.role)

    def leaving_order(self) -> list[int]:
        """Return the units that would leave the weight on show, the lowest first."""
        scores = self.choice.scores
        if self.coupling is None or self._weight is None or scores is None:
            return []
        return self.coupling.leaving_order(
            self._weight.path, self.keep, scores.by_group
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

    def _chosen(self, problems: dict[str, str]) -> None:
        if self.choice.scores is not None and not problems:
            self._view.show_message("")
        shrinkable = self.coupling is not None and bool(self.coupling.removable)
        self._view.show_plan(self.plan, problems, shrinkable)
        self.on_chosen()
        self._show_all()

    def _show_all(self) -> None:
        self._show_unit()
        self._show_summary()

    def _show_unit(self) -> None:
        self._show_marks()
        title, rows = "", []
        if self.active and self.unit is not None and self.coupling is not None:
            rows = self.coupling.rows(self.unit)
            title = words.unit_title(self.unit, self.choice.score_of(self.unit))
        current = self._weight.path if self._weight else ""
        self._view.show_unit(title, rows, current, held=self.held)
        self._show_bars()

    def _show_marks(self) -> None:
        coupling, weight, canvas = self.coupling, self._weight, self._canvas
        if not self.active or coupling is None or weight is None or canvas is None:
            self._view.show_marks(None, [], [])
            return
        where = coupling.where(weight.path, self.unit) if self.unit else {}
        gone = coupling.gone(weight.path, self.keep)
        unit_cells, gone_cells = (
            regions_of(canvas, self._order, flags) for flags in (where, gone)
        )
        self._view.show_marks(canvas, unit_cells, gone_cells)

    def _show_bars(self) -> None:
        units, group, canvas = self._units, self.group, self._canvas
        bars, across = None, True
        if self.active and units and canvas and self.coupling:
            lines = Lines(canvas, units.axis, self._order)
            across = lines.is_across
            bars = bars_of(lines, units, self.coupling, self.choice, group)
        self._view.show_bars(bars, across=across)
        if bars is None or group is None or group.id not in self.keep:
            self._view.show_cut("", 0, 0)
        else:
            gone = self.choice.gone(group)
            self._view.show_cut(words.group_title(group), gone, group.size - 1)

    def _show_summary(self) -> None:
        sentence = ""
        if self.active and self.coupling is not None and self.keep:
            sentence = words.summary(self.coupling, self.keep, self._macs)
        self._view.show_summary(sentence)
