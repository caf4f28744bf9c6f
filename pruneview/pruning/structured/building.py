"""A built model to a smaller built model, of Keras 3 or tf_keras."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pruneview.pruning.structured.choose import Choice
from pruneview.pruning.structured.errors import ShrinkError
from pruneview.pruning.structured.graph import DependencyGraph, build_graph, config_of
from pruneview.pruning.structured.naming import live_weights
from pruneview.pruning.structured.removal import Shrunk, shrink_network
from pruneview.pruning.subject.opened import OpenedModel


def shrink_model(
    subject: Any,
    choice: Choice,
    *,
    graph: DependencyGraph | None = None,
    fold_constants: bool = True,
    custom_objects: Mapping[str, Any] | None = None,
) -> tuple[Any, tuple[str, ...]]:
    """Return a smaller model of the same Keras, not compiled, and notes.

    Parameters
    ----------
    subject
        A built model of Keras 3 or tf_keras, or an `OpenedModel`: then the paths of
        weights are those of its file, and the values are the engine's.
    choice
        Which units stay.
    graph
        Of the subject, where it is there already.
    custom_objects
        Classes of the person's own that the model has, by name.

    Raises
    ------
    ShrinkError
        Where the choice does not fit, or Keras cannot build the smaller model.
    """
    model = subject.engine.model if isinstance(subject, OpenedModel) else subject
    config, values = config_of(model), values_of(subject)
    if graph is None:
        graph = build_graph(config, {p: v.shape for p, v in values.items()})
    shrunk = shrink_network(
        config, values, graph, choice, fold_constants=fold_constants
    )
    names = _live_names(subject)
    small = build_model(
        Shrunk(
            shrunk.config,
            {names.get(path, path): array for path, array in shrunk.values.items()},
            shrunk.notes,
        ),
        like=model,
        custom_objects=custom_objects,
    )
    return small, shrunk.notes


def graph_of_opened(opened: OpenedModel) -> DependencyGraph:
    """Return the graph of an open model, with the paths of its file."""
    shapes = {info.path: info.shape for info in opened.engine.weights}
    return build_graph(config_of(opened.engine.model), shapes)


def values_of(subject: Any) -> dict[str, NDArray]:
    """Return the values of a built or opened model's weights, by path."""
    if isinstance(subject, OpenedModel):
        infos, arrays = subject.engine.weights, subject.engine.arrays()
        return {i.path: np.asarray(a) for i, a in zip(infos, arrays, strict=True)}
    return {path: np.asarray(v) for path, v in live_weights(subject).items()}


def build_model(
    shrunk: Shrunk, *, like: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any:
    """Build a shrunk model with the Keras that another model is of.

    Parameters
    ----------
    shrunk
        Its weights by the paths of `live_weights`.

    Raises
    ------
    ShrinkError
        Where that Keras refuses it.
    """
    if type(like).__module__.startswith("tf_keras"):
        from pruneview.pruning.legacy.importing import import_legacy

        library = import_legacy()[0]
    else:
        import keras

        library = keras
    try:
        model = library.models.model_from_json(
            json.dumps(shrunk.config), custom_objects=dict(custom_objects or {})
        )
    except Exception as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        cause = lines[0].rstrip(".") if lines else type(error).__name__
        raise ShrinkError(f"Keras cannot build the smaller model ({cause}).") from error
    variables = live_weights(model)
    for path, variable in variables.items():
        array = shrunk.values.get(path)
        if array is None or tuple(variable.shape) != array.shape:
            shape = None if array is None else array.shape
            raise ShrinkError(
                f"The smaller model does not fit together: {path} is "
                f"{tuple(variable.shape)} in it, and {shape} is left of it."
            )
        variable.assign(array)
    return model


def _live_names(subject: Any) -> dict[str, str]:
    """Return what a built model calls the weights of its file, by the file's paths."""
    if not isinstance(subject, OpenedModel):
        return {}
    # Both walk the layers in the same order, and within a layer its variables.
    live = live_weights(subject.engine.model)
    infos = subject.engine.weights
    return {info.path: name for info, name in zip(infos, live, strict=True)}
