"""Pictures of the window's panels, in any size and theme, while nothing moves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPoint, QRect, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QRegion
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QWidget

from pruneview.gui.theme import Theme, palette, style_sheet
from pruneview.runs.export.writing import write_whole

#: The ground is painted before: a style sheet keeps the program's.
_CHILDREN = QWidget.RenderFlag.DrawChildren
Dress = Callable[[Theme], None]


@contextmanager
def dressed(
    panel: QWidget,
    dress: Dress,
    size: QSize,
    *,
    now: Theme,
    theme: Theme,
    without: tuple[QWidget, ...] = (),
) -> Iterator[None]:
    """Give a panel another size and theme for a moment that nobody sees.

    No paint event is handled before all is as it was.

    Parameters
    ----------
    dress
        Gives the panel's plots a theme.
    now
        The theme it wears.
    without
        What of it is left out.
    """
    before = panel.geometry()
    boxes = [plot.getPlotItem().vb for plot in _plots(panel)]
    views = [box.viewRect() for box in boxes]
    try:
        for widget in without:
            widget.hide()
        panel.setPalette(palette(theme))
        panel.setStyleSheet(_explicit(theme) + style_sheet(theme))
        dress(theme)
        panel.setGeometry(QRect(before.topLeft(), size))
        _settle(panel)
        yield
    finally:
        panel.setStyleSheet("")
        panel.setPalette(QPalette())
        for widget in without:
            widget.show()
        dress(now)
        panel.setGeometry(before)
        _settle(panel)
        for box, view in zip(boxes, views, strict=True):
            box.setRange(view, padding=0)


def _explicit(theme: Theme) -> str:
    """Say what a style sheet of the program's takes from its own palette."""
    return f"""
    * {{ color: {theme.text}; font-size: {theme.font_points}pt; }}
    QTreeView {{ background: {theme.surface};
        alternate-background-color: {theme.window};
        selection-background-color: {theme.accent};
        selection-color: {theme.on_accent}; }}
    QHeaderView {{ background: {theme.raised}; }}
    QAbstractSpinBox, QComboBox {{ background: {theme.surface}; }}
    """


def save_png(panel: QWidget, path: Path, theme: Theme) -> None:
    """Write a panel as it is now; raises ExportError."""
    image = QImage(panel.size(), QImage.Format.Format_RGB32)
    image.fill(QColor(theme.window))
    painter = QPainter(image)
    panel.render(painter, QPoint(), QRegion(), _CHILDREN)
    painter.end()

    def write(draft: Path) -> None:
        if not image.save(str(draft)):
            raise OSError(0, "the disk may be full")

    write_whole(path, write)


def save_svg(panel: QWidget, path: Path, theme: Theme, title: str) -> None:
    """Write a panel as a drawing; a heatmap's cells are a picture in it.

    Raises
    ------
    ExportError
    """

    def write(draft: Path) -> None:
        generator = QSvgGenerator()
        generator.setFileName(str(draft))
        generator.setSize(panel.size())
        generator.setViewBox(QRect(0, 0, panel.width(), panel.height()))
        generator.setTitle(title)
        painter = QPainter()
        if not painter.begin(generator):
            raise OSError(0, "the drawing could not be begun")
        painter.fillRect(panel.rect(), QColor(theme.window))
        panel.render(painter, QPoint(), QRegion(), _CHILDREN)
        painter.end()

    write_whole(path, write)


def _plots(panel: QWidget) -> list[pg.PlotWidget]:
    found = panel.findChildren(pg.PlotWidget)
    return [panel, *found] if isinstance(panel, pg.PlotWidget) else list(found)


def _settle(panel: QWidget) -> None:
    """Let layouts inside the panel take effect at once, and none around it."""
    for _ in range(2):
        for widget in (panel, *panel.findChildren(QWidget)):
            layout = widget.layout()
            if layout is not None:
                layout.activate()
            for kind in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
                QApplication.sendPostedEvents(widget, kind)
