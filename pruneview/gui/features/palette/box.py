"""The palette itself: a line to type in, and what fits below it."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui.features.palette.entries import Entry
from pruneview.gui.features.palette.matching import ranked

_SHOWN_AT_MOST = 100
_MOVES = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -10,
    Qt.Key.Key_PageDown: 10,
}


class PaletteBox(QDialog):
    """Opens over a window; Enter carries out the chosen line, Esc leaves."""

    def __init__(self, parent: QWidget, entries: list[Entry]) -> None:
        super().__init__(parent, Qt.WindowType.FramelessWindowHint)
        # The keyboard is the dialog's alone: the window's own shortcuts rest.
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Command palette")
        self.setWindowTitle("Command palette")
        self._entries = entries
        self._shown: list[Entry] = []
        self._line = QLineEdit()
        self._line.setAccessibleName("What to do or show")
        self._line.setPlaceholderText("Type letters of an action, a layer or a theme")
        self._list = QTreeWidget()
        self._list.setAccessibleName("What fits")
        self._list.setColumnCount(3)
        self._list.setHeaderHidden(True)
        self._list.setRootIsDecorated(False)
        self._list.setUniformRowHeights(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self._list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._count = QLabel()
        self._count.setProperty("rank", "muted")
        # Without a title bar it needs an edge of its own.
        edge = QFrame()
        edge.setFrameShape(QFrame.Shape.Box)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(edge)
        column_layout = QVBoxLayout(edge)
        for widget in (self._line, self._list, self._count):
            column_layout.addWidget(widget)
        self._line.textChanged.connect(self._fill)
        self._line.installEventFilter(self)
        self._list.itemClicked.connect(lambda _item: self._carry_out())
        self._fill("")

    def open_over(self, window: QWidget) -> None:
        """Open in the upper middle of a window."""
        letter = self.fontMetrics().averageCharWidth()
        width = min(90 * letter, window.width() - 40)
        height = min(24 * self.fontMetrics().lineSpacing(), window.height() - 120)
        self.resize(width, height)
        corner = QPoint((window.width() - width) // 2, 60)
        self.move(window.mapToGlobal(corner))
        self.show()
        self._line.setFocus()

    @property
    def titles(self) -> list[str]:
        """The titles of what is listed, the best first."""
        return [entry.title for entry in self._shown]

    @property
    def line(self) -> QLineEdit:
        """Where a person types."""
        return self._line

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in _MOVES:
                self._move(_MOVES[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._carry_out()
                return True
        return super().eventFilter(watched, event)

    def _fill(self, typed: str) -> None:
        self._shown = ranked(
            typed, self._entries, lambda entry: entry.title, _SHOWN_AT_MOST
        )
        self._list.clear()
        for entry in self._shown:
            kind = entry.kind if entry.enabled else f"{entry.kind}, not possible now"
            item = QTreeWidgetItem([entry.title, kind, entry.keys])
            item.setDisabled(not entry.enabled)
            self._list.addTopLevelItem(item)
        possible = [row for row, entry in enumerate(self._shown) if entry.enabled]
        if possible:
            self._choose(possible[0])
        some = len(self._shown)
        words = f"{some} of {len(self._entries)}" if some else "Nothing fits."
        self._count.setText(f"{words}   ↑ ↓ choose, Enter does it, Esc leaves")

    def _choose(self, row: int) -> None:
        self._list.setCurrentIndex(self._list.model().index(row, 0))

    def _move(self, rows: int) -> None:
        """Choose a line further on, over those that are not possible."""
        possible = [row for row, entry in enumerate(self._shown) if entry.enabled]
        if not possible:
            return
        here = self._list.currentIndex().row()
        place = possible.index(here) if here in possible else 0
        place = min(max(place + rows, 0), len(possible) - 1)
        self._choose(possible[place])

    def _carry_out(self) -> None:
        row = self._list.currentIndex().row()
        if row < 0 or not self._shown[row].enabled:
            return
        entry = self._shown[row]
        self.close()
        entry.carry_out()
