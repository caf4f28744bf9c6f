"""What all plots have in common: how a theme reaches them."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication

from pruneview.gui.theme import Theme

pg.setConfigOptions(imageAxisOrder="row-major", antialias=True)

#: Dashes of the lines that are not measured: targets and baselines.
DASHES = Qt.PenStyle.DashLine


def pen(
    colour: str, theme: Theme, style: Qt.PenStyle = Qt.PenStyle.SolidLine
) -> object:
    """Return a pen of the theme's curve width."""
    # Pens that do not grow with the view are measured in the screen's own pixels.
    app = QGuiApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    return pg.mkPen(colour, width=theme.curve_pixels * ratio, style=style)


def plot_font(theme: Theme) -> QFont:
    """Return the font of axes, a point smaller than text where there is room."""
    font = QFont()
    small = theme.font_points - 1
    font.setPointSize(small if theme.font_points < 16 else theme.font_points)
    return font


def dress_axes(
    plot: pg.PlotItem,
    theme: Theme,
    sides: tuple[str, str] = ("left", "bottom"),
    *,
    grid: bool = True,
) -> None:
    """Give a plot's axes the colours and letters of a theme."""
    font = plot_font(theme)
    for side in sides:
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(theme.border))
        axis.setTextPen(pg.mkPen(theme.text))
        axis.setTickFont(font)
        axis.label.setFont(font)
        axis.setLabel(axis.labelText, color=theme.text)
    if grid:
        plot.showGrid(x=False, y=True, alpha=0.15)
    plot.titleLabel.item.setFont(font)


def paint_alone(plot: pg.PlotWidget) -> None:
    """Tell Qt that a plot fills its place, so that nothing below it is painted."""
    plot.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)


def make_plot(
    axes: dict[str, pg.AxisItem] | None = None, *, mouse: bool = False
) -> pg.PlotWidget:
    """Return a plot without menus and buttons; it moves only if `mouse`."""
    # Building pyqtgraph's context menus costs 10 ms a plot.
    widget = pg.PlotWidget(axisItems=axes or {}, enableMenu=False)
    widget.hideButtons()
    widget.setMouseEnabled(x=mouse, y=mouse)
    widget.setFrameShape(widget.Shape.NoFrame)
    paint_alone(widget)
    for side in ("left", "bottom"):
        widget.getAxis(side).enableAutoSIPrefix(False)
    return widget
