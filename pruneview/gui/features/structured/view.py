"""What `StructuredController` needs of a window."""

from collections.abc import Mapping
from typing import Protocol

from pruneview.gui.features.structured.coupling import CoupledRow
from pruneview.gui.features.structured.strip import StripBars
from pruneview.pruning.structured.plan import ShrinkPlan
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.picture import Region


class StructuredView(Protocol):
    """Shows units, what goes together with them, and what would go."""

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
