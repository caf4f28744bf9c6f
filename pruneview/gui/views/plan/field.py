"""One field of a pruning plan as a person edits it."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from pruneview.gui.views.plan.specs import FieldSpec


class Problem(QLabel):
    """The reason why something is refused, below it; hidden where there is none."""

    def __init__(self, rank: str = "error") -> None:
        super().__init__()
        self.setProperty("rank", rank)
        self.setWordWrap(True)
        self.hide()

    def say(self, sentence: str) -> None:
        self.setText(sentence)
        self.setVisible(bool(sentence))


class Field(QWidget):
    """A label, what is edited, and below it the reason where it is refused.

    Signals
    -------
    edited
        The person changed it.
    """

    edited = Signal()

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.spec = spec
        label = QLabel(spec.label)
        self._input: QLineEdit | QComboBox
        if spec.choices:
            box = QComboBox()
            box.addItems(spec.choices)
            box.activated.connect(lambda _index: self.edited.emit())
            self._input = box
        else:
            line = QLineEdit()
            line.textEdited.connect(lambda _text: self.edited.emit())
            line.setPlaceholderText(spec.empty)
            self._input = line
        self._input.setToolTip(spec.tip)
        self._input.setAccessibleName(spec.label)
        self._input.setAccessibleDescription(spec.tip)
        self._input.setMinimumWidth(60)
        label.setBuddy(self._input)
        self._problem = Problem()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        for part in (label, self._input, self._problem):
            column.addWidget(part)

    @property
    def value(self) -> Any:
        """The field's value; a text that is no such value stays a text."""
        box = self._input
        text = box.currentText() if isinstance(box, QComboBox) else box.text().strip()
        try:
            return self.spec.kind.read(text)
        except ValueError:
            return text

    @value.setter
    def value(self, value: Any) -> None:
        if value == self.value:
            return
        text = value if isinstance(value, str) else self.spec.kind.write(value)
        if isinstance(self._input, QComboBox):
            self._input.setCurrentText(text)
        else:
            self._input.setText(text)

    def set_placeholder(self, text: str) -> None:
        """Say what an empty field stands for."""
        if isinstance(self._input, QLineEdit):
            self._input.setPlaceholderText(text)

    @property
    def problem(self) -> str:
        return self._problem.text()

    @problem.setter
    def problem(self, sentence: str) -> None:
        self._problem.say(sentence)
