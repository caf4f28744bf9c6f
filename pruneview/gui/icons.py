"""Icons drawn from SVG files in the colour of the theme's text."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from pruneview.resources import resource

_SIZES = (16, 20, 24, 32, 48, 64)


@cache
def icon(name: str, colour: str, disabled: str) -> QIcon:
    """Return an icon; `colour` stands in for ``currentColor`` in the file."""
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    made = QIcon()
    for mode, ink in (
        (QIcon.Mode.Normal, colour),
        (QIcon.Mode.Disabled, disabled),
    ):
        svg = QByteArray(text.replace("currentColor", ink).encode())
        renderer = QSvgRenderer(svg)
        for size in _SIZES:
            pixmap = QPixmap(size, size)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            renderer.render(painter, QRectF(0, 0, size, size))
            painter.end()
            made.addPixmap(pixmap, mode)
    return made
