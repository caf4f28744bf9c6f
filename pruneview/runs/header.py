"""What a run is made of, as JSON and back."""

import json
import math
from pathlib import Path
from typing import Any

from pruneview.pruning.errors import RecordingError
from pruneview.pruning.planning.plan import PlanError, PruningPlan
from pruneview.pruning.training.recording import BranchPoint, RunHeader

_MOST_WEIGHTS = 1 << 33


def encode_header(header: RunHeader) -> bytes:
    """Return the header as JSON."""
    fields = {
        "plan": header.plan.to_json(),
        "data": header.data,
        "data_sha256": header.data_sha256,
        "model": str(header.model),
        "model_sha256": header.model_sha256,
        "versions": dict(header.versions),
        "pruned": [[path, list(shape)] for path, shape in header.pruned],
        "compiler": header.compiler,
        "one_shot": [list(pair) for pair in header.one_shot],
        "run_id": header.run_id,
    }
    if header.parent is not None:
        fields["parent"] = {
            "recording": str(header.parent.recording),
            "run_id": header.parent.run_id,
            "step": header.parent.step,
        }
    return json.dumps(fields).encode()


def decode_header(text: bytes) -> RunHeader:
    """Return the header.

    Raises
    ------
    RecordingError
        Where it is not one, or its plan is not one that this version knows.
    """
    try:
        fields = json.loads(text)
        return RunHeader(
            plan=PruningPlan.from_json(fields["plan"]),
            data=None if fields["data"] is None else _text(fields["data"]),
            data_sha256=_text(fields["data_sha256"]),
            model=Path(_text(fields["model"])),
            model_sha256=_text(fields["model_sha256"]),
            versions={str(k): str(v) for k, v in fields["versions"].items()},
            pruned=tuple(
                (_text(path), _shape(shape)) for path, shape in fields["pruned"]
            ),
            # Recordings were made before there was a choice.
            compiler=_text(fields.get("compiler", "tensorflow")),
            one_shot=tuple(
                (_text(path), float(at)) for path, at in fields.get("one_shot", ())
            ),
            run_id=_text(fields.get("run_id", "")),
            parent=_parent(fields.get("parent")),
        )
    except PlanError as error:
        raise RecordingError(
            f"The recording's plan cannot be carried out by this program: {error}"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise RecordingError(
            "The recording is damaged: it does not say what run it holds."
        ) from error


def _parent(fields: Any) -> BranchPoint | None:
    if fields is None:
        return None
    step = fields["step"]
    if type(step) is not int or step < 0:
        raise ValueError(f"step {step!r}")
    place = Path(_text(fields["recording"]))
    return BranchPoint(place, _text(fields["run_id"]), step)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _shape(value: Any) -> tuple[int, ...]:
    shape = tuple(value)
    if any(type(n) is not int or n < 0 for n in shape):
        raise ValueError(f"shape {value!r}")
    if math.prod(shape) > _MOST_WEIGHTS:
        raise ValueError(f"shape {value!r}")
    return shape
