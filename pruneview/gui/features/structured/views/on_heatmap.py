"""Everything about units that lies on the heatmap: marks, bars, the animation."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from pruneview.gui.features.structured.strip import StripBars
from pruneview.gui.features.structured.views.marks import Marks
from pruneview.gui.features.structured.views.norm_strip import NormStrip
from pruneview.gui.features.structured.views.player import Player
from pruneview.gui.theme import Theme
from pruneview.gui.views.heatmap import HeatmapPlot
from pruneview.sparsity.pictures.canvas import Canvas
from pruneview.sparsity.pictures.picture import Region


class OnHeatmap(QObject):
    """Marks and bars, and the animation that takes their place for a while.

    Signals
    -------
    pressed
        (row, column) of the canvas, by the left button.
    line_moved
        A person has dragged the line of the cut to that score.
    """

    pressed = Signal(object)
    line_moved = Signal(float)

    def __init__(self, plot: HeatmapPlot, theme: Theme) -> None:
        super().__init__(plot)
        self._plot = plot
        item = plot.getPlotItem()
        self.gone = Marks(theme, outlined=False)
        self.unit = Marks(theme, outlined=True)
        for marks in (self.gone, self.unit):
            item.addItem(marks, ignoreBounds=True)
        self.below = NormStrip(item, theme, across=True)
        self.beside = NormStrip(item, theme, across=False)
        for strip in (self.below, self.beside):
            strip.line_moved.connect(self.line_moved)
        self.player = Player(plot, theme)
        plot.scene().sigMouseClicked.connect(self._click)

    def set_theme(self, theme: Theme) -> None:
        for part in (self.gone, self.unit, self.below, self.beside, self.player):
            part.set_theme(theme)

    def show_marks(
        self, canvas: Canvas | None, unit: list[Region], gone: list[Region]
    ) -> None:
        """Outline a unit, and hatch what would go."""
        self.unit.set_regions(canvas, unit)
        self.gone.set_regions(canvas, gone)

    def show_bars(self, bars: StripBars | None, *, across: bool) -> None:
        """Show bars below or beside the heatmap, or none."""
        self.below.show(bars if across else None)
        self.beside.show(None if across else bars)

    def tick(self) -> None:
        """Draw the animation's next moment."""
        if not self.player.tick():
            return
        frame = self.player.frame
        assert frame is not None
        for marks in (self.gone, self.unit):
            marks.setVisible(False)
        self.below.close_up(frame.column_edges)
        self.beside.close_up(frame.row_edges)

    def end_animation(self) -> None:
        """Show the matrix, marks and bars as they are."""
        self.player.end()
        for marks in (self.gone, self.unit):
            marks.setVisible(True)
        for strip in (self.below, self.beside):
            strip.close_up(None)

    def _click(self, event: object) -> None:
        box = self._plot.getPlotItem().vb
        where = event.scenePos()  # type: ignore[attr-defined]
        left = event.button().value == 1  # type: ignore[attr-defined]
        if left and box.sceneBoundingRect().contains(where):
            point = box.mapSceneToView(where)
            self.pressed.emit((int(np.floor(point.y())), int(np.floor(point.x()))))
