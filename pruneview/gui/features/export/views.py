"""Pictures of the window's panels, in any size and theme, while nothing moves."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pyqtgraph as pg
from PySide6.QtCore import QBuffer, QEvent, QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QPainter,
    QPalette,
    QRegion,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QWidget

from pruneview.gui.theme import Theme, palette, style_sheet
from pruneview.runs.export.writing import ExportError

#: The ground is painted before: a style sheet keeps the program's.
_CHILDREN = QWidget.RenderFlag.DrawChildren
#: What a screen of usual size has room for; see `Paper`.
_POINTS = 1280, 720
#: Points around a heading.
_EDGE = 8
Dress = Callable[[Theme], None]


@dataclass(frozen=True)
class Paper:
    """What a picture is on, in pixels.

    A larger one has larger letters, and not more room for them: it is for a larger
    screen, or for a printer.

    Attributes
    ----------
    heading
        Says what it is of, above the panel; "" where the panel does.
    """

    width: int
    height: int
    heading: str = ""

    @property
    def scale(self) -> float:
        """Pixels to a point."""
        return max(1.0, min(self.width / _POINTS[0], self.height / _POINTS[1]))

    @property
    def points(self) -> QSize:
        """The size of what is laid out."""
        scale = self.scale
        return QSize(math.ceil(self.width / scale), math.ceil(self.height / scale))

    def drawn_on(self, theme: Theme) -> Theme:
        """Return a theme with lines for these pixels: pens do not grow with letters."""
        return replace(theme, curve_pixels=theme.curve_pixels * self.scale)


@contextmanager
def dressed(
    panel: QWidget,
    dress: Dress,
    paper: Paper,
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
        wear(panel, theme)
        dress(theme)
        room = paper.points.shrunkBy(QMargins(0, _head(paper, theme), 0, 0))
        panel.setGeometry(QRect(before.topLeft(), room))
        settle(panel)
        yield
    finally:
        panel.setStyleSheet("")
        panel.setPalette(QPalette())
        for widget in without:
            widget.show()
        dress(now)
        panel.setGeometry(before)
        settle(panel)
        for box, view in zip(boxes, views, strict=True):
            box.setRange(view, padding=0)


def wear(panel: QWidget, theme: Theme) -> None:
    """Give all but the plots of a panel the colours and letters of a theme."""
    panel.setPalette(palette(theme))
    panel.setStyleSheet(_explicit(theme) + style_sheet(theme))


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


def image_of(panel: QWidget, paper: Paper, theme: Theme) -> QImage:
    """Return a picture of a panel as it is now, 32 bits a pixel."""
    image = QImage(paper.width, paper.height, QImage.Format.Format_RGB32)
    if image.isNull():
        raise ExportError(
            f"There is not enough memory for a picture of {paper.width} × "
            f"{paper.height} pixels: choose a smaller size."
        )
    image.setDevicePixelRatio(paper.scale)
    image.fill(QColor(theme.window))
    painter = QPainter(image)
    _paint(panel, painter, paper, theme)
    painter.end()
    return image


def svg_of(panel: QWidget, paper: Paper, theme: Theme, title: str) -> bytes:
    """Return a panel as a drawing; a heatmap's cells are a picture in it."""
    buffer = QBuffer()
    points = QRect(QPoint(), paper.points)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    # Letters are laid out by the screen's points.
    generator.setResolution(panel.logicalDpiY())
    generator.setSize(QSize(paper.width, paper.height))
    generator.setViewBox(points)
    generator.setTitle(title)
    painter = QPainter()
    if not painter.begin(generator):
        raise ExportError("The drawing could not be begun: export a PNG instead.")
    painter.fillRect(points, QColor(theme.window))
    _paint(panel, painter, paper, theme)
    painter.end()
    return bytes(buffer.data().data())


def _paint(panel: QWidget, painter: QPainter, paper: Paper, theme: Theme) -> None:
    head = _head(paper, theme)
    if head:
        painter.setFont(_letters(theme))
        painter.setPen(QColor(theme.text))
        line = QRect(_EDGE, 0, paper.points.width() - 2 * _EDGE, head)
        right = Qt.TextElideMode.ElideRight
        metrics = QFontMetrics(_letters(theme))
        words = metrics.elidedText(paper.heading, right, line.width())
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, words)
    panel.render(painter, QPoint(0, head), QRegion(), _CHILDREN)


def _head(paper: Paper, theme: Theme) -> int:
    """Return the height of the heading."""
    if not paper.heading:
        return 0
    return QFontMetrics(_letters(theme)).height() + _EDGE


def _letters(theme: Theme) -> QFont:
    font = QFont()
    font.setPointSize(theme.font_points)
    font.setBold(True)
    return font


def _plots(panel: QWidget) -> list[pg.PlotWidget]:
    found = panel.findChildren(pg.PlotWidget)
    return [panel, *found] if isinstance(panel, pg.PlotWidget) else list(found)


def settle(panel: QWidget) -> None:
    """Let layouts inside the panel take effect at once, and none around it."""
    for _ in range(2):
        for widget in (panel, *panel.findChildren(QWidget)):
            layout = widget.layout()
            if layout is not None:
                layout.activate()
            for kind in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
                QApplication.sendPostedEvents(widget, kind)
