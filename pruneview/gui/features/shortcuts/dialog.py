"""The dialog in which keys are changed."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui.actions import ActionSpec
from pruneview.gui.features.shortcuts.key_map import KeyMap
from pruneview.gui.views.flow import FlowLayout

#: Keys that the heatmap has a use for where it has the focus.
_OF_HEATMAP = {"Left", "Right", "Up", "Down", "+", "=", "-", "0"}


class KeyEdit(QKeySequenceEdit):
    """Takes one sequence of keys; Tab leaves it as it leaves other fields."""

    def __init__(self) -> None:
        super().__init__()
        self.setMaximumSequenceLength(1)
        self.setClearButtonEnabled(True)
        self.setAccessibleName("New keys")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = event.key()
            if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                return self.focusNextPrevChild(key == Qt.Key.Key_Tab)
        return super().event(event)

    @property
    def text(self) -> str:
        """What was pressed, in the form in which keys are kept; "" for nothing."""
        return self.keySequence().toString(QKeySequence.SequenceFormat.PortableText)


class ShortcutsDialog(QDialog):
    """All actions with their keys; what is pressed becomes the chosen action's.

    Parameters
    ----------
    specs
        The actions.
    key_map
        Their keys; changed here.
    accept
        Told that the keys are to be used and remembered.
    """

    def __init__(
        self,
        parent: QWidget,
        specs: tuple[ActionSpec, ...],
        key_map: KeyMap,
        accept: Callable[[KeyMap], None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Change keys")
        self.key_map = key_map
        self._titles = {s.id: s.title.replace("&", "").rstrip("…") for s in specs}
        self._accept = accept
        self.table = QTreeWidget()
        self.table.setAccessibleName("Actions and their keys")
        self.table.setHeaderLabels(["Action", "Menu", "Keys", "Usual keys"])
        self.table.setRootIsDecorated(False)
        self.table.setAlternatingRowColors(True)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._name = specs[0].id
        self._rows: dict[str, QTreeWidgetItem] = {}
        for spec in specs:
            menu = spec.menu.partition("/")[0].replace("&", "")
            item = QTreeWidgetItem([self._titles[spec.id], menu, "", ""])
            self.table.addTopLevelItem(item)
            self._rows[spec.id] = item
        self.edit = KeyEdit()
        self._for = QLabel()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.use = QPushButton("&Use instead")
        self.add = QPushButton("&Add")
        self.remove = QPushButton("&No keys")
        self.reset = QPushButton("&Reset")
        self.reset.setToolTip("Give this action its usual keys")
        kinds = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        self.reset_all = QPushButton("Reset a&ll")
        self.buttons.addButton(self.reset_all, QDialogButtonBox.ButtonRole.ResetRole)
        self._lay_out()
        self._connect()
        self.choose(specs[0].id)
        self._show_keys()

    def _lay_out(self) -> None:
        self._for.setWordWrap(True)
        keys = QWidget()
        row = FlowLayout(keys)
        row.addWidget(self.edit)
        for button in (self.use, self.add, self.remove, self.reset):
            button.setAutoDefault(False)
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.addWidget(self.table, 1)
        column.addWidget(self._for)
        column.addWidget(keys)
        column.addWidget(self.words)
        column.addWidget(self.buttons)
        letter = self.fontMetrics().averageCharWidth()
        above = self.parentWidget()
        room = above.size() * 0.94 if above is not None else QSize(10_000, 10_000)
        wanted = QSize(110 * letter, 30 * self.fontMetrics().lineSpacing())
        self.resize(wanted.boundedTo(room))

    def _connect(self) -> None:
        self.table.currentItemChanged.connect(self._row_chosen)
        self.edit.keySequenceChanged.connect(lambda _keys: self._tell())
        self.use.clicked.connect(lambda: self._set((self.edit.text,)))
        self.add.clicked.connect(
            lambda: self._set((*self.key_map.keys(self.name), self.edit.text))
        )
        self.remove.clicked.connect(lambda: self._set(()))
        self.reset.clicked.connect(lambda: self._set(self.key_map.usual(self.name)))
        self.reset_all.clicked.connect(self._reset_all)
        self.buttons.accepted.connect(self._finish)
        self.buttons.rejected.connect(self.reject)

    @property
    def name(self) -> str:
        """The id of the action whose keys are being changed."""
        return self._name

    def choose(self, name: str) -> None:
        """Make an action the one whose keys are being changed."""
        self._name = name
        self.table.setCurrentItem(self._rows[name])

    def _row_chosen(self, row: QTreeWidgetItem) -> None:
        self._name = next(name for name, item in self._rows.items() if item is row)
        self._chosen()

    def _chosen(self) -> None:
        self._for.setText(f"New keys for “{self._titles[self.name]}”:")
        self.edit.clear()
        self._tell()

    def _set(self, keys: tuple[str, ...]) -> None:
        self.key_map.set(self.name, keys)
        self.edit.clear()
        self._show_keys()

    def _reset_all(self) -> None:
        self.key_map.reset_all()
        self._show_keys()

    def _show_keys(self) -> None:
        widest = self.table.header()
        contested = {n for owners in self.key_map.conflicts().values() for n in owners}
        for name, item in self._rows.items():
            mark = "⚠ " if name in contested else ""
            item.setText(2, mark + _words(self.key_map.keys(name)))
            changed = self.key_map.keys(name) != self.key_map.usual(name)
            item.setText(3, _words(self.key_map.usual(name)) if changed else "")
        for column in range(widest.count()):
            self.table.resizeColumnToContents(column)
        self._chosen()

    def _tell(self) -> None:
        """Say whose the pressed keys are, or which keys are contested."""
        pressed = self.edit.text
        for button in (self.use, self.add):
            button.setEnabled(bool(pressed))
        conflicts = self.key_map.conflicts()
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(
            not conflicts
        )
        owners = [n for n in self.key_map.owners(pressed) if n != self.name]
        if pressed and owners:
            names = " and ".join(f"“{self._titles[n]}”" for n in owners)
            words = f"{_words((pressed,))} is used by {names}."
        elif pressed in _OF_HEATMAP:
            words = "The heatmap moves and zooms with this key: it could not any more."
        elif conflicts:
            keys, names_of = next(iter(conflicts.items()))
            names = " and ".join(f"“{self._titles[n]}”" for n in names_of)
            words = (
                f"{_words((keys,))} belongs to {names}: give one of them other keys."
            )
        else:
            words = "Choose an action, press the new keys, then Use or Add."
        self.words.setText(words)
        self.words.setProperty("rank", "error" if owners or conflicts else "muted")
        self.words.style().polish(self.words)

    def _finish(self) -> None:
        self._accept(self.key_map)
        self.accept()


def _words(keys: tuple[str, ...]) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return " or ".join(QKeySequence(one).toString(native) for one in keys)
