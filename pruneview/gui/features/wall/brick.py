"""One layer on the wall: its largest weight, small, as a button."""

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from pruneview.formats import Layer, Weight
from pruneview.gui import colours, units
from pruneview.gui.theme import Theme
from pruneview.sparsity.pictures.thumbnail import Thumbnail, ThumbnailWish


class Brick(QAbstractButton):
    """Shows a thumbnail under a line with the layer's name and its zeros."""

    def __init__(
        self, layer: Layer, weight: Weight, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.layer, self.weight = layer, weight
        self._theme = theme
        self._thumbnail: Thumbnail | None = None
        self._image: QImage | None = None
        self.setCheckable(True)
        self.setAutoExclusive(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._say()

    def sizeHint(self) -> QSize:
        return QSize(40, 40)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._colour()

    def show_thumbnail(self, thumbnail: Thumbnail) -> None:
        """Show the weight as it is now."""
        self._thumbnail = thumbnail
        self._say()
        self._colour()

    def show_nothing(self) -> None:
        """Show that nothing is known of the weight."""
        self._thumbnail = self._image = None
        self._say()
        self.update()

    @property
    def thumbnail(self) -> Thumbnail | None:
        """What is shown."""
        return self._thumbnail

    @property
    def wish(self) -> ThumbnailWish:
        """What picture there is room for."""
        room, scale = self._room(), self.devicePixelRatioF()
        return ThumbnailWish(
            self.weight.path,
            max(1, int(room.height() * scale)),
            max(1, int(room.width() * scale)),
        )

    def event(self, event: QEvent) -> bool:
        # Space is a button's before it is the run's.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, room = self._theme, self._room()
        painter.fillRect(self.rect(), QColor(theme.raised))
        if self._image is not None:
            painter.drawImage(room, self._image)
        metrics = QFontMetrics(self.font())
        head = QRect(3, 1, self.width() - 6, room.top() - 1)
        words = metrics.elidedText(
            self._words(), Qt.TextElideMode.ElideRight, head.width()
        )
        painter.setPen(QColor(theme.text))
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, words)
        if self.isChecked() or self.hasFocus() or self.underMouse():
            width = 3 if self.isChecked() or self.hasFocus() else 1
            pen = QPen(QColor(theme.accent), width)
            if self.hasFocus():
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawRect(self.rect().adjusted(1, 1, -2, -2))
        painter.end()

    def _room(self) -> QRect:
        letter = QFontMetrics(self.font()).height() + 2
        return QRect(
            2, letter, max(1, self.width() - 4), max(1, self.height() - letter - 2)
        )

    def _zeros(self) -> str:
        found = self._thumbnail
        if found is None or not found.size:
            return ""
        return units.percent(found.zeros / found.size)

    def _words(self) -> str:
        return f"{self.layer.name}  {self._zeros()}"

    def _say(self) -> None:
        words = (
            f"{self.layer.path}, {self.layer.kind}, "
            f"{units.count(self.layer.parameter_count)} parameters"
        )
        if self._thumbnail is not None:
            words += f", {self._zeros()} of {self.weight.name} exactly zero"
        self.setAccessibleName(words)
        self.setToolTip(words)

    def _colour(self) -> None:
        if self._thumbnail is not None:
            picture = self._thumbnail.picture
            table = colours.table_of(self._theme, picture)
            pixels = table[picture.codes]
            height, width = picture.codes.shape
            self._image = QImage(
                pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888
            ).copy()
        self.update()
