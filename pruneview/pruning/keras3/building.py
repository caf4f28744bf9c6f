"""A file to a Keras 3 model that can be trained; no code of the file is run."""

import logging
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pruneview.formats import ModelFile, open_model
from pruneview.pruning.data.fitting import ModelShapes, shapes_of
from pruneview.pruning.errors import ModelError
from pruneview.pruning.keras3.engine import Keras3Engine


@dataclass(frozen=True, eq=False)
class OpenedModel:
    """A built model and what its file says of it.

    ``activation`` is that of the output layer; ``width`` the length of the output's
    last axis.
    """

    path: Path
    engine: Keras3Engine
    shapes: ModelShapes
    compile_config: dict[str, Any] | None
    activation: str | None
    width: int | None


def open_for_training(path: Path) -> OpenedModel:
    """Build the model in `path`.

    Raises
    ------
    FormatError
        Where it is not a model's file.
    ModelError
        Where Keras 3 cannot build it, or would have to run code in the file.
    """
    with open_model(path) as file:
        _refuse_code(file)
        compile_config = file.compile_config
        still = "; its weights can be looked at" if file.parameter_count else ""
    model = _load(path, still)
    shapes = shapes_of(model)
    width = shapes.outputs[0][-1] if shapes.outputs and shapes.outputs[0] else None
    return OpenedModel(
        path,
        Keras3Engine(model, path),
        shapes,
        compile_config,
        output_activation(model),
        width,
    )


def _refuse_code(file: ModelFile) -> None:
    carried = [item for item in file.code if item.kind == "Lambda"]
    if carried:
        names = ", ".join(dict.fromkeys(item.layer_path for item in carried))
        raise ModelError(
            f"{file.path.name} carries code in its Lambda layers ({names}). Building "
            "the model would run it, so it is not built; its weights can be looked at."
        )


def _load(path: Path, still: str) -> Any:
    import keras

    logger = logging.getLogger("absl")
    level = logger.level
    logger.setLevel(logging.ERROR)
    # Layers choose their seeds as they are built.
    keras.utils.set_random_seed(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        raise ModelError(
            f"Keras 3 cannot build the model in {path.name} ({_cause(error)}), so it "
            f"cannot be trained here{still}."
        ) from error
    finally:
        logger.setLevel(level)
    if not getattr(model, "inputs", None):
        raise ModelError(
            f"The model in {path.name} does not say what it takes as input, so it "
            f"cannot be trained here{still}."
        )
    return model


def _cause(error: Exception) -> str:
    text = str(error).strip()
    layer = re.match(r"Error when deserializing class '(\w+)'", text)
    inner = re.search(r"Exception encountered: (.+)", text)
    if layer and inner:
        text = f"a {layer[1]} layer is not as it expects: {inner[1]}"
    first = next(iter(text.splitlines()), type(error).__name__)
    sentence = first.split(". ")[0].strip(" .:")
    return sentence if len(sentence) <= 160 else sentence[:157] + "..."


def output_activation(model: Any) -> str | None:
    """Return the name of the activation that makes the model's first output."""
    tensor = model.outputs[0]
    history = getattr(tensor, "_keras_history", None)
    # tf_keras calls it layer.
    layer = getattr(history, "operation", None) or getattr(history, "layer", None)
    layer = layer or model.layers[-1]
    while getattr(layer, "layers", None):
        layer = layer.layers[-1]
    if type(layer).__name__ in ("Softmax", "ReLU"):
        return type(layer).__name__.lower()
    activation = getattr(layer, "activation", None)
    return getattr(activation, "__name__", None)
