"""The fields of a pruning plan as a person edits them: one table."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from pruneview.pruning.planning.rules import (
    CRITERIA,
    ENGINES,
    OPTIMIZERS,
    SCHEDULES,
    SCOPES,
)


@dataclass(frozen=True)
class FieldSpec:
    """One field: the plan's name for it, words for people, and what it holds."""

    name: str
    label: str
    tip: str
    kind: type
    choices: tuple[str, ...] = ()


FIELDS = (
    FieldSpec(
        "schedule",
        "Schedule",
        "polynomial: PolynomialDecay, rises along a curve; constant: ConstantSparsity, "
        "held from the begin step on; one-shot: all at once; iterative: rounds, each "
        "from the baseline's weights (lottery ticket)",
        str,
        SCHEDULES,
    ),
    FieldSpec("optimizer", "Optimizer", "For fine-tuning", str, OPTIMIZERS),
    FieldSpec(
        "initial_sparsity", "Initial sparsity", "Share of zeros to begin with", float
    ),
    FieldSpec(
        "final_sparsity", "Final sparsity", "Share of zeros to reach, 0.8 = 80 %", float
    ),
    FieldSpec("begin_step", "Begin step", "Training step of the first pruning", int),
    FieldSpec("end_step", "End step", "Step at which the final sparsity is due", int),
    FieldSpec("frequency", "Frequency", "Steps between two mask updates", int),
    FieldSpec(
        "power", "Power", "Exponent: 1 rises evenly, 3 fast first, then gently", float
    ),
    FieldSpec("epochs", "Epochs", "Passes over the training data", int),
    FieldSpec("batch_size", "Batch size", "Samples in a training step", int),
    FieldSpec("learning_rate", "Learning rate", "Of the optimizer", float),
    FieldSpec("seed", "Seed", "Same seed, same order of the data, same masks", int),
    FieldSpec(
        "scope",
        "Scope",
        "layer: every layer reaches the sparsity; global: one threshold over all; "
        "global-normalized: over magnitudes divided by their layer's",
        str,
        SCOPES,
    ),
    FieldSpec(
        "criterion",
        "Criterion",
        "What goes first: small magnitudes; taylor: small magnitude times gradient; "
        "movement: what training moves towards zero; random: the control",
        str,
        CRITERIA,
    ),
    FieldSpec(
        "engine",
        "Engine",
        "native: Keras 3; tfmot: tf_keras and tfmot itself; auto: whichever can",
        str,
        ENGINES,
    ),
    FieldSpec("loss", "Loss", "A Keras loss; empty: from the model", str),
    FieldSpec("metric", "Metric", "A Keras metric; empty: from the model", str),
)


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
            self._input = line
        self._input.setToolTip(spec.tip)
        self._input.setAccessibleName(spec.label)
        self._input.setAccessibleDescription(spec.tip)
        self._input.setMinimumWidth(60)
        label.setBuddy(self._input)
        self._problem = QLabel()
        self._problem.setProperty("rank", "error")
        self._problem.setWordWrap(True)
        self._problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        for part in (label, self._input, self._problem):
            column.addWidget(part)

    @property
    def value(self) -> Any:
        """The field's value; a text that is no number stays a text."""
        box = self._input
        text = box.currentText() if isinstance(box, QComboBox) else box.text().strip()
        if self.spec.kind is str:
            return text or None
        try:
            return self.spec.kind(text)
        except ValueError:
            return text

    @value.setter
    def value(self, value: Any) -> None:
        if value == self.value:
            return
        text = (
            ""
            if value is None
            else f"{value:g}"
            if self.spec.kind is float and (isinstance(value, float))
            else str(value)
        )
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
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
