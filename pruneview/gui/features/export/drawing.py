"""A heatmap for a file: drawn from the weights for the file's own pixels. No Qt here.

What the window shows is for the window's pixels, and for its moment.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.gui.controllers.selected import SelectedWeight
from pruneview.gui.features.what_if.shares import shares_of
from pruneview.runs.export.writing import ExportCancelled, ExportError, Progress
from pruneview.sparsity.counting.histogram import MagnitudeHistogram
from pruneview.sparsity.pictures.banded import band_rows
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.live import FrameRenderer, LiveFrame, ViewRequest
from pruneview.sparsity.pictures.picture import Picture, align, whole
from pruneview.sparsity.pictures.tone import Quantity

#: Of larger regions a threshold is shown by colours only, as in the window.
_CELLS_AT_MOST = 1 << 25


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture for a file.

    Attributes
    ----------
    threshold
        One that a person tries; None: nobody does.
    shares
        What of each pixel it would take; None where only colours tell.
    """

    picture: Picture
    histogram: MagnitudeHistogram | None
    threshold: float | None = None
    shares: NDArray[np.uint8] | None = None


def draw_selected(
    contents: SelectedWeight,
    canvas: Canvas,
    request: ViewRequest,
    threshold: float | None,
    progress: Progress,
) -> Drawn:
    """Draw a weight of a file, in strips: no more of it is read at a time.

    Raises
    ------
    ExportCancelled, FormatError
    """
    block = request.block
    region = align(request.region or whole(canvas), block, canvas)
    rows = band_rows(canvas, block[0])
    strips: list[Picture] = []
    for top in range(region.top, region.bottom, rows):
        progress.at((top - region.top) / region.height)
        strip = replace(region, top=top, bottom=min(top + rows, region.bottom))
        drawn = contents.draw(
            replace(request, region=strip), lambda _coarse: None, progress.cancelled
        )
        if drawn is None:
            raise ExportCancelled
        strips.append(drawn)
    codes = np.concatenate([strip.codes for strip in strips])
    codes.flags.writeable = False
    picture = replace(strips[0], codes=codes, region=region)
    shares = None
    if threshold is not None and region.height * region.width <= _CELLS_AT_MOST:
        shares = shares_of(contents, picture, threshold).codes
    return Drawn(picture, contents.histogram, threshold, shares)


def draw_moment(
    frame: LiveFrame,
    request: ViewRequest,
    baseline: Callable[[], NDArray[Any] | None],
) -> Drawn:
    """Draw a weight as it was at the moment of a picture that a run sent.

    In that picture's order, which is that of the run's first.

    Raises
    ------
    ExportError
        Where the difference is asked for, to a baseline that cannot be read.
    """
    before = baseline() if request.display.quantity is Quantity.DIFFERENCE else None
    if before is None and request.display.quantity is Quantity.DIFFERENCE:
        raise ExportError(
            "The difference cannot be drawn: the model that the run began with is not "
            "to be read. Open it, or show the values."
        )
    order = frame.picture.order
    renderer = FrameRenderer(request, baseline=lambda: before, order=order)
    again = renderer.render(frame.values, frame.step, frame.threshold, frame.gradient)
    return Drawn(again.picture, again.histogram)
