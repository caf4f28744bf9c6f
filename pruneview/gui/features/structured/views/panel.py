"""The panel of the feature: what goes together, and making the model smaller."""

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QTabWidget

from pruneview.gui.features.structured.coupling import CoupledRow
from pruneview.gui.features.structured.strip import StripBars
from pruneview.gui.features.structured.views.on_heatmap import OnHeatmap
from pruneview.gui.features.structured.views.scrolling import scrolling
from pruneview.gui.features.structured.views.shrink_form import ShrinkForm
from pruneview.gui.features.structured.views.units_panel import UnitsPanel
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.picture import Region


class StructuredPanel(QTabWidget):
    """The view of `StructuredController`, with what lies on the heatmap."""

    def __init__(self, on_heatmap: OnHeatmap) -> None:
        super().__init__()
        self.on_heatmap = on_heatmap
        self.units = UnitsPanel()
        self.form = ShrinkForm()
        self.addTab(scrolling(self.units), "Goes together")
        self.addTab(scrolling(self.form), "Shrink")

    def show_message(self, sentence: str) -> None:
        self.units.show_message(sentence)

    def show_unit(
        self, title: str, rows: list[CoupledRow], current: str, *, held: bool
    ) -> None:
        self.units.show_unit(title, rows, current, held=held)

    def show_marks(
        self, canvas: Canvas | None, unit: list[Region], gone: list[Region]
    ) -> None:
        self.on_heatmap.show_marks(canvas, unit, gone)

    def show_bars(self, bars: StripBars | None, *, across: bool) -> None:
        self.on_heatmap.show_bars(bars, across=across)

    def show_summary(self, sentence: str) -> None:
        self.units.summary.setText(sentence)
        self.form.summary.setText(sentence)

    def show_plan(
        self, plan: ShrinkPlan, problems: Mapping[str, str], shrinkable: bool
    ) -> None:
        with QSignalBlocker(self.units.criterion):
            self.units.criterion.setCurrentText(plan.criterion)
        self.units.same.setEnabled(bool(plan.ratios))
        self.form.show_plan(plan, problems, shrinkable=shrinkable)

    def show_cut(self, group: str, gone: int, at_most: int) -> None:
        self.units.show_cut(group, gone, at_most)

    def show_excluded(self, rows: list[tuple[str, str]]) -> None:
        self.form.show_excluded(rows)
