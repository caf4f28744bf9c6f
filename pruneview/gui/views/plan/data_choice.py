"""Choosing the data to train on: by name, from a file, or from a folder."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui.views.plan.data_details import (
    details_of,
    split_detail,
    with_detail,
)
from pruneview.gui.views.plan.field import Problem
from pruneview.pruning.data import DATASETS, FORMS

_FILES = (
    ("&Arrays (.npz)…", "NumPy archives (*.npz)", ""),
    ("&Table (.csv)…", "Tables (*.csv)", ""),
    ("Folder of &images by class…", "", "images"),
    ("Folder &saved by tf.data…", "", "tfdata"),
    ("Python &function…", "Python files (*.py)", ""),
)
_DETAILS = {"label": "Label column", "function": "Function"}


class DataChoice(QWidget):
    """Says which data a person has chosen, as `DataSpec.parse` reads it.

    Signals
    -------
    chosen
        str
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._name = QComboBox()
        self._name.setEditable(True)
        self._name.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._name.setAccessibleName("Data to train on")
        forms = "\n".join(f"{form}: {meaning}" for form, meaning in FORMS)
        self._name.setToolTip(forms)
        self._name.addItems(["demo", *(f"keras:{name}" for name in DATASETS)])
        self._name.setMinimumContentsLength(4)
        line = self._name.lineEdit()
        assert line is not None
        line.setPlaceholderText("choose data")
        line.setAccessibleName("Data to train on")
        line.editingFinished.connect(lambda: self._choose(self._name.currentText()))
        self._name.textActivated.connect(self._choose)
        self._browse = QPushButton("Choose…")
        self._browse.setAccessibleName("Choose a file or folder of data")
        self._browse.setMenu(self._menu())
        self._detail_label = QLabel()
        self._detail = QComboBox()
        self._detail.setMinimumContentsLength(4)
        self._detail.textActivated.connect(self._choose_detail)
        self._detail_label.setBuddy(self._detail)
        self._problem = Problem()
        self._note = Problem("muted")
        self._lay_out()
        self._show_detail()

    def _lay_out(self) -> None:
        label = QLabel("Data")
        label.setBuddy(self._name)
        row = QGridLayout()
        row.addWidget(self._name, 0, 0, 1, 2)
        row.addWidget(self._browse, 0, 2)
        row.addWidget(self._detail_label, 1, 0)
        row.addWidget(self._detail, 1, 1, 1, 2)
        row.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label)
        column.addLayout(row)
        column.addWidget(self._problem)
        column.addWidget(self._note)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for title, files, folder in _FILES:
            action = menu.addAction(title)
            action.triggered.connect(
                lambda _checked=False, files=files, folder=folder: self._ask(
                    files, folder
                )
            )
        return menu

    def set_data(self, text: str, problem: str = "", note: str = "") -> None:
        """Show which data are chosen, why they are refused, what is done to them."""
        self._text = text
        self._name.setCurrentText(text)
        self._name.setAccessibleDescription(problem or note)
        self._problem.say(problem)
        self._note.say(note)
        self._show_detail()

    @property
    def problem(self) -> str:
        return self._problem.text()

    @property
    def note(self) -> str:
        return self._note.text()

    @property
    def details(self) -> list[str]:
        """What can be chosen of the file: columns or functions."""
        return [self._detail.itemText(row) for row in range(self._detail.count())]

    def _show_detail(self) -> None:
        path, detail, what = split_detail(self._text)
        found = details_of(path, what) if what else []
        self._detail.clear()
        self._detail.addItems(found)
        self._detail.setCurrentIndex(found.index(detail) if detail in found else -1)
        self._detail.setPlaceholderText("as its name says")
        self._detail_label.setText(_DETAILS.get(what, ""))
        self._detail.setAccessibleName(_DETAILS.get(what, "Part of the file"))
        for part in (self._detail, self._detail_label):
            part.setVisible(bool(found))

    def _choose(self, text: str) -> None:
        if text != self._text:
            self.chosen.emit(text)

    def _choose_detail(self, detail: str) -> None:
        path, _, what = split_detail(self._text)
        self._choose(with_detail(path, detail, what))

    def _ask(self, files: str, folder: str) -> None:
        title = "Data to train on"
        if folder:
            name = QFileDialog.getExistingDirectory(self, title)
        else:
            name, _ = QFileDialog.getOpenFileName(self, title, "", files)
        if name:
            self.choose_file(Path(name), folder)

    def choose_file(self, path: Path, folder: str = "") -> None:
        """Take a file or folder; of a Python file its first function.

        Parameters
        ----------
        folder
            What a folder is: ``images`` or ``tfdata``.
        """
        text = f"{folder}:{path}" if folder else str(path)
        name, _, what = split_detail(text)
        if what == "function":
            text = with_detail(name, next(iter(details_of(name, what)), ""), what)
        self._choose(text)
