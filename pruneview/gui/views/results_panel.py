"""What a run came to: one table, every figure measured after the last step."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableWidgetItem

from pruneview.gui import units
from pruneview.gui.views.worded_table import WordedTable
from pruneview.pruning.events import Evaluation, RunEnded


def _measure(evaluation: Evaluation) -> str:
    value = evaluation.value
    return units.percent(value) if evaluation.is_fraction else units.value(value)


ResultRow = tuple[str, str, str, str, str]


def result_rows(ended: RunEnded) -> list[ResultRow]:
    """Return (what, before, target, after, remark) for each line of the table."""
    before, after = ended.baseline, ended.final
    raw = sum(w.size for w in ended.weights)
    zeros_before = sum(w.zeros for w in ended.baseline_weights)
    remark = f"on {units.count(after.samples)} {after.data} samples"
    ratio = ended.baseline_deflated_bytes / max(1, ended.deflated_bytes)
    rows = [
        *(
            (was.metric.capitalize(), _measure(was), "", _measure(now), remark)
            for was, now in zip(before.each(), after.each(), strict=True)
        ),
        (
            "Sparsity of the pruned weights",
            units.percent(zeros_before / raw if raw else 0.0),
            "",
            units.percent(ended.sparsity),
            f"{units.count(raw)} weights, zeros counted",
        ),
        (
            "Raw size",
            units.size(ended.raw_bytes),
            "",
            units.size(ended.raw_bytes),
            "all weights of the model; zeros take as much room as other values",
        ),
        (
            "Compressed size",
            units.size(ended.baseline_deflated_bytes),
            "",
            units.size(ended.deflated_bytes),
            f"{ratio:.2f} times smaller; all weights, {ended.compressor}",
        ),
    ]
    return rows + _weight_rows(ended)


def _weight_rows(ended: RunEnded) -> list[ResultRow]:
    """Return a line for each weight that could be pruned, with what it was to reach."""
    before = {w.path: w.sparsity for w in ended.baseline_weights}
    pruned = {w.path: w for w in ended.weights}
    outcomes = {outcome.path: outcome for outcome in ended.outcomes}
    rows = []
    for path in dict.fromkeys((*outcomes, *pruned)):
        weight, outcome = pruned.get(path), outcomes.get(path)
        achieved = outcome.achieved if outcome else weight.sparsity if weight else 0.0
        remarks = []
        if weight is not None:
            remarks.append(
                f"{units.count(weight.zeros)} zeros of {units.count(weight.size)}"
            )
        target = ""
        if outcome is not None:
            target = "–" if outcome.target is None else units.percent(outcome.target)
            out = "left out: " if outcome.target is None else ""
            remarks += [out + outcome.cause] if outcome.cause else []
        first = units.percent(before[path]) if path in before else ""
        rows.append((path, first, target, units.percent(achieved), "; ".join(remarks)))
    return rows


class ResultsPanel(WordedTable):
    """Before, target and after, overall and for each weight that could be pruned."""

    def __init__(self) -> None:
        super().__init__(("", "Before", "Target", "After", "Remark"))
        self.setAccessibleName("Results of the run")

    def show_results(self, ended: RunEnded) -> None:
        rows = result_rows(ended)
        self.setRowCount(len(rows))
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column in {1, 2, 3}:
                    item.setTextAlignment(
                        Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                    )
                item.setToolTip(text)
                self.setItem(row, column, item)
        self.fit()

    def clear_results(self) -> None:
        self.setRowCount(0)
