"""The key to the heatmap's colours: a bar with numbers, and the special colours."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pruneview.gui import units
from pruneview.gui.colours import value_colours
from pruneview.gui.theme import Theme
from pruneview.sparsity.picture import VALUE_LEVELS


class ColourBar(QWidget):
    """A vertical bar from the largest value shown down to the smallest."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Colour scale of the heatmap")
        self._theme = theme
        self._limit: float | None = None

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def set_limit(self, limit: float | None) -> None:
        """Set the magnitude at both ends; None: nothing is shown."""
        if limit != self._limit:
            self._limit = limit
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(30 + metrics.horizontalAdvance("≥ −0.00000"), 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._limit is None:
            return
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        letter = metrics.height()
        bar = QRectF(4, letter / 2 + 2, 16, self.height() - letter - 4)
        colours = value_colours(self._theme, VALUE_LEVELS)[::-1].copy()
        image = QImage(colours.data, 1, len(colours), 4, QImage.Format.Format_RGBA8888)
        painter.drawImage(bar, image)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(bar)
        painter.setPen(QColor(self._theme.text))
        for part in (1.0, 0.5, 0.0, -0.5, -1.0):
            middle = bar.center().y() - part * bar.height() / 2
            sign = {1.0: "≥ ", -1.0: "≤ "}.get(part, "")
            text = sign + units.value(part * self._limit)
            where = QRectF(bar.right() + 6, middle - letter / 2, self.width(), letter)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
