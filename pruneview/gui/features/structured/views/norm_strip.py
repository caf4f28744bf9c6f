"""Bars beside the heatmap: how much each unit weighs, and the line of the cut."""

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter

from pruneview.gui import units
from pruneview.gui.features.structured.strip import StripBars
from pruneview.gui.theme import Theme
from pruneview.gui.views.plots import plot_font

_THICKNESS = 74


class _Bars(pg.GraphicsObject):
    """The bars; kept ones are filled, those that would go are hatched."""

    def __init__(self, theme: Theme, *, across: bool) -> None:
        super().__init__()
        self._theme = theme
        self._across = across
        self.bars: StripBars | None = None
        self.edges: NDArray[np.float64] | None = None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show(self, bars: StripBars | None) -> None:
        self.prepareGeometryChange()
        self.bars = bars
        self.update()

    def boundingRect(self) -> QRectF:
        bars = self.bars
        if bars is None or not len(bars.starts):
            return QRectF()
        top = float(np.nanmax(bars.heights, initial=0.0)) or 1.0
        extent = float(bars.ends[-1])
        return QRectF(0, 0, extent, top) if self._across else QRectF(0, 0, top, extent)

    def paint(self, painter: QPainter, *_: object) -> None:
        bars = self.bars
        if bars is None:
            return
        starts, ends = bars.starts, bars.ends
        if self.edges is not None:
            starts = np.interp(starts, np.arange(len(self.edges)), self.edges)
            ends = np.interp(ends, np.arange(len(self.edges)), self.edges)
        pixel = self.getViewBox().viewPixelSize()[0 if self._across else 1]
        solid, other = QColor(self._theme.actual), QColor(self._theme.baseline)
        hatch = QBrush(QColor(self._theme.text), Qt.BrushStyle.BDiagPattern)
        painter.setPen(Qt.PenStyle.NoPen)
        transform = painter.transform()
        painter.save()
        painter.resetTransform()
        for start, end, height, gone, active in _thinned(starts, ends, bars, pixel):
            box = (
                QRectF(start, 0, end - start, height)
                if self._across
                else QRectF(0, start, height, end - start)
            )
            shape = transform.mapRect(box)
            if shape.width() > 4 and shape.height() > 4:
                shape.adjust(0.5, 0, -0.5, 0) if self._across else shape.adjust(
                    0, 0.5, 0, -0.5
                )
            colour = solid if active else other
            if gone:
                painter.fillRect(shape, QColor(self._theme.raised))
                painter.fillRect(shape, hatch)
            else:
                painter.fillRect(shape, colour)
        painter.restore()


def _thinned(
    starts: NDArray[np.float64],
    ends: NDArray[np.float64],
    bars: StripBars,
    pixel: float,
) -> list[tuple[float, float, float, bool, bool]]:
    """Return the bars, the highest of those that share a pixel."""
    wide = ends > starts
    wide &= np.isfinite(bars.heights)
    heights = bars.heights[wide]
    parts = (starts[wide], ends[wide], heights, bars.gone[wide], bars.active[wide])
    if wide.any() and pixel > 0 and (parts[1] - parts[0]).mean() < pixel:
        place = np.floor(parts[0] / pixel).astype(np.int64)
        order = np.lexsort((heights, place))
        last = np.append(np.diff(place[order]) != 0, True)
        chosen = order[last]
        parts = (
            place[chosen] * pixel,
            (place[chosen] + 1) * pixel,
            heights[chosen],
            parts[3][chosen],
            parts[4][chosen],
        )
    return list(zip(*(part.tolist() for part in parts), strict=True))


def _round_below(number: float) -> float:
    """Return the largest of 1, 2, 5, 10, 20, ... times a power of ten not above."""
    power = 10.0 ** math.floor(math.log10(number))
    return max(f * power for f in (1, 2, 5) if f * power <= number * (1 + 1e-9))


