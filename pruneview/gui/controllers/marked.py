"""Statistics and text of a rectangle of cells. No Qt here."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.gui import units
from pruneview.gui.controllers.selected import SelectedWeight
from pruneview.sparsity.counting.statistics import WeightStatistics
from pruneview.sparsity.counting.streaming import StreamingStatistics
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.order import Order
from pruneview.sparsity.pictures.picture import Region


def measure_region(
    contents: SelectedWeight,
    canvas: Canvas,
    region: Region,
    order: Order,
    cancelled: Callable[[], bool] = lambda: False,
) -> WeightStatistics | None:
    """Count and measure the weights of a region; None where `cancelled` turned true."""
    found = StreamingStatistics()
    for band, covered in _bands(contents, canvas, region, order):
        if cancelled():
            return None
        found.add(band if covered is None else band[covered])
    return found.statistics()


def text_of_rows(
    contents: SelectedWeight, canvas: Canvas, region: Region, order: Order
) -> str:
    """Return a region's values, a line for each row, tabulators between them."""
    lines = []
    for band, covered in _bands(contents, canvas, region, order):
        for number, row in enumerate(band):
            values = row if covered is None else row[covered[number]]
            if values.size:
                lines.append("\t".join(f"{value:.9g}" for value in values.tolist()))
    return "\n".join(lines)


def words_about(
    found: WeightStatistics, region: Region, things: str = "weights"
) -> str:
    """Return a line about the weights of a region, or about their gradients."""
    share = found.zeros / found.size if found.size else 0.0
    square = found.standard_deviation**2 + found.mean**2
    norm = math.sqrt(square * (found.size - found.not_finite))
    words = (
        f"Marked, {units.count(region.height)} × {units.count(region.width)} cells: "
        f"{units.count(found.size)} {things}, {units.count(found.zeros)} exactly zero "
        f"({units.percent(share)})"
    )
    if found.size > found.not_finite:
        words += (
            f", {units.value(found.minimum)} to {units.value(found.maximum)}, "
            f"mean {units.value(found.mean)}, "
            f"standard deviation {units.value(found.standard_deviation)}, "
            f"norm {units.value(norm)}"
        )
    return words + "."


def _bands(
    contents: SelectedWeight, canvas: Canvas, region: Region, order: Order
) -> Iterator[tuple[NDArray[Any], NDArray[np.bool_] | None]]:
    top = region.top
    for band in contents.cells(region, order):
        bottom = top + len(band)
        covered = canvas.covered
        if covered is not None:
            covered = covered[top:bottom, region.left : region.right]
        yield band, covered
        top = bottom
