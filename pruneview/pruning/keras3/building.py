"""A file to a Keras 3 model that can be trained; code is run only with consent."""

import logging
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pruneview.formats import ModelFile, open_model
from pruneview.pruning.data.model_shapes import declare
from pruneview.pruning.errors import ModelError
from pruneview.pruning.keras3.engine import Keras3Engine
from pruneview.pruning.subject.opened import (
    OpenedModel,
    describe_opened,
    output_activation,
)
from pruneview.pruning.subject.trust import Trust

__all__ = ["OpenedModel", "open_for_training", "output_activation", "refuse_code"]


def open_for_training(path: Path, trust: Trust) -> OpenedModel:
    """Build the model in `path`.

    Parameters
    ----------
    trust
        What of the file's code, and of the person's own, may be run.

    Raises
    ------
    FormatError
        Where it is not a model's file.
    ModelError
        Where Keras 3 cannot build it, or would have to run code in the file.
    """
    with open_model(path) as file:
        if not trust.code:
            refuse_code(file)
        compile_config = file.compile_config
        still = "; its weights can be looked at" if file.parameter_count else ""
        able = file.abilities
    try:
        model = _load(path, still, trust)
    except ModelError as error:
        if able.engine is None and isinstance(error.__cause__, Exception):
            sentence = f"{path.name} cannot be trained here. {able.reason}"
            raise ModelError(sentence) from error
        raise
    _declare_ends(model, path, still)
    return describe_opened(path, Keras3Engine(model, path), model, compile_config)


def refuse_code(file: ModelFile) -> None:
    """Raise `ModelError` where building the model would run code of the file."""
    carried = [item for item in file.code if item.kind == "Lambda"]
    if carried:
        names = ", ".join(dict.fromkeys(item.layer_path for item in carried))
        raise ModelError(
            f"{file.path.name} carries code in its Lambda layers ({names}). Building "
            "the model would run it, so it is not built without your consent; its "
            "weights can be looked at."
        )


def _load(path: Path, still: str, trust: Trust) -> Any:
    import keras

    custom_objects = trust.objects()
    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    # Layers choose their seeds as they are built.
    keras.utils.set_random_seed(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = keras.models.load_model(
                path,
                custom_objects=custom_objects,
                compile=False,
                safe_mode=not trust.code,
            )
    except Exception as error:
        raise ModelError(
            f"Keras 3 cannot build the model in {path.name} ({_cause(error)}), so it "
            f"cannot be trained here{still}."
        ) from error
    finally:
        logger.setLevel(level)
    return model


def _declare_ends(model: Any, path: Path, still: str) -> None:
    """Give a subclassed model the inputs and outputs that a functional one has.

    Keras saves the shape that such a model was built for, and follows its `call`
    with tensors that have a shape only.

    Raises
    ------
    ModelError
        Where no shape is known, or `call` cannot be followed so.
    """
    import keras

    if getattr(model, "inputs", None):
        return
    shape = (model.get_build_config() or {}).get("input_shape")
    given = _tensors(shape, model.compute_dtype)
    if given is None:
        raise ModelError(
            f"The model in {path.name} does not say what it takes as input, so it "
            f"cannot be trained here{still}."
        )
    try:
        made = model.compute_output_spec(given)
    except Exception as error:
        shapes = ", ".join(str(tuple(t.shape[1:])) for t in keras.tree.flatten(given))
        raise ModelError(
            f"The model in {path.name} cannot be followed from an input of shape "
            f"{shapes} ({_cause(error)}), so it cannot be trained here{still}."
        ) from error
    declare(model, given, made, keras.tree.flatten)


def _tensors(shape: Any, dtype: str) -> Any:
    """Return tensors of a shape, or of a list or dict of shapes; None for no shape."""
    import keras

    if isinstance(shape, list | tuple) and shape:
        if all(isinstance(axis, int | None) for axis in shape):
            return keras.KerasTensor(shape, dtype=dtype)
        each: Any = [_tensors(inner, dtype) for inner in shape]
        return None if None in each else each
    if isinstance(shape, Mapping) and shape:
        each = {key: _tensors(inner, dtype) for key, inner in shape.items()}
        return None if None in each.values() else each
    return None


def _cause(error: Exception) -> str:
    text = str(error).strip()
    layer = re.match(r"Error when deserializing class '(\w+)'", text)
    inner = re.search(r"Exception encountered: (.+)", text)
    if layer and inner:
        text = f"a {layer[1]} layer is not as it expects: {inner[1]}"
    first = next(iter(text.splitlines()), type(error).__name__)
    sentence = first.split(". ")[0].strip(" .:")
    return sentence if len(sentence) <= 160 else sentence[:157] + "..."
