"""The schedule editor: the fields of a plan, its data, and the curve it describes."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from pruneview.gui.theme import Theme
from pruneview.gui.views.plan_fields import FIELDS, Field
from pruneview.gui.views.schedule_curve import ScheduleCurve
from pruneview.pruning.data import DATASETS
from pruneview.pruning.planning.plan import Preflight, PruningPlan

_RISING_ONLY = ("initial_sparsity", "power")
_RISING = ("polynomial", "iterative")


class PlanEditor(QScrollArea):
    """Shows a plan and says how the person changed it.

    Signals
    -------
    plan_edited
        A `PruningPlan`, possibly an impossible one.
    mend_wanted
        The plan is to be changed so that its warnings go.
    data_chosen
        str, as `DataSpec.parse` reads it.
    """

    plan_edited = Signal(object)
    mend_wanted = Signal()
    data_chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._plan = PruningPlan()
        self._fields = {spec.name: Field(spec) for spec in FIELDS}
        self._curve = ScheduleCurve(theme)
        self._steps = QLabel()
        self._steps.setWordWrap(True)
        self._warnings = QLabel()
        self._warnings.setWordWrap(True)
        self._warnings.setProperty("rank", "warning")
        self._mend = QPushButton("Mend the plan")
        self._mend.setToolTip("Change the plan so that it fires and finishes in time")
        self._mend.clicked.connect(self.mend_wanted)
        self._mend.hide()
        self._data = QComboBox()
        self._data.setEditable(True)
        self._data.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._data.setAccessibleName("Data to train on")
        self._data.setToolTip(
            "demo: the bundled digits; an .npz file with x_train, y_train, x_test, "
            "y_test; or keras: and a data set's name"
        )
        self._data.addItems(["demo", *(f"keras:{name}" for name in DATASETS)])
        self._data.setMinimumContentsLength(4)
        self.setMinimumWidth(250)
        line_edit = self._data.lineEdit()
        assert line_edit is not None
        line_edit.setPlaceholderText("choose data to train on")
        line_edit.editingFinished.connect(
            lambda: self._choose_data(self._data.currentText())
        )
        self._browse = QPushButton("Choose .npz…")
        self._data_problem = QLabel()
        self._data_problem.setWordWrap(True)
        self._data_problem.setProperty("rank", "error")
        self._data_problem.hide()
        self._layers = QListWidget()
        self._layers.setAccessibleName("Layers that take part")
        self._layers.setMaximumHeight(130)
        self._layers_problem = QLabel()
        self._layers_problem.setWordWrap(True)
        self._layers_problem.setProperty("rank", "error")
        self._layers_problem.hide()
        self._lay_out()
        for field in self._fields.values():
            field.edited.connect(self._edit)
        self._data.textActivated.connect(self._choose_data)
        self._browse.clicked.connect(self._choose_file)
        self._layers.itemChanged.connect(self._edit)
        self._chosen_data = ""
        self.set_plan(self._plan)

    def _lay_out(self) -> None:
        inside = self._inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(8, 6, 8, 6)
        column.addWidget(self._curve)
        column.addWidget(self._steps)
        column.addWidget(self._warnings)
        column.addWidget(self._mend)
        data_label = QLabel("Data")
        data_label.setBuddy(self._data)
        column.addWidget(data_label)
        row = QGridLayout()
        row.addWidget(self._data, 0, 0)
        row.addWidget(self._browse, 0, 1)
        row.setColumnStretch(0, 1)
        column.addLayout(row)
        column.addWidget(self._data_problem)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        for place, field in enumerate(self._fields.values()):
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(field, place // 2, place % 2, top)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        layers_label = QLabel("Layers that take part")
        layers_label.setBuddy(self._layers)
        column.addWidget(layers_label)
        column.addWidget(self._layers)
        column.addWidget(self._layers_problem)
        column.addStretch(1)
        self.setWidget(inside)

    def set_theme(self, theme: Theme) -> None:
        self._curve.set_theme(theme)

    def set_editable(self, *, on: bool) -> None:
        """Let the plan be edited, or not: while a run goes on."""
        self._inside.setEnabled(on)

    def set_plan(self, plan: PruningPlan) -> None:
        """Show a plan in the fields; the person's cursor stays where it is."""
        self._plan = plan
        for name, field in self._fields.items():
            field.value = getattr(plan, name)
        for name in _RISING_ONLY:
            self._fields[name].setEnabled(plan.schedule in _RISING)
        self._check_layers()

    def set_checked(
        self, plan: PruningPlan, problems: dict[str, str], preflight: Preflight | None
    ) -> None:
        """Show what is wrong with a plan, or the curve and the warnings."""
        for name, field in self._fields.items():
            field.problem = problems.get(name, "")
        self._layers_problem.setText(problems.get("layers", ""))
        self._layers_problem.setVisible("layers" in problems)
        self._curve.show_plan(None if problems else plan, preflight)
        warnings = preflight.warnings if preflight else ()
        self._warnings.setText("\n".join(f"⚠ {w}" for w in warnings))
        self._warnings.setVisible(bool(warnings))
        self._mend.setVisible(bool(warnings))
        if preflight is None:
            self._steps.setText("")
            self._steps.hide()
            return
        self._steps.setText(
            f"{preflight.steps:,} steps, {preflight.steps_per_epoch:,} an epoch; "
            f"{len(preflight.update_steps):,} mask updates"
        )
        self._steps.show()

    def set_data(self, text: str, problem: str = "") -> None:
        """Show which data are chosen, and why they are refused where they are."""
        self._chosen_data = text
        self._data.setCurrentText(text)
        self._data_problem.setText(problem)
        self._data_problem.setVisible(bool(problem))

    def set_layers(self, paths: Sequence[str]) -> None:
        """List the layers that can take part."""
        self._layers.blockSignals(True)
        self._layers.clear()
        for path in paths:
            item = QListWidgetItem(path)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self._layers.addItem(item)
        self._layers.blockSignals(False)
        self._check_layers()

    def set_defaults(self, loss: str, metric: str) -> None:
        """Say what empty fields for loss and metric stand for."""
        self._fields["loss"].set_placeholder(loss)
        self._fields["metric"].set_placeholder(metric)

    def field(self, name: str) -> Field:
        """Return the field of a plan's entry."""
        return self._fields[name]

    @property
    def warnings_text(self) -> str:
        return self._warnings.text()

    def _check_layers(self) -> None:
        chosen = self._plan.layers
        self._layers.blockSignals(True)
        for item in self._items():
            on = chosen is None or item.text() in chosen
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._layers.blockSignals(False)

    def _items(self) -> list[QListWidgetItem]:
        return [self._layers.item(row) for row in range(self._layers.count())]

    def _edit(self) -> None:
        values = {name: field.value for name, field in self._fields.items()}
        items = self._items()
        checked = tuple(
            item.text() for item in items if item.checkState() is Qt.CheckState.Checked
        )
        layers = None if len(checked) == len(items) else checked
        self.plan_edited.emit(replace(self._plan, **values, layers=layers))

    def _choose_data(self, text: str) -> None:
        if text != self._chosen_data:
            self.data_chosen.emit(text)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self, "Data to train on", "", "NumPy archives (*.npz)"
        )
        if name:
            self._choose_data(name)
