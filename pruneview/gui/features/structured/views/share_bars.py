"""Models side by side on one axis: each figure as a share of the baseline's."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor

from pruneview.gui import units
from pruneview.gui.features.structured.figures import Line
from pruneview.gui.theme import Theme
from pruneview.gui.views.plots import dress_axes, make_plot, plot_font

_FILLS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
)


class ShareBars:
    """Bars of the models after the first, told apart by hatching and by words."""

    def __init__(self, theme: Theme) -> None:
        self.plot = make_plot()
        self.plot.setAccessibleName("Figures as shares of the model before")
        self.plot.invertY(True)
        self._theme = theme
        self._lines: list[Line] = []
        self._names: tuple[str, ...] = ()
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plot.setBackground(theme.surface)
        dress_axes(self.plot.getPlotItem(), theme, grid=False)
        self.show(self._lines, self._names)

    def show(self, lines: list[Line], names: tuple[str, ...]) -> None:
        """Show the lines that have shares, for all models but the first."""
        self._lines, self._names = lines, names
        self.plot.clear()
        shown = [line for line in lines if line.shares]
        if not shown:
            return
        models = range(1, len(names))
        letters = self.plot.fontMetrics().height()
        self.plot.setMinimumHeight((len(shown) * len(models) + 3) * (letters + 2))
        thick = 0.8 / max(1, len(models))
        colours = ("", self._theme.actual, self._theme.target)
        for model in models:
            places = np.arange(len(shown)) + (model - 1) * thick - 0.4 + thick / 2
            widths = np.array([100 * line.shares[model] for line in shown])
            colour = QColor(colours[model])
            item = pg.BarGraphItem(
                x0=0,
                y=places,
                width=widths,
                height=thick * 0.9,
                pen=pg.mkPen(colour),
                brush=QBrush(colour, _FILLS[model]),
            )
            self.plot.addItem(item)
            for place, width in zip(places, widths, strict=True):
                words = f"{names[model]} {units.percent(width / 100)}"
                label = pg.TextItem(words, color=self._theme.text, anchor=(0, 0.5))
                label.setFont(plot_font(self._theme))
                label.setPos(width, place)
                self.plot.addItem(label)
        line = pg.InfiniteLine(100, pen=pg.mkPen(self._theme.baseline))
        self.plot.addItem(line)
        titles = [(n, shown_line.title) for n, shown_line in enumerate(shown)]
        self.plot.getAxis("left").setTicks([titles])
        self.plot.setLabel("bottom", "% of the model before (accuracy: % right)")
        most = max(100.0, *(100 * s for one in shown for s in one.shares))
        self.plot.setXRange(0, most * 1.45, padding=0)
        self.plot.setYRange(-0.6, len(shown) - 0.4, padding=0)
