"""A file to a model that can be trained, by the engine that suits it."""

import dataclasses
from pathlib import Path

from pruneview.formats import open_model
from pruneview.pruning.errors import ModelError
from pruneview.pruning.keras3.building import open_for_training, refuse_code
from pruneview.pruning.subject.opened import NATIVE, TFMOT, OpenedModel, describe_opened
from pruneview.pruning.subject.trust import Trust


def open_with_engine(
    path: Path, engine: str = "auto", trust: Trust | None = None
) -> OpenedModel:
    """Build the model in `path`.

    Parameters
    ----------
    engine
        ``native``, ``tfmot``, or ``auto``: native where Keras 3 can build the model,
        else tfmot where tf_keras can.
    trust
        What of the file's code, and of the person's own, may be run; None: none.

    Raises
    ------
    FormatError
        Where it is not a model's file.
    ModelError
        Where that engine cannot build it, or would have to run code in the file.
    """
    with open_model(path) as file:
        suits = TFMOT if file.abilities.engine == "tf_keras" else NATIVE
    wanted = suits if engine == "auto" else engine
    trust = trust or Trust()
    open_it = _open_legacy if wanted == TFMOT else open_for_training
    opened = open_it(path, trust)
    return dataclasses.replace(opened, default_engine=suits)


def _open_legacy(path: Path, trust: Trust) -> OpenedModel:
    from pruneview.pruning.legacy.engine import TfmotEngine
    from pruneview.pruning.legacy.loading import load_legacy

    with open_model(path) as file:
        if not trust.code:
            refuse_code(file)
        compile_config = file.compile_config
        written_by_3 = file.abilities.engine == "keras3" and (
            file.keras_version or ""
        ).startswith("3")
    if written_by_3:
        raise ModelError(
            f"{path.name} was written by Keras 3, and tfmot prunes models of tf_keras "
            "only: choose the engine native, or auto."
        )
    loaded = load_legacy(path, trust)
    engine = TfmotEngine(loaded, path)
    return describe_opened(
        path,
        engine,
        loaded.model,
        compile_config,
        engine_name=TFMOT,
        notes=_notes(engine.unsupported),
    )


def _notes(unsupported: list[tuple[str, str]]) -> tuple[str, ...]:
    if not unsupported:
        return ()
    kinds = ", ".join(dict.fromkeys(kind for _, kind in unsupported))
    return (
        f"tfmot does not prune {len(unsupported)} of the kernels, in layers of the "
        f"kind {kinds}: they are trained and stay as they are.",
    )
