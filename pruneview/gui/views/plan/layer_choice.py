"""The layers of a plan: which take part, their own sparsity, and what they reach."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
)

from pruneview.gui import units
from pruneview.gui.space_key import SpaceKey
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.planning.reach import PlannedWeight

_LAYER, _OWN, _REACHED = range(3)
_ROWS_SHOWN = 6
_SHARED = "one threshold over all layers decides"

LayerSparsity = tuple[tuple[str, float], ...]


class LayerChoice(QTableWidget):
    """A row for each layer that can be pruned.

    The first column has a mark for taking part, the second is edited: a final
    sparsity of the layer's own, or empty. The third says what the plan comes to.

    Signals
    -------
    edited
        The person changed it.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__(0, 3)
        self.setAccessibleName("Layers that take part")
        self.setAccessibleDescription(
            "Space: takes part or not. In the second column: a final sparsity of the "
            "layer's own, as a share"
        )
        self.setHorizontalHeaderLabels(["Layer", "Final", "Reaches"])
        for column, tip in enumerate(
            (
                "Marked: takes part (Space)",
                "A final sparsity of the layer's own, 0.5 = 50 %; empty: the plan's",
                "The sparsity its last mask will have",
            )
        ):
            heading = self.horizontalHeaderItem(column)
            assert heading is not None
            heading.setToolTip(tip)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setWordWrap(False)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(
            trigger.DoubleClicked
            | trigger.EditKeyPressed
            | trigger.AnyKeyPressed
            | trigger.SelectedClicked
        )
        header = self.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_LAYER, QHeaderView.ResizeMode.Stretch)
        self.itemChanged.connect(self._changed)
        self.installEventFilter(SpaceKey(self))

    def set_layers(self, paths: Sequence[str]) -> None:
        """List the layers that can take part."""
        self.blockSignals(True)
        self.setRowCount(len(paths))
        can = Qt.ItemFlag
        for row, path in enumerate(paths):
            layer = QTableWidgetItem(path)
            layer.setFlags(
                can.ItemIsUserCheckable | can.ItemIsEnabled | can.ItemIsSelectable
            )
            layer.setToolTip(path)
            layer.setCheckState(Qt.CheckState.Checked)
            own, reached = QTableWidgetItem(), QTableWidgetItem()
            own.setData(Qt.ItemDataRole.AccessibleTextRole, f"{path}, own final")
            reached.setFlags(can.ItemIsEnabled | can.ItemIsSelectable)
            for item in (own, reached):
                item.setTextAlignment(
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                )
            for column, item in ((_LAYER, layer), (_OWN, own), (_REACHED, reached)):
                self.setItem(row, column, item)
        self.blockSignals(False)
        rows = min(max(len(paths), 1), _ROWS_SHOWN)
        one = self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(
            rows * one + self.horizontalHeader().sizeHint().height() + 4
        )

    def set_plan(self, plan: PruningPlan) -> None:
        """Mark the layers of a plan and write their own sparsities."""
        own = dict(plan.layer_sparsity)
        self.blockSignals(True)
        for row in range(self.rowCount()):
            path = self._cell(row, _LAYER).text()
            on = plan.layers is None or path in plan.layers
            state = Qt.CheckState.Checked if on else Qt.CheckState.Unchecked
            self._cell(row, _LAYER).setCheckState(state)
            value = own.get(path)
            if value != self._own(row):
                text = "" if value is None else value
                shown = f"{text:g}" if isinstance(text, float | int) else text
                self._cell(row, _OWN).setText(shown)
        self.blockSignals(False)

    def show_reached(self, weights: Sequence[PlannedWeight]) -> None:
        """Say what each layer comes to; of a layer with several weights, of all."""
        by_layer: dict[str, list[PlannedWeight]] = {}
        for weight in weights:
            by_layer.setdefault(weight.layer, []).append(weight)
        self.blockSignals(True)
        for row in range(self.rowCount()):
            text, tip = _reached(by_layer.get(self._cell(row, _LAYER).text(), []))
            item = self._cell(row, _REACHED)
            item.setText(text)
            item.setToolTip(tip)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, tip)
        self.blockSignals(False)

    @property
    def chosen(self) -> tuple[str, ...] | None:
        """Paths of the layers that are marked; None for all."""
        marked = tuple(
            self._cell(row, _LAYER).text()
            for row in range(self.rowCount())
            if self._is_marked(row)
        )
        return None if len(marked) == self.rowCount() else marked

    @property
    def own_sparsities(self) -> LayerSparsity:
        """What is written for layers that take part; it may be no share."""
        return tuple(
            (self._cell(row, _LAYER).text(), own)
            for row in range(self.rowCount())
            if self._is_marked(row) and (own := self._own(row)) is not None
        )

    def reached_text(self, path: str) -> str:
        """Return what is said of a layer."""
        for row in range(self.rowCount()):
            if self._cell(row, _LAYER).text() == path:
                return self._cell(row, _REACHED).text()
        raise KeyError(path)

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        assert item is not None
        return item

    def _is_marked(self, row: int) -> bool:
        return self._cell(row, _LAYER).checkState() is Qt.CheckState.Checked

    def _own(self, row: int) -> float | None:
        text = self._cell(row, _OWN).text().strip()
        try:
            return float(text) if text else None
        except ValueError:
            return text  # type: ignore[return-value]  # refused by the plan's rules

    def _changed(self, item: QTableWidgetItem) -> None:
        if item.column() != _REACHED:
            self.edited.emit()


def _reached(weights: Sequence[PlannedWeight]) -> tuple[str, str]:
    """Return the words for a layer's weights, and an explanation."""
    if not weights:
        return "", ""
    taken = [weight for weight in weights if weight.target is not None]
    causes = "; ".join(dict.fromkeys(w.cause for w in weights if w.cause))
    if not taken:
        return "left out", causes
    if any(weight.reached is None for weight in taken):
        return "shared", causes or _SHARED
    size = sum(weight.size for weight in taken)
    share = sum((w.reached or 0) * w.size for w in taken) / size if size else 0.0
    aimed = sum((w.target or 0) * w.size for w in taken) / size if size else 0.0
    words = units.percent(share)
    if causes:
        return f"⚠ {words}", f"{causes} (asked for: {units.percent(aimed)})"
    return words, f"asked for: {units.percent(aimed)}"
