"""The tool bar: what is done most often."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolBar, QWidget

from pruneview.gui.theme import Theme

_ACTIONS = ("open", "demo", None, "run", "pause", "stop", None, "save")
#: Words that are shorter here than in the menus.
_SHORT = {"open": "Open", "demo": "Demo", "save": "Save"}


class ToolBar(QToolBar):
    """Buttons with icons and words.

    Parameters
    ----------
    actions
        The window's actions, by id.
    """

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__("Tools")
        self.setObjectName("tools")
        self.setMovable(False)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for name in _ACTIONS:
            if name is None:
                self.addSeparator()
            else:
                self.addAction(actions[name])
        for name, short in _SHORT.items():
            actions[name].setIconText(short)
        self._pause = self.widgetForAction(actions["pause"])
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(spacer)
        self._room_for_words = 0

    def set_theme(self, theme: Theme) -> None:
        """Take the size of a theme's letters."""
        # Room for "Continue" too, so that its neighbours stay where they are.
        room = self.fontMetrics().horizontalAdvance("Continue") + 60
        self._pause.setMinimumWidth(room)
        side = 14 + theme.font_points // 2
        self.setIconSize(QSize(side, side))
        self._room_for_words = 0
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out the words where buttons would be pushed off the bar."""
        styles = Qt.ToolButtonStyle
        if not self._room_for_words:
            self.setToolButtonStyle(styles.ToolButtonTextBesideIcon)
            self._room_for_words = self.sizeHint().width()
        fits = self.width() >= self._room_for_words
        self.setToolButtonStyle(
            styles.ToolButtonTextBesideIcon if fits else styles.ToolButtonIconOnly
        )
