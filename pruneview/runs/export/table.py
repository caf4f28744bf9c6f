"""The log of a run as a table."""

import csv
from pathlib import Path

from pruneview.pruning.events import MaskUpdated, StepDone
from pruneview.runs.export.writing import Progress, write_whole
from pruneview.runs.replay import Replay

COLUMNS = (
    "step",
    "event",
    "target_sparsity",
    "sparsity",
    "training_loss",
    "steps_per_second",
    "metric",
    "metric_value",
    "held_out_loss",
    "samples",
    "data",
    "deflated_bytes",
    "baseline_deflated_bytes",
    "compressor",
)


def write_csv(replay: Replay, path: Path, progress: Progress | None = None) -> None:
    """Write a row for each report of a step and each mask update; shares are 0 to 1.

    Numbers have a point and text is UTF-8, as spreadsheets and pandas read it.

    Raises
    ------
    ExportError, ExportCancelled
    """
    happened = [
        (step, event)
        for step, event in replay.events
        if isinstance(event, StepDone | MaskUpdated)
    ]
    progress = progress or Progress()

    def write(draft: Path) -> None:
        with draft.open("w", newline="", encoding="utf-8") as stream:
            rows = csv.DictWriter(stream, COLUMNS)
            rows.writeheader()
            for number, (_, event) in enumerate(happened):
                rows.writerow(_row(event))
                progress.at(number / len(happened))

    write_whole(path, write)


def _row(event: StepDone | MaskUpdated) -> dict[str, object]:
    row: dict[str, object] = {
        "step": event.step,
        "target_sparsity": event.target_sparsity,
        "sparsity": event.sparsity,
    }
    if isinstance(event, StepDone):
        return row | {
            "event": "step",
            "training_loss": event.loss,
            "steps_per_second": event.steps_per_second,
        }
    measured = event.evaluation
    return row | {
        "event": "mask",
        "metric": measured.metric,
        "metric_value": measured.value,
        "held_out_loss": measured.loss,
        "samples": measured.samples,
        "data": measured.data,
        "deflated_bytes": event.deflated_bytes,
        "baseline_deflated_bytes": event.baseline_deflated_bytes,
        "compressor": event.compressor,
    }
