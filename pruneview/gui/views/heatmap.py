"""The heatmap of one weight: pan, zoom, and the value under the cursor."""

import time

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent

from pruneview.gui import colours
from pruneview.gui.theme import Theme
from pruneview.gui.views.axes import IndexAxis
from pruneview.gui.views.codes_item import CodesItem
from pruneview.gui.views.heatmap_selection import SelectingBox, Selection
from pruneview.gui.views.plots import dress_axes, paint_alone
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.picture import Picture, Region, whole

_REQUEST_DELAY_MS = 20
#: Moving pictures take at most this share of the window's time, within these rates.
_SHARE_OF_TIME = 0.05
_LEAST_PAUSE_MS, _MOST_PAUSE_MS = 55.0, 125.0
_SQUARE_UP_TO = 2.5


class HeatmapPlot(pg.PlotWidget):
    """Shows the pictures it is given, and says which cells are in view.

    Signals
    -------
    view_changed
        (Region, pixels down, pixels across): what is in view; wants a picture.
    cell_hovered
        (row, column) of the canvas, or None outside.
    region_selected
        Region of cells that a person has marked, or None.
    shown
        Another picture is shown.
    painted
        A picture has reached the screen for the first time.
    """

    view_changed = Signal(object, int, int)
    cell_hovered = Signal(object)
    region_selected = Signal(object)
    shown = Signal()
    painted = Signal()

    def __init__(self, theme: Theme) -> None:
        self._rows, self._columns = IndexAxis("left"), IndexAxis("top")
        super().__init__(
            axisItems={"left": self._rows, "top": self._columns},
            viewBox=SelectingBox(),
            enableMenu=False,
        )
        self.hideButtons()
        paint_alone(self)
        self.setFrameShape(self.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Heatmap of the selected weight")
        plot = self.getPlotItem()
        plot.showAxes((True, True, False, False), showValues=(True, True, False, False))
        plot.invertY(True)
        plot.vb.setDefaultPadding(0.02)
        self._image = CodesItem()
        self._frame = pg.QtWidgets.QGraphicsRectItem()
        plot.addItem(self._image)
        plot.addItem(self._frame)
        self._selection = Selection(plot.vb)
        plot.vb.dragged.connect(self._mark)
        self._theme = theme
        self._canvas: Canvas | None = None
        self._picture: Picture | None = None
        self._births: tuple[float, ...] = ()
        self._announced = False
        self._asking = QTimer(self, singleShot=True, interval=_REQUEST_DELAY_MS)
        self._asking.timeout.connect(self.ask)
        self._settling = QTimer(self, singleShot=True)
        self._settling.timeout.connect(self._colour)
        self._moved = self._cost = 0.0
        plot.vb.sigRangeChanged.connect(lambda *_: self._asking.start())
        plot.vb.sigResized.connect(lambda *_: self._asking.start())
        self.scene().sigMouseMoved.connect(self._hover)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setBackground(theme.surface)
        plot = self.getPlotItem()
        dress_axes(plot, theme, ("left", "top"), grid=False)
        self._frame.setPen(pg.mkPen(theme.border, width=0))
        self._selection.set_theme(theme)
        self._colour()

    def set_canvas(self, canvas: Canvas | None) -> None:
        """Prepare for another weight: the picture is gone, all of it is in view."""
        self._canvas = canvas
        self._picture = None
        self._image.clear()
        self._births = ()
        self.select(None)
        self._frame.setVisible(canvas is not None)
        plot = self.getPlotItem()
        if canvas is None:
            self._rows.set_grid(None)
            self._columns.set_grid(None)
            return
        wrap = canvas.columns.count if canvas.wrapped else 1
        self._rows.set_grid(None if canvas.is_strip else canvas.rows, wrap)
        self._columns.set_grid(canvas.columns)
        self._frame.setRect(QRectF(0, 0, canvas.width, canvas.height))
        long = max(canvas.width, canvas.height) / max(
            1, min(canvas.width, canvas.height)
        )
        # Cells are square unless that would leave most of the room empty.
        plot.vb.setAspectLocked(long <= _SQUARE_UP_TO, 1.0)
        margin = max(canvas.width, canvas.height)
        plot.vb.setLimits(
            xMin=-margin,
            xMax=canvas.width + margin,
            yMin=-margin,
            yMax=canvas.height + margin,
            minXRange=2,
            minYRange=min(2, canvas.height),
        )
        self.fit()

    def fit(self) -> None:
        """Bring all of the weight into view."""
        if self._canvas is not None:
            rect = QRectF(0, 0, self._canvas.width, self._canvas.height)
            self.getPlotItem().vb.setRange(rect, padding=0.02, disableAutoRange=True)
            self.ask()

    def zoom(self, factor: float) -> None:
        """Make the cells `factor` times as large, about the middle."""
        self.getPlotItem().vb.scaleBy((1 / factor, 1 / factor))

    def show_picture(
        self, picture: Picture, wave_births: tuple[float, ...] = ()
    ) -> None:
        """Put a picture in place of the last one."""
        before, self._picture = self._picture, picture
        self._births = wave_births
        if self._canvas is not None and (
            before is None or before.order is not picture.order
        ):
            down, across = picture.order.along(self._canvas)
            self._rows.set_sorted(down, wrapped=self._canvas.wrapped)
            self._columns.set_sorted(across, wrapped=self._canvas.wrapped)
            if self.selected is not None:  # other weights are in its cells now
                self.region_selected.emit(self.selected)
        codes: NDArray[np.uint8] = picture.codes
        region, (high, wide) = picture.region, picture.block
        rect = QRectF(
            region.left, region.top, codes.shape[1] * wide, codes.shape[0] * high
        )
        self._colour(codes, rect)
        self.shown.emit()

    def select(self, region: Region | None) -> None:
        """Mark a region of cells, or nothing."""
        if region != self._selection.region:
            self._selection.show(region)
            self.region_selected.emit(region)

    @property
    def selected(self) -> Region | None:
        """The region that is marked."""
        return self._selection.region

    @property
    def picture(self) -> Picture | None:
        """What is shown."""
        return self._picture

    @property
    def wave_births(self) -> tuple[float, ...]:
        """When the fresh zeros of the picture appeared; see `LiveFrame`."""
        return self._births

    def visible_region(self) -> Region | None:
        """Return the cells in view, at least one; None without a canvas."""
        if self._canvas is None:
            return None
        (left, right), (top, bottom) = self.getPlotItem().vb.viewRange()
        every = whole(self._canvas)
        first_row = min(max(0, int(top)), every.bottom - 1)
        first_column = min(max(0, int(left)), every.right - 1)
        return Region(
            first_row,
            max(first_row + 1, min(every.bottom, int(np.ceil(bottom)))),
            first_column,
            max(first_column + 1, min(every.right, int(np.ceil(right)))),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (-0.1, 0),
            Qt.Key.Key_Right: (0.1, 0),
            Qt.Key.Key_Up: (0, -0.1),
            Qt.Key.Key_Down: (0, 0.1),
        }
        key = Qt.Key(event.key())
        if key in moves:
            across, down = moves[key]
            box = self.getPlotItem().vb
            rect = box.viewRect()
            box.translateBy(x=across * rect.width(), y=down * rect.height())
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1.5)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / 1.5)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        started = time.thread_time()
        super().paintEvent(event)
        self._cost += time.thread_time() - started
        if self._picture is not None and not self._announced:
            self._announced = True
            self.painted.emit()

    def leaveEvent(self, event: object) -> None:
        self.cell_hovered.emit(None)
        super().leaveEvent(event)

    @property
    def pause(self) -> float:
        """Seconds from one moving picture to the next, by what the last has cost."""
        wanted = 1000 * self._cost / _SHARE_OF_TIME
        return min(max(wanted, _LEAST_PAUSE_MS), _MOST_PAUSE_MS) / 1000

    @property
    def is_rested(self) -> bool:
        """Whether it is time for another moving picture."""
        return time.monotonic() - self._moved >= self.pause

    def _colour(
        self, codes: NDArray[np.uint8] | None = None, rect: QRectF | None = None
    ) -> None:
        """Show codes in a rectangle, or only colour those already there anew."""
        if self._picture is None:
            self._settling.stop()
            return
        table = colours.table_of(self._theme, self._picture)
        moving = False
        if self._births:
            table, moving = colours.with_fresh(
                table, self._theme, self._births, time.monotonic()
            )
        started = time.thread_time()
        if codes is None or rect is None:
            self._image.set_table(table)
        else:
            self._image.show_codes(codes, rect, table)
            self._moved = time.monotonic()
        self._cost = time.thread_time() - started
        if moving:
            self._settling.start(round(1000 * self.pause))
        else:
            self._settling.stop()

    def _mark(self, start: QPointF, end: QPointF) -> None:
        if self._canvas is not None:
            self.select(self._selection.cells_between(start, end, whole(self._canvas)))

    def ask(self) -> None:
        """Say what is in view, so that a picture of it comes."""
        region = self.visible_region()
        if region is not None:
            pixels = self.pixels_of(region, self.devicePixelRatioF())
            self.view_changed.emit(region, *pixels)

    def pixels_of(self, region: Region, scale: float) -> tuple[int, int]:
        """Return how many pixels down and across a region has, `scale` to a point."""
        # Only the part of the view that the weight fills needs pixels.
        box = self.getPlotItem().vb
        view = box.viewRect()
        down = box.height() * scale * region.height / max(view.height(), 1e-9)
        across = box.width() * scale * region.width / max(view.width(), 1e-9)
        return max(1, int(down)), max(1, int(across))

    def _hover(self, where: QPointF) -> None:
        if self._canvas is None:
            return
        point = self.getPlotItem().vb.mapSceneToView(where)
        row, column = int(np.floor(point.y())), int(np.floor(point.x()))
        inside = 0 <= row < self._canvas.height and 0 <= column < self._canvas.width
        self.cell_hovered.emit((row, column) if inside else None)
