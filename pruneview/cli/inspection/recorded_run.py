"""``pruneview inspect`` of a run's recording.

``--json`` prints one object; the keys are a contract::

    schema            1
    path, bytes       of the recording
    plan              as `PruningPlan.to_json` writes it
    model, model_sha256, data, data_sha256, versions
    parent            {recording, step}: where the run has branched off; null for none
    outcome           finished, stopped, failed, interrupted, or running: it is
                      being recorded now
    failure           the cause, a sentence; null where nothing failed
    steps             {planned, reached, checkpoint}; planned null where unknown,
                      checkpoint null where there is none
    masks, weights    the steps at which masks, and weights, can be looked at
    updates           [{step, target_sparsity, sparsity, evaluation, deflated_bytes}]
    baseline, final   evaluations on all test samples; null where not measured
    torn_bytes        at the end, of a record that was never finished
"""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pruneview.cli import wording
from pruneview.json_lines import finite
from pruneview.pruning.events import Evaluation
from pruneview.pruning.training.recording import BranchPoint
from pruneview.runs import Recording

_SCHEMA = 1


def inspect_recording(path: Path, console: Console, *, as_json: bool) -> None:
    """Print what a recording holds.

    Raises
    ------
    RecordingError
    """
    with Recording(path) as recording:
        record = _describe(recording)
    if as_json:
        sys.stdout.write(json.dumps(record, indent=2, allow_nan=False) + "\n")
    else:
        _print(record, console)


def _describe(recording: Recording) -> dict[str, Any]:
    header, started, ended = recording.header, recording.started, recording.ended
    failure, slot = recording.failure, recording.checkpoint_step
    record = {
        "schema": _SCHEMA,
        "path": str(recording.path),
        "bytes": recording.path.stat().st_size,
        "plan": header.plan.to_json(),
        "model": str(header.model),
        "model_sha256": header.model_sha256,
        "data": header.data,
        "data_sha256": header.data_sha256,
        "versions": dict(header.versions),
        "parent": _parent(header.parent),
        "outcome": "running" if recording.being_written else recording.outcome,
        "failure": None if failure is None else failure.sentence,
        "steps": {
            "planned": None if started is None else started.steps,
            "reached": recording.last_step,
            "checkpoint": slot,
        },
        "masks": list(recording.steps),
        "weights": list(recording.checkpoints),
        "updates": [
            {
                "step": update.step,
                "target_sparsity": update.target_sparsity,
                "sparsity": update.sparsity,
                "evaluation": _evaluation(update.evaluation),
                "deflated_bytes": update.deflated_bytes,
            }
            for update in recording.updates
        ],
        "baseline": None if started is None else _evaluation(started.baseline),
        "final": None if ended is None else _evaluation(ended.final),
        "torn_bytes": recording.torn_bytes,
    }
    return {key: finite(value) for key, value in record.items()}


def _parent(point: BranchPoint | None) -> dict[str, Any] | None:
    if point is None:
        return None
    return {"recording": str(point.recording), "step": point.step}


def _evaluation(evaluation: Evaluation) -> dict[str, Any]:
    return dataclasses.asdict(evaluation)


def _print(record: dict[str, Any], console: Console) -> None:
    for name, words in _facts(record):
        line = Text.assemble((f"{name:<11}", "bold"), wording.printable(words))
        console.print(line, soft_wrap=True)
    if not record["updates"]:
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    metric = record["updates"][0]["evaluation"]["metric"]
    for heading in ("Step", "Sparsity", wording.printable(metric), "Deflated"):
        table.add_column(heading, justify="right")
    for update in record["updates"]:
        table.add_row(
            wording.count(update["step"]),
            "" if update["sparsity"] is None else wording.share(update["sparsity"]),
            _value(update["evaluation"]),
            wording.size(update["deflated_bytes"]),
        )
    console.print(table)


def _facts(record: dict[str, Any]) -> list[tuple[str, str]]:
    steps = record["steps"]
    of = "" if steps["planned"] is None else f" of {wording.count(steps['planned'])}"
    outcome, reached = record["outcome"], wording.count(steps["reached"])
    said = "being recorded now," if outcome == "running" else outcome
    facts = [
        ("Recording", f"{record['path']}, {wording.size(record['bytes'])}"),
        ("Model", record["model"]),
        ("Data", record["data"] or "arrays without a name"),
        ("Plan", _plan(record["plan"])),
        ("Outcome", f"{said} at step {reached}{of}"),
        ("Checkpoint", _goes_on(steps["checkpoint"], outcome)),
        ("Versions", ", ".join(f"{k} {v}" for k, v in record["versions"].items())),
    ]
    parent = record["parent"]
    if parent is not None:
        step = wording.count(parent["step"])
        facts.insert(1, ("Branched", f"from step {step} of {parent['recording']}"))
    if record["outcome"] == "finished":
        facts = [fact for fact in facts if fact[0] != "Checkpoint"]
    if record["failure"]:
        facts.append(("Failure", record["failure"]))
    for name in ("baseline", "final"):
        found = record[name]
        if found is not None:
            on = f"on {wording.count(found['samples'])} {found['data']} samples"
            words = f"{found['metric']} {_value(found)} {on}"
            facts.append((name.capitalize(), words))
    return facts


def _goes_on(checkpoint: int | None, outcome: str) -> str:
    if outcome == "running":
        if checkpoint is None:
            return "none yet"
        return f"step {wording.count(checkpoint)}, should the run be interrupted"
    if checkpoint is None:
        return "none yet; pruneview resume begins anew"
    return f"step {wording.count(checkpoint)}; pruneview resume goes on from there"


def _plan(plan: dict[str, Any]) -> str:
    of = " of whole units" if plan.get("structured") else ""
    return (
        f"{plan['schedule']}, {wording.share(plan['initial_sparsity'])} to "
        f"{wording.share(plan['final_sparsity'])}{of}, steps {plan['begin_step']} to "
        f"{plan['end_step']} every {plan['frequency']}, {plan['epochs']} epochs of "
        f"batches of {plan['batch_size']}, {plan['optimizer']} at "
        f"{plan['learning_rate']:g}, seed {plan['seed']}"
    )


def _value(fields: dict[str, Any]) -> str:
    if fields["value"] is None:
        return "not a number"
    return wording.metric(Evaluation(**{**fields, "loss": 0.0}))
