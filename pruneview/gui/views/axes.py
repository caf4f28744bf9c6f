"""Axes of the plots: indices of weights and tiles, counts on a log scale."""

import math

import pyqtgraph as pg
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QGraphicsSceneResizeEvent

from pruneview.sparsity.pictures.canvas import GridAxis
from pruneview.sparsity.pictures.order import SortBy, Sorted

_SORTED = {
    SortBy.NORM: "largest norm first",
    SortBy.SPARSITY: "fewest zeros first",
}


#: More labels on a high axis of values are read no better.
_VALUES_AT_MOST = 12


def nice_step(at_least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, ... that is not below."""
    if at_least <= 1:
        return 1
    power = 10 ** math.floor(math.log10(at_least))
    for factor in (1, 2, 5, 10):
        if factor * power >= at_least:
            return int(factor * power)
    return int(10 * power)


def letter_scale(axis: pg.AxisItem) -> float:
    """Return how much more room an axis's letters need than those of 10 points."""
    font = axis.style.get("tickFont")
    return max(1.0, font.pointSizeF() / 10) if font else 1.0


class IndexAxis(pg.AxisItem):
    """Labels cells, or tiles where there are several, at their middles."""

    def __init__(self, orientation: str) -> None:
        self._titles: tuple[str, ...] = ("",)
        super().__init__(orientation)
        self._grid: GridAxis | None = None
        self._labels_step = 1
        self._sorted: Sorted | None = None
        self.enableAutoSIPrefix(False)

    def set_grid(self, grid: GridAxis | None, labels_step: int = 1) -> None:
        """Say what is along the axis; tile n is labelled n times `labels_step`."""
        self._grid = grid
        self._labels_step = labels_step
        self.set_sorted(None)

    def set_sorted(self, order: Sorted | None, *, wrapped: bool = False) -> None:
        """Say which index the n-th has; where lines are wrapped n is its rank."""
        title = self._grid.title if self._grid else ""
        self._titles = (title,)
        if order is not None:
            brief = f"by {order.by}" + (" rank" if wrapped else "")
            full = f"{title}, {_SORTED[order.by]}" + (", by rank" if wrapped else "")
            self._titles = full, f"{title}, {brief}", brief
        self._sorted = None if wrapped else order
        self._choose_title()
        self.picture = None
        self.update()

    def resizeEvent(self, event: QGraphicsSceneResizeEvent | None = None) -> None:
        super().resizeEvent(event)
        if self.label is not None:
            self._choose_title()

    def _choose_title(self) -> None:
        """Say how lines are sorted in few words where there is no room for more."""
        across = self.orientation in ("top", "bottom")
        room = self.size().width() if across else self.size().height()
        needed = QFontMetricsF(self.label.font()).horizontalAdvance
        fitting = (title for title in self._titles if not 0 < room < needed(title))
        title = next(fitting, self._titles[-1])
        if title != self.labelText:
            self.setLabel(title)

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        grid = self._grid
        if grid is None or maxVal == minVal or size <= 0:
            return []
        # Rows count downwards, and pyqtgraph then gives the ends the other way.
        low, high = sorted((minVal, maxVal))
        period = 1 if grid.count == 1 else grid.tile + grid.gap
        number = grid.tile if grid.count == 1 else grid.count
        middle = 0.5 if grid.count == 1 else grid.tile / 2
        room = 26 if self.orientation in ("left", "right") else 44
        wanted = room * letter_scale(self)
        step = nice_step(wanted * (high - low) / size / period)
        first = max(0, math.ceil((low - middle) / period / step)) * step
        last = min(number - 1, math.floor((high - middle) / period))
        ticks = [n * period + middle for n in range(first, last + 1, step)]
        return [(step * period, ticks)]

    def tickStrings(
        self, values: list[float], scale: float, spacing: float
    ) -> list[str]:
        grid = self._grid
        if grid is None:
            return []
        period = 1 if grid.count == 1 else grid.tile + grid.gap
        numbers = [int(value // period) for value in values]
        if self._sorted is not None:
            names = self._sorted.indices
            if max(numbers, default=0) < len(names):
                return [str(names[number]) for number in numbers]
        return [str(number * self._labels_step) for number in numbers]


class StepAxis(pg.AxisItem):
    """Training steps: whole numbers, as many as there is room for."""

    def __init__(self, orientation: str = "bottom") -> None:
        super().__init__(orientation)
        self.enableAutoSIPrefix(False)

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        if maxVal <= minVal or size <= 0:
            return []
        room = 56 * letter_scale(self)
        step = nice_step(room * (maxVal - minVal) / size)
        first, last = math.ceil(minVal / step), math.floor(maxVal / step)
        return [(step, [float(n * step) for n in range(first, last + 1)])]

    def tickStrings(
        self, values: list[float], scale: float, spacing: float
    ) -> list[str]:
        return [f"{value:,.0f}" for value in values]


class ValueAxis(pg.AxisItem):
    """Labels values with their unit, so that the axis needs no title."""

    def __init__(self, orientation: str = "left") -> None:
        super().__init__(orientation)
        self._unit = ""
        self.enableAutoSIPrefix(False)

    def set_unit(self, unit: str) -> None:
        """Say what is written after each number."""
        self._unit = f" {unit}" if unit else ""
        self.picture = None
        self.update()

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        if maxVal <= minVal or size <= 0:
            return []
        room = max(17 * letter_scale(self), size / _VALUES_AT_MOST)
        least = room * (maxVal - minVal) / size
        power = 10.0 ** math.floor(math.log10(least))
        step = nice_step(least / power) * power
        first, last = math.ceil(minVal / step), math.floor(maxVal / step)
        return [(step, [n * step for n in range(first, last + 1)])]

    def tickStrings(
        self, values: list[float], scale: float, spacing: float
    ) -> list[str]:
        return [f"{value:.4g}{self._unit}" for value in values]


class LogCountAxis(pg.AxisItem):
    """Shows counts; the plotted value is the count or its decimal logarithm."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.logarithmic = False
        self.enableAutoSIPrefix(False)

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        if not self.logarithmic:
            return super().tickValues(minVal, maxVal, size)
        powers = range(max(0, math.ceil(minVal)), math.floor(maxVal) + 1)
        return [(1.0, [float(p) for p in powers])]

    def tickStrings(
        self, values: list[float], scale: float, spacing: float
    ) -> list[str]:
        if self.logarithmic:
            return [f"{10 ** round(value):,}" for value in values]
        return [f"{value:,.0f}" if value >= 10 else f"{value:g}" for value in values]
