"""The key to the heatmap's colours: a bar with numbers, and the special colours."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from pruneview.gui import units
from pruneview.gui.colours import value_colours
from pruneview.gui.theme import Theme
from pruneview.sparsity.pictures.picture import VALUE_LEVELS
from pruneview.sparsity.pictures.tone import SIGNED, Quantity, Scale, Tone

_CAPTIONS = {
    Quantity.SIGNED: "value",
    Quantity.MAGNITUDE: "magnitude",
    Quantity.MASK: "kept",
    Quantity.DIFFERENCE: "change",
    Quantity.GRADIENT: "gradient",
}
#: The widest number beside the bar; gradients are small.
_WIDEST, _WIDEST_GRADIENT = "≥ −0.00000", "≤ −6.666e−06"
_BOTH_SIDES = (1.0, 0.5, 0.0, -0.5, -1.0)
_ONE_SIDE = (1.0, 0.75, 0.5, 0.25, 0.0)


class ColourBar(QWidget):
    """A vertical bar from the largest value shown down to the smallest."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Colour scale of the heatmap")
        self._theme = theme
        self._limit: float | None = None
        self._tone = SIGNED
        self._note = ""

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.updateGeometry()
        self.update()

    def set_scale(self, limit: float | None, tone: Tone = SIGNED) -> None:
        """Set the magnitude at the ends, and what it is; None: nothing is shown."""
        if limit is None:
            tone = self._tone  # what comes is most likely of its kind, and its width
        if (limit, tone) != (self._limit, self._tone):
            self._limit, self._tone = limit, tone
            self.updateGeometry()
            self.setAccessibleDescription(", ".join(self.words))
            self.update()

    def set_note(self, note: str) -> None:
        """Say in a word where the ends come from."""
        if note != self._note:
            self._note = note
            self.update()

    @property
    def note(self) -> str:
        """Where the ends come from."""
        return self._note

    @property
    def words(self) -> list[str]:
        """What stands above the bar, a line each."""
        words = [_CAPTIONS[self._tone.quantity]]
        if self._tone.logarithmic:
            words.append("log scale")
        if self._note and self._tone.scale is not Scale.SHARE:
            words.append(self._note)
        return words

    def _labels(self, limit: float) -> list[tuple[float, str]]:
        """Return (place from -1 at the bottom to 1 at the top, words)."""
        scale = self._tone.scale
        if scale is Scale.SHARE:
            return [(2 * part - 1, f"{100 * part:.0f} %") for part in _ONE_SIDE]
        found = []
        for part in _BOTH_SIDES if scale is Scale.SIGNED else _ONE_SIDE:
            sign = {1.0: "≥ ", -1.0: "≤ "}.get(part, "")
            place = part if scale is Scale.SIGNED else 2 * part - 1
            value = self._tone.value_at(part, limit)
            found.append((place, sign + units.value(value)))
        return found

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        of_gradient = self._tone.quantity is Quantity.GRADIENT
        widest = _WIDEST_GRADIENT if of_gradient else _WIDEST
        return QSize(30 + metrics.horizontalAdvance(widest), 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._limit is None:
            return
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        letter = metrics.height()
        painter.setPen(QColor(self._theme.muted))
        head = 2.0
        for line in self.words:
            where = QRectF(4, head, self.width() - 4, letter)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, line)
            head += letter
        bar = QRectF(4, head + letter / 2 + 2, 16, self.height() - head - letter - 4)
        levels = value_colours(self._theme, VALUE_LEVELS, self._tone.scale)
        colours = levels[::-1].copy()
        image = QImage(colours.data, 1, len(colours), 4, QImage.Format.Format_RGBA8888)
        painter.drawImage(bar, image)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(bar)
        painter.setPen(QColor(self._theme.text))
        for place, text in self._labels(self._limit):
            middle = bar.center().y() - place * bar.height() / 2
            where = QRectF(bar.right() + 6, middle - letter / 2, self.width(), letter)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
