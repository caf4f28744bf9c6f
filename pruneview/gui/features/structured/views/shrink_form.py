"""What a person asks for: how much goes, by what, and what must stay."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pruneview.pruning.structured.criteria import CRITERIA
from pruneview.pruning.structured.plan import SCOPES, ShrinkPlan
from pruneview.pruning.structured.shrinking.options import METHODS, ShrinkOptions

_TIPS = {
    "ratio": "Share of the units that go: neurons, filters, heads",
    "criterion": "What goes first; taylor needs data, random is the control",
    "scope": "layer: the same share of each; global: wherever units matter least",
    "round_to": "What stays is a multiple of it: 8 or 16 suit many processors",
    "floor": "The least that stays of each layer",
    "exclude": "Layers or kinds of units that lose nothing, with commas between",
    "method": "one-shot: all at once, then fine-tuning; gradual: masked under the "
    "plan's schedule, removed at the end; repeat: in rounds",
    "rounds": "Of repeat: removing and fine-tuning so many times",
}


class ShrinkForm(QWidget):
    """Edits a `ShrinkPlan` and `ShrinkOptions`.

    Signals
    -------
    edited
        A `ShrinkPlan`.
    run_wanted, cancel_wanted
        Of the buttons.
    """

    edited = Signal(object)
    run_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._plan = ShrinkPlan()
        self.ratio = QDoubleSpinBox()
        self.ratio.setRange(0.0, 1.0)
        self.ratio.setDecimals(3)
        self.ratio.setSingleStep(0.05)
        self.criterion = _choice(CRITERIA)
        self.scope = _choice(SCOPES)
        self.round_to = _number(1, 1024)
        self.floor = _number(0, 65536)
        self.exclude = QLineEdit()
        self.method = _choice(METHODS)
        self.rounds = _number(1, 100)
        self.fine_tune = QCheckBox("Fine-tune by the plan")
        self.fine_tune.setChecked(True)
        self.fine_tune.setToolTip(
            "On the data, for the epochs and by the optimizer of the pruning plan; "
            "without it nothing is trained, and no data are needed"
        )
        self.compare = QCheckBox("Compare unstructured")
        self.compare.setToolTip(
            "Also prune the baseline in single weights: as many parameters, the same "
            "data, as many steps"
        )
        self.run = QPushButton("Run shrink")
        self.cancel = QPushButton("Cancel")
        self.cancel.setEnabled(False)
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.excluded = QTreeWidget()
        self.excluded.setHeaderLabels(["Stays whole", "Why"])
        self.excluded.setRootIsDecorated(False)
        self.excluded.setAccessibleName("Layers that stay whole")
        self.excluded.setMinimumHeight(60)
        self._problems: dict[str, QLabel] = {}
        self._lay_out()
        self._connect()
        self.show_plan(self._plan, {}, shrinkable=False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, label in (
            ("ratio", "&Ratio"),
            ("criterion", "C&riterion"),
            ("scope", "Scope"),
            ("round_to", "Round to"),
            ("floor", "Floor"),
            ("exclude", "Exclude"),
            ("method", "Method"),
            ("rounds", "Rounds"),
        ):
            field = getattr(self, name)
            words = label.replace("&", "")
            field.setAccessibleName(words)
            field.setToolTip(_TIPS[name])
            field.setAccessibleDescription(_TIPS[name])
            field.setMinimumWidth(60)
            form.addRow(words, field)
            problem = QLabel()
            problem.setProperty("rank", "error")
            problem.setWordWrap(True)
            problem.hide()
            form.addRow(problem)
            self._problems[name] = problem
        buttons = QHBoxLayout()
        buttons.addWidget(self.run)
        buttons.addWidget(self.cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addLayout(form)
        column.addWidget(self.fine_tune)
        column.addWidget(self.compare)
        column.addWidget(self.summary)
        column.addLayout(buttons)
        column.addWidget(self.excluded, 1)

    def _connect(self) -> None:
        self.ratio.setKeyboardTracking(False)
        for box in (self.ratio, self.round_to, self.floor):
            box.setKeyboardTracking(False)
            box.valueChanged.connect(lambda _value: self._edit())
        for combo in (self.criterion, self.scope):
            combo.activated.connect(lambda _index: self._edit())
        self.exclude.editingFinished.connect(self._edit)
        self.method.currentTextChanged.connect(
            lambda name: self.rounds.setEnabled(name == "repeat")
        )
        self.fine_tune.toggled.connect(self.compare.setEnabled)
        self.rounds.setEnabled(False)
        self.run.clicked.connect(self.run_wanted)
        self.cancel.clicked.connect(self.cancel_wanted)

    def show_plan(
        self, plan: ShrinkPlan, problems: Mapping[str, str], *, shrinkable: bool
    ) -> None:
        """Show a plan, and below a field what is wrong with it."""
        self._plan = plan
        fields: tuple[QWidget, ...] = (
            self.ratio,
            self.criterion,
            self.scope,
            self.round_to,
            self.floor,
            self.exclude,
        )
        blocked = [QSignalBlocker(field) for field in fields]
        self.ratio.setValue(plan.ratio)
        self.criterion.setCurrentText(plan.criterion)
        self.scope.setCurrentText(plan.scope)
        self.round_to.setValue(plan.round_to)
        self.floor.setValue(plan.floor)
        self.exclude.setText(", ".join(plan.exclude))
        for blocker in blocked:
            blocker.unblock()
        known = set(self._problems)
        for name, label in self._problems.items():
            sentence = problems.get(name, "")
            if name == "ratio":
                rest = [s for field, s in problems.items() if field not in known]
                sentence = " ".join(filter(None, (sentence, *rest)))
            label.setText(sentence)
            label.setVisible(bool(sentence))
        self.shrinkable = shrinkable and not problems

    @property
    def fine_tunes(self) -> bool:
        """Whether the small model is to be trained."""
        return self.fine_tune.isChecked()

    @property
    def options(self) -> ShrinkOptions:
        """How the small model is to be made."""
        method = self.method.currentText()
        rounds = self.rounds.value() if method == "repeat" else 1
        compare = self.compare.isChecked() and self.fine_tunes
        return ShrinkOptions(method, rounds, compare_unstructured=compare)

    def problem(self, name: str) -> str:
        """Return what is said below a field."""
        return self._problems[name].text()

    def show_excluded(self, rows: list[tuple[str, str]]) -> None:
        """List the layers that lose nothing."""
        self.excluded.clear()
        for path, reason in rows:
            item = QTreeWidgetItem([path, reason])
            item.setToolTip(0, path)
            item.setToolTip(1, reason)
            self.excluded.addTopLevelItem(item)
        self.excluded.resizeColumnToContents(0)
        self.excluded.setVisible(bool(rows))

    def _edit(self) -> None:
        changes: dict[str, Any] = {
            "ratio": round(self.ratio.value(), 6),
            "criterion": self.criterion.currentText(),
            "scope": self.scope.currentText(),
            "round_to": self.round_to.value(),
            "floor": self.floor.value(),
            "exclude": tuple(
                name.strip() for name in self.exclude.text().split(",") if name.strip()
            ),
        }
        plan = dataclasses.replace(self._plan, **changes)
        if plan != self._plan:
            self.edited.emit(plan)


def _choice(names: tuple[str, ...]) -> QComboBox:
    box = QComboBox()
    box.addItems(names)
    return box


def _number(least: int, most: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    return box
