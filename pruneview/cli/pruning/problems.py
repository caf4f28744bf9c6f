"""What can be found wrong with a request before TensorFlow is imported."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from pruneview.cli.pruning.destination import output_problem, same_file
from pruneview.formats import FormatError, open_model
from pruneview.pruning.data import DataError, DataSpec
from pruneview.pruning.subject.trust import Trust


class FileRequest(Protocol):
    """What reads a model and data, and writes files."""

    @property
    def model(self) -> Path: ...
    @property
    def data(self) -> str | None: ...
    @property
    def output(self) -> Path | None: ...
    @property
    def overwrite(self) -> bool: ...
    @property
    def record(self) -> Path | None: ...
    @property
    def trust(self) -> Trust: ...


def request_problem(request: FileRequest, events: Path | None) -> str | None:
    """Return why a request cannot be carried out, or None."""
    inputs = [request.model]
    if request.data is not None:
        try:
            spec = DataSpec.parse(request.data, allow_code=request.trust.code)
        except DataError as error:
            return f"--data: {error}"
        if spec.is_path:
            inputs.append(Path(spec.name))
    if request.output is not None:
        problem = output_problem(request.output, inputs, overwrite=request.overwrite)
        if problem is not None:
            return f"--output: {problem}"
        if events is not None and same_file(events, request.output):
            return "--events and --output name the same file."
    if request.record is not None:
        others = [request.output, events, *inputs]
        problem = record_problem(request.record, others, overwrite=request.overwrite)
        if problem is not None:
            return f"--record: {problem}"
    return _input_problem(request.model, request.trust)


def _input_problem(path: Path, trust: Trust) -> str | None:
    """Return why the model in a file cannot be trained, or None."""
    try:
        with open_model(path) as model:
            able, code = model.abilities, model.code
    except FormatError as error:
        return str(error)
    if able.prune_and_train or trust.custom_objects is not None:
        return None
    if code and able.engine is not None:
        if trust.code:
            return None
        return f"{able.reason} To consent, give --allow-code."
    return able.reason


def record_problem(
    record: Path, others: Iterable[Path | None], *, overwrite: bool
) -> str | None:
    """Return why a run cannot be recorded in a file, or None."""
    if any(same_file(record, other) for other in others if other is not None):
        return f"{record} is used for something else; name another file."
    if record.exists() and not overwrite:
        return f"{record} exists. Name another file, or give --overwrite."
    return None