class NormStrip(pg.QtCore.QObject):
    """A strip in the same layout as a heatmap, so that the two are always aligned.

    Parameters
    ----------
    plot
        The heatmap's plot.
    across
        Whether it lies below, with a bar for each column; else it stands at the right,
        with a bar for each row.

    Signals
    -------
    line_moved
        A person has dragged the line to that score.
    """

    line_moved = Signal(float)

    def __init__(self, plot: pg.PlotItem, theme: Theme, *, across: bool) -> None:
        super().__init__()
        self._across = across
        self._plot = plot
        self._box = pg.ViewBox(enableMenu=False, enableMouse=False)
        self._axis = pg.AxisItem("left" if across else "top")
        self._axis.enableAutoSIPrefix(False)
        self._axis.linkToView(self._box)
        self._bars = _Bars(theme, across=across)
        self._box.addItem(self._bars, ignoreBounds=True)
        self._line = pg.InfiniteLine(angle=0 if across else 90, movable=True)
        self._box.addItem(self._line, ignoreBounds=True)
        self._top = 1.0
        self._moving = False
        if across:
            plot.layout.addItem(self._box, 4, 1)
            plot.layout.addItem(self._axis, 4, 0)
            self._box.setXLink(plot.vb)
        else:
            plot.layout.addItem(self._box, 2, 3)
            plot.layout.addItem(self._axis, 1, 3)
            self._box.invertY(True)
            self._box.setYLink(plot.vb)
        self._line.sigDragged.connect(self._drag)
        self.set_theme(theme)
        self.show(None)

    def set_theme(self, theme: Theme) -> None:
        self._bars.set_theme(theme)
        font = plot_font(theme)
        self._axis.setPen(pg.mkPen(theme.border))
        self._axis.setTextPen(pg.mkPen(theme.text))
        self._axis.setTickFont(font)
        self._axis.label.setFont(font)
        width = theme.curve_pixels + 1
        self._line.setPen(pg.mkPen(theme.error, width=width))
        self._line.setHoverPen(pg.mkPen(theme.text, width=width + 1))
        self._box.setBorder(pg.mkPen(theme.border))

    def show(self, bars: StripBars | None) -> None:
        """Show bars, or nothing: the strip then takes no room."""
        self._bars.show(bars)
        known = bars is not None and bool(np.isfinite(bars.heights).any())
        thickness = self._room() if known else 0
        if self._across:
            self._box.setMinimumHeight(thickness)
            self._box.setMaximumHeight(thickness)
        else:
            self._box.setMinimumWidth(thickness)
            self._box.setMaximumWidth(thickness)
        for part in (self._box, self._axis):
            part.setVisible(known)
        if bars is None or not known:
            self._line.setVisible(False)
            return
        self._axis.setLabel(bars.title)
        self._top = max(float(np.nanmax(bars.heights)), 1e-12)
        round_number = _round_below(0.9 * self._top)
        ticks = [(0.0, "0"), (round_number, units.value(round_number))]
        self._axis.setTicks([ticks])
        limits = (-0.02 * self._top, self._top * 1.06)
        if self._across:
            self._box.setYRange(*limits, padding=0)
        else:
            self._box.setXRange(*limits, padding=0)
        self._line.setBounds((0.0, self._top * 1.05))
        self._line.setVisible(bars.line is not None)
        if bars.line is not None and not self._line.moving:
            self._line.setValue(min(bars.line, self._top * 1.05))

    def _room(self) -> int:
        """Return how thick it may be: the heatmap stays the larger part."""
        rect = self._plot.vb.size()
        room = rect.height() if self._across else rect.width()
        return int(max(_THICKNESS / 2, min(_THICKNESS, room / 4)))

    def close_up(self, edges: NDArray[np.float64] | None) -> None:
        """Move the bars to where their cells are now; None: where they were."""
        self._bars.edges = edges
        self._bars.update()

    @property
    def bars(self) -> StripBars | None:
        """What is shown."""
        return self._bars.bars

    @property
    def line(self) -> pg.InfiniteLine:
        """The line that can be dragged."""
        return self._line

    def _drag(self) -> None:
        self.line_moved.emit(float(self._line.value()))
