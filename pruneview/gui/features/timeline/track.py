"""The line along which a run can be gone through."""

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider

from pruneview.gui.features.timeline.extent import Extent
from pruneview.gui.theme import Theme

_MARGIN = 8
_FAR = 10  # mask updates for Page Up and Page Down
_KEYS = {
    Qt.Key.Key_Left: (Extent.before, 1),
    Qt.Key.Key_Down: (Extent.before, 1),
    Qt.Key.Key_PageDown: (Extent.before, _FAR),
    Qt.Key.Key_Right: (Extent.after, 1),
    Qt.Key.Key_Up: (Extent.after, 1),
    Qt.Key.Key_PageUp: (Extent.after, _FAR),
    Qt.Key.Key_Home: (lambda _extent, _step: 0, 1),
    Qt.Key.Key_End: (lambda extent, _step: extent.reached, 1),
}


class StepTrack(QSlider):
    """A slider over the steps, with a mark at each mask update.

    Arrows go from one mask update to the next, Page keys further, Home and End to
    the ends, Space plays.

    Signals
    -------
    step_wanted
        int; the person wants to see that step.
    play_wanted
        Play, or stop playing.
    """

    step_wanted = Signal(int)
    play_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._extent = Extent()
        self.setAccessibleName("Step of the run")
        self.setAccessibleDescription(
            "Arrow keys go from one mask update to the next, Space plays"
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setRange(0, 1)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.setFixedHeight(theme.font_points + 8)
        self.update()

    def set_run(self, extent: Extent) -> None:
        """Say how long the run is, where its masks changed and how far it is."""
        self._extent = extent
        self.setMaximum(max(1, extent.steps))
        self.update()

    def show_step(self, step: int) -> None:
        """Stand at a step."""
        self.setValue(step)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _KEYS:
            where, times = _KEYS[key]
            step = self.value()
            for _ in range(times):
                step = where(self._extent, step)
            self.step_wanted.emit(step)
        elif key == Qt.Key.Key_Space:
            self.play_wanted.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        is_space = (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
        )
        if is_space:
            # Else the window's shortcut would start or pause the run.
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._drag_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._drag_to(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _drag_to(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self.isEnabled():
            share = (event.position().x() - _MARGIN) / max(1, self._span())
            step = round(min(max(share, 0.0), 1.0) * self.maximum())
            self.step_wanted.emit(min(step, self._extent.reached))
            event.accept()

    def _span(self) -> int:
        return self.width() - 2 * _MARGIN

    def _x(self, step: int) -> int:
        return _MARGIN + round(self._span() * step / max(1, self.maximum()))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, middle = self._theme, self.height() // 2
        painter = QPainter(self)
        thick = 4
        groove = QRect(_MARGIN, middle - thick // 2, self._span(), thick)
        painter.fillRect(groove, QColor(theme.border))
        if self.isEnabled():
            done = QRect(groove)
            done.setRight(self._x(self._extent.reached))
            painter.fillRect(done, QColor(theme.muted))
            painter.setPen(QColor(theme.muted))
            drawn = -3
            for stop in self._extent.stops:
                x = self._x(stop)
                if x - drawn >= 3:
                    painter.drawLine(x, middle - thick - 2, x, middle + thick + 1)
                    drawn = x
            handle = QRect(self._x(self.value()) - 4, 1, 9, self.height() - 2)
            painter.fillRect(handle, QColor(theme.accent))
        if self.hasFocus():
            painter.setPen(QColor(theme.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()
