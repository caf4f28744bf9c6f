"""The unit that is followed, what goes together with it, and the cut."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui.features.structured.coupling import CoupledRow
from pruneview.gui.views.flow import FlowLayout
from pruneview.pruning.structured.criteria import CRITERIA

_ROLES = (("produces", "Units it makes"), ("consumes", "Units it reads"))
_ROLE_WORDS = {"produces": "makes it", "consumes": "reads it"}
_HINT = (
    "Point at the heatmap: the unit there is outlined, and what goes with it listed. "
    "A click holds it."
)
_PATH = Qt.ItemDataRole.UserRole


class UnitsPanel(QWidget):
    """Shows one unit, and the cut through its group.

    Signals
    -------
    role_chosen
        ``produces`` or ``consumes``.
    criterion_chosen
        Name of a criterion.
    hold_toggled
        Whether the unit is to be held.
    row_chosen
        Path of a weight that is to be shown.
    cut_chosen
        How many units of the group are to go.
    same_wanted
        All groups are to have the same ratio again.
    play_pressed, step_pressed, reset_pressed
        Of the animation.
    one_by_one_toggled
        Whether units leave one at a time.
    """

    role_chosen = Signal(str)
    criterion_chosen = Signal(str)
    hold_toggled = Signal(bool)
    row_chosen = Signal(str)
    cut_chosen = Signal(int)
    same_wanted = Signal()
    play_pressed = Signal()
    step_pressed = Signal()
    reset_pressed = Signal()
    one_by_one_toggled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.role = QComboBox()
        for role, words in _ROLES:
            self.role.addItem(words, role)
        self.role.setAccessibleName("Units to follow")
        self.role.setToolTip(
            "Whether pointing at a value means the unit that the layer makes (its "
            "column, its filter), or the one that it reads (its row, its channel)"
        )
        self.criterion = QComboBox()
        self.criterion.addItems(CRITERIA)
        self.criterion.setAccessibleName("Criterion")
        self.criterion.setToolTip("What the bars show, and which units go first")
        self.title = _label(_HINT)
        self.message = _label("")
        self.message.setProperty("rank", "warning")
        self.hold = QCheckBox("Hold")
        self.hold.setToolTip("Keep this unit wherever the cursor goes")
        self.hold.setAccessibleName("Hold the unit")
        self.rows = QTreeWidget()
        self.rows.setAccessibleName("Goes together")
        self.rows.setHeaderLabels(["Weight", "Which", "Role"])
        self.rows.setTextElideMode(Qt.TextElideMode.ElideLeft)
        self.rows.setRootIsDecorated(False)
        self.rows.setUniformRowHeights(True)
        self.rows.setAlternatingRowColors(True)
        self.rows.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.rows.setToolTip("A click, or Enter, shows the weight")
        self.rows.setMinimumHeight(70)
        self.cut = QSpinBox()
        self.cut.setAccessibleName("Units that go")
        self.cut.setKeyboardTracking(False)
        self.cut_words = _label("")
        self.same = QPushButton("Same for all")
        self.same.setToolTip("Forget the cuts of single groups: one ratio for all")
        self.summary = _label("")
        self.play = QPushButton("Play")
        self.play.setToolTip("What would go fades, then the matrix closes up")
        self.step = QPushButton("Step")
        self.step.setToolTip("Only the next step")
        self.reset = QPushButton("Back")
        self.reset.setToolTip("Show the matrix as it is")
        self.one_by_one = QCheckBox("One at a time")
        self.one_by_one.setToolTip("Units leave one after the other, the lowest first")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(5)
        choices = QWidget()
        flow = FlowLayout(choices)
        flow.addWidget(self.role)
        flow.addWidget(self.criterion)
        column.addWidget(choices)
        column.addWidget(self.message)
        self.message.hide()
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.hold, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self.rows, 1)
        label = QLabel("&Units that go:")
        label.setBuddy(self.cut)
        column.addLayout(_line(label, self.cut))
        column.addWidget(self.cut_words)
        column.addWidget(self.same)
        column.addWidget(self.summary)
        column.addLayout(_line(self.play, self.step, self.reset))
        column.addWidget(self.one_by_one)
        for part in (self.role, self.criterion, self.play, self.step, self.reset):
            # Long names must not keep the panel from being narrow.
            part.setMinimumWidth(40)
            part.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def _connect(self) -> None:
        self.role.activated.connect(
            lambda _index: self.role_chosen.emit(self.role.currentData())
        )
        self.criterion.activated.connect(
            lambda _index: self.criterion_chosen.emit(self.criterion.currentText())
        )
        self.hold.clicked.connect(self.hold_toggled)
        self.rows.itemClicked.connect(self._choose)
        self.rows.itemActivated.connect(self._choose)
        self.cut.valueChanged.connect(self.cut_chosen)
        self.same.clicked.connect(self.same_wanted)
        self.play.clicked.connect(self.play_pressed)
        self.step.clicked.connect(self.step_pressed)
        self.reset.clicked.connect(self.reset_pressed)
        self.one_by_one.toggled.connect(self.one_by_one_toggled)

    def show_unit(
        self, title: str, rows: list[CoupledRow], current: str, *, held: bool
    ) -> None:
        """List what goes together with a unit; `current` is the weight on show."""
        self.title.setText(title or _HINT)
        with QSignalBlocker(self.hold):
            self.hold.setChecked(held)
        self.hold.setEnabled(bool(title))
        shown = [_cells(row) for row in rows]
        if shown != self.cells():
            self.rows.clear()
            for row, cells in zip(rows, shown, strict=True):
                item = QTreeWidgetItem(cells)
                item.setData(0, _PATH, row.weight_path)
                for place in range(len(cells)):
                    item.setToolTip(place, _tip(row))
                self.rows.addTopLevelItem(item)
        for item in self._items():
            font = item.font(0)
            font.setBold(item.data(0, _PATH) == current)
            for cell in range(self.rows.columnCount()):
                item.setFont(cell, font)
        for place in range(self.rows.columnCount()):
            self.rows.resizeColumnToContents(place)
        # Long paths are cut on the left, so that rows and columns stay in view.
        half = self.rows.viewport().width() // 2
        self.rows.setColumnWidth(0, min(self.rows.columnWidth(0), max(half, 80)))

    def show_cut(self, group: str, gone: int, at_most: int) -> None:
        """Show how many units of a group go; no group: nothing to cut."""
        with QSignalBlocker(self.cut):
            self.cut.setRange(0, at_most)
            self.cut.setValue(gone)
        for part in (self.cut, self.play, self.step):
            part.setEnabled(bool(group))
        self.cut_words.setText(f"of {at_most + 1} {group}" if group else "")

    def show_message(self, sentence: str) -> None:
        """Say what is waited for, or what cannot be done."""
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def cells(self) -> list[list[str]]:
        """Return what the list says."""
        columns = range(self.rows.columnCount())
        return [[item.text(column) for column in columns] for item in self._items()]

    def _items(self) -> list[QTreeWidgetItem]:
        count = self.rows.topLevelItemCount()
        items = (self.rows.topLevelItem(row) for row in range(count))
        return [item for item in items if item is not None]

    def _choose(self, item: QTreeWidgetItem, _column: int) -> None:
        self.row_chosen.emit(item.data(0, _PATH))


def _cells(row: CoupledRow) -> list[str]:
    role = _ROLE_WORDS.get(row.role, row.role)
    return [f"{row.layer}/{row.name}", row.what, role]


def _tip(row: CoupledRow) -> str:
    return f"{row.layer}, {row.name}: {row.what}, {row.count:,} values"


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _line(*parts: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(5)
    for part in parts:
        line.addWidget(part)
    return line
