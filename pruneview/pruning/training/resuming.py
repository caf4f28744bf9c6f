"""What a recorded run was made of, and whether the same things are still there."""

from collections.abc import Mapping
from pathlib import Path

from pruneview.pruning.data.sources import DataSet, DataSpec
from pruneview.pruning.errors import DataError, ModelError
from pruneview.pruning.keras3.building import OpenedModel
from pruneview.pruning.planning.plan import PruningPlan
from pruneview.pruning.training.recording import RunHeader, file_sha256, fingerprint


def make_header(
    plan: PruningPlan,
    data: DataSet,
    spec: DataSpec | None,
    opened: OpenedModel,
    versions: Mapping[str, str],
    *,
    one_shot: Mapping[str, float],
) -> RunHeader:
    """Describe a run that is prepared; paths are made absolute.

    Raises
    ------
    OSError
        Where the model's file cannot be read any more.
    """
    return RunHeader(
        plan=plan,
        data=None if spec is None else str(spec.from_anywhere()),
        data_sha256=fingerprint(data),
        model=opened.path.absolute(),
        model_sha256=file_sha256(opened.path),
        versions=versions,
        pruned=tuple((info.path, info.shape) for info in opened.engine.pruned),
        compiler=opened.engine.compiled.compiler,
        one_shot=tuple(one_shot.items()),
    )


def check_model(path: Path, header: RunHeader) -> None:
    """Raise `ModelError` where `path` is not the file that the run began with."""
    try:
        found = file_sha256(path)
    except OSError as error:
        raise ModelError(
            f"The run began with {path}, which cannot be read "
            f"({error.strerror or error}). Name the place where the file is now."
        ) from error
    if found != header.model_sha256:
        raise ModelError(
            f"{path} is not the file the run began with: its contents have changed. "
            "A run goes on from its checkpoint only with the same model."
        )


def spec_of(header: RunHeader) -> DataSpec:
    """Return where the run's data come from; raise `DataError` where nobody knows."""
    if header.data is None:
        raise DataError(
            "The recording does not tell where its data came from: they were given as "
            "arrays. Give the same arrays again."
        )
    return DataSpec.parse(header.data)


def check_data(data: DataSet, header: RunHeader) -> None:
    """Raise `DataError` where `data` are not those of the run."""
    if fingerprint(data) != header.data_sha256:
        raise DataError(
            f"{data.name} does not hold the data of the recorded run: they have "
            "changed since. A run goes on from its checkpoint only with the same data."
        )
