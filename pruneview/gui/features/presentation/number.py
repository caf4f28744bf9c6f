"""One large number with its name."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from pruneview.gui.theme import Theme

#: The longest number; letters are sized by it, so that they never change size.
_WIDEST = ">99.9 %"


class LargeNumber(QWidget):
    """Name above, number below, a remark under it; sized by its own room alone."""

    def __init__(self, name: str, theme: Theme, role: str) -> None:
        super().__init__()
        self._name, self._theme, self._role = name, theme, role
        self._number, self._remark = "–", ""
        self._tell()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_number(self, number: str, remark: str = "", name: str = "") -> None:
        """Show another number, if it is one."""
        said = (number, remark, name or self._name)
        if said != (self._number, self._remark, self._name):
            self._number, self._remark, self._name = said
            self._tell()
            self.update()

    @property
    def number(self) -> str:
        return self._number

    def _tell(self) -> None:
        self.setAccessibleName(f"{self._name} {self._number} {self._remark}")

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, width, height = self._theme, self.width(), self.height()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.surface))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        small = max(8, int(height * 0.19))
        head = QRect(0, 0, width, int(height * 0.24))
        middle = QRect(0, head.bottom(), width, int(height * 0.54))
        foot = QRect(0, middle.bottom(), width, height - middle.bottom())
        painter.setPen(QColor(theme.muted))
        painter.setFont(_font(self._name, head, small))
        painter.drawText(head, left, self._name)
        painter.setFont(_font(self._remark, foot, int(height * 0.15)))
        painter.drawText(foot, left, self._remark)
        painter.setPen(QColor(getattr(theme, self._role)))
        widest = max(_WIDEST, self._number, key=len)
        painter.setFont(_font(widest, middle, int(height * 0.56), bold=True))
        painter.drawText(middle, left, self._number)
        painter.end()


def _font(text: str, room: QRect, pixels: int, *, bold: bool = False) -> QFont:
    """Return the largest font up to so many pixels in which a text fits."""
    font = QFont()
    font.setBold(bold)
    font.setPixelSize(max(1, pixels))
    wide = QFontMetrics(font).horizontalAdvance(text)
    if wide > room.width() > 0:
        font.setPixelSize(max(1, pixels * room.width() // wide))
    return font
